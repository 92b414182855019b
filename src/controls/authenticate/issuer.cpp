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

void warn_of(const jose::KeySet& keys, const Issuer& config, const document::Node& at, config::Report& report) {
  for (const std::string& why : keys.ignored()) report.warning(at, "left out, " + why);
  for (const jose::Algorithm one : config.algorithms) {
    bool fits = false;
    for (const jose::Key& key : keys.keys()) fits = fits || key.fits(one);
    if (!fits) report.warning(at, "no key of the issuer fits " + std::string(jose::name_of(one)));
  }
}

identity::KeyLocation location_of(const Issuer& config) {
  return {.issuer = config.issuer,
          .url = config.jwks_url,
          .hosts = config.key_hosts,
          .ca = config.ca.path,
          .private_network = config.private_network,
          .interval = config.refresh,
          .rest = config.refresh_rest};
}

}  // namespace

AcceptedIssuer::Keys AcceptedIssuer::keys() const {
  Keys keys;
  if (fetched_.source) {
    keys.held_ = fetched_.source->keys();
    keys.set_ = keys.held_.get();
  } else {
    keys.set_ = keys_.get();
  }
  return keys;
}

std::optional<Lookup> AcceptedIssuer::newer_keys() const {
  if (!fetched_.source) return std::nullopt;
  return Lookup{provider_, fetched_.key};
}

std::optional<AcceptedIssuer> AcceptedIssuer::make(const Issuer& config, const document::Node& at,
                                                   engine::Services* services, config::Report& report) {
  AcceptedIssuer made;
  const bool fetched = config.discovery || !config.jwks_url.empty();
  if (fetched) {
    const identity::KeyLocation location = location_of(config);
    if (const auto problem = location.problem()) {
      report.error(at, problem->message, problem->hint);
      return std::nullopt;
    }
    for (const jose::Algorithm one : config.algorithms) {
      if (jose::family_of(one) != jose::Family::hmac) continue;
      report.error(at, std::string(jose::name_of(one)) + " needs a secret, and what is published is none");
      return std::nullopt;
    }
    auto& sources = services->part<identity::KeySources>();
    made.fetched_ = sources.get(location);
    made.provider_ = sources.provider();
  } else {
    auto keys = keys_of(config);
    if (!keys) {
      report.error(at, keys.error().message, keys.error().hint);
      return std::nullopt;
    }
    warn_of(*keys, config, at, report);
    made.keys_ = std::make_shared<const jose::KeySet>(std::move(*keys));
  }

  jose::Algorithms algorithms;
  for (const jose::Algorithm one : config.algorithms) algorithms.add(one);
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
  made.names_ = {config.scope_claims, config.role_claims, config.tenant_claim};
  return made;
}

Actor actor_of(const decode::Value& claims, std::string_view issuer, const ClaimNames& names, Arena& arena) {
  Actor actor;
  actor.how = Authentication::jwt;
  actor.subject = text_of(claims, "sub");
  actor.issuer = issuer;
  actor.client = text_of(claims, "client_id");
  if (actor.client.empty()) actor.client = text_of(claims, "azp");
  actor.tenant = text_of(claims, names.tenant);
  actor.token_id = text_of(claims, "jti");
  actor.scopes = jose::words_of(claims, names.scopes, arena);
  actor.roles = jose::words_of(claims, names.roles, arena);
  actor.claims = &claims;
  return actor;
}

}  // namespace sallyport::controls::authenticate
