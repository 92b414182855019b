#include "controls/authenticate/issuer.hpp"

#include <sys/stat.h>

#include <fstream>
#include <iterator>

namespace sallyport::controls::authenticate {
namespace {

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(jose::KeySet::max_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  if (file.bad() || text.empty()) return fail(ErrorCode::not_found, "`" + path + "` cannot be read");
  return text;
}

bool others_can_read(const std::string& path) {
  struct stat facts{};
  return ::stat(path.c_str(), &facts) != 0 || (facts.st_mode & 077) != 0;
}

Result<jose::KeySet> keys_of(const Issuer& config) {
  if (!config.secret.empty()) {
    auto key = jose::Key::secret(config.secret.reveal());
    return key ? jose::KeySet::of({std::move(*key)}) : std::unexpected(key.error());
  }
  const std::string& path = config.jwks.empty() ? config.public_key.path : config.jwks.path;
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  if (config.jwks.empty()) {
    auto key = jose::Key::pem(*text);
    return key ? jose::KeySet::of({std::move(*key)}) : std::unexpected(key.error());
  }
  auto set = jose::KeySet::parse(*text);
  if (set && !set->keys().empty() && set->keys().front().symmetric() && others_can_read(path)) {
    return fail(ErrorCode::invalid, "`" + path + "` holds secrets and others may read it", {}, "chmod 600 " + path);
  }
  return set;
}

std::string_view text_of(const decode::Value& claims, std::string_view path) {
  const decode::Value* claim = jose::find_claim(claims, path);
  return claim != nullptr && claim->is(decode::Kind::string) ? claim->text() : std::string_view();
}

}  // namespace

std::optional<AcceptedIssuer> AcceptedIssuer::make(const Issuer& config, const document::Node& at,
                                                   config::Report& report) {
  auto keys = keys_of(config);
  if (!keys) {
    report.error(at, keys.error().message, keys.error().hint);
    return std::nullopt;
  }
  for (const std::string& why : keys->ignored()) report.warning(at, "left out, " + why);
  jose::Algorithms algorithms;
  for (const jose::Algorithm one : config.algorithms) {
    algorithms.add(one);
    bool fits = false;
    for (const jose::Key& key : keys->keys()) fits = fits || key.fits(one);
    if (!fits) report.warning(at, "no key of the issuer fits " + std::string(jose::name_of(one)));
  }

  AcceptedIssuer made;
  made.rules_.issuer = config.issuer;
  made.rules_.audiences = config.audiences;
  made.rules_.algorithms = algorithms;
  made.rules_.types = config.types;
  made.rules_.untyped = config.untyped;
  made.rules_.required = config.require;
  made.rules_.leeway = std::chrono::duration_cast<std::chrono::seconds>(config.leeway).count();
  if (config.max_lifetime) {
    made.rules_.max_lifetime = std::chrono::duration_cast<std::chrono::seconds>(*config.max_lifetime).count();
  }
  if (config.profile == Profile::at_jwt) {  // RFC 9068 §2.1, §2.2
    made.rules_.types = {"at+jwt"};
    made.rules_.untyped = false;
    for (const char* claim : {"sub", "client_id", "iat", "jti"}) made.rules_.required.emplace_back(claim);
  }
  made.keys_ = std::make_shared<const jose::KeySet>(std::move(*keys));
  made.scope_claims_ = config.scope_claims;
  made.role_claims_ = config.role_claims;
  made.tenant_claim_ = config.tenant_claim;
  return made;
}

Actor AcceptedIssuer::actor(const decode::Value& claims, Arena& arena) const {
  Actor actor;
  actor.how = Authentication::jwt;
  actor.subject = text_of(claims, "sub");
  actor.issuer = rules_.issuer;
  actor.client = text_of(claims, "client_id");
  if (actor.client.empty()) actor.client = text_of(claims, "azp");
  actor.tenant = text_of(claims, tenant_claim_);
  actor.token_id = text_of(claims, "jti");
  actor.scopes = jose::words_of(claims, scope_claims_, arena);
  actor.roles = jose::words_of(claims, role_claims_, arena);
  actor.claims = &claims;
  return actor;
}

}  // namespace sallyport::controls::authenticate
