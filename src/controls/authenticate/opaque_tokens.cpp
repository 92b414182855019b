#include "controls/authenticate/opaque_tokens.hpp"

#include "decode/json.hpp"
#include "decode/value.hpp"

namespace sallyport::controls::authenticate {

std::optional<OpaqueTokens> OpaqueTokens::make(const Introspection& config, const document::Node& at,
                                               engine::Services& services, config::Report& report) {
  const auto url = fetch::parse_url(config.url);
  if (!url) {
    report.error(at, url.error().message, url.error().hint);
    return std::nullopt;
  }
  if (const auto client = fetch::Client::make({.ca = config.ca.path}); !client) {
    report.error(at, client.error().message, client.error().hint);
    return std::nullopt;
  }
  OpaqueTokens made;
  made.rules_.issuer = config.issuer;
  made.rules_.audiences = config.audiences;
  made.names_ = {config.scope_claims, config.role_claims, config.tenant_claim};
  auto& introspectors = services.part<identity::Introspectors>();
  made.kept_ = introspectors.get({.url = config.url,
                                  .client = config.client,
                                  .secret = config.secret,
                                  .ca = config.ca.path,
                                  .private_network = config.private_network,
                                  .keep = std::chrono::duration_cast<std::chrono::seconds>(config.keep)});
  made.provider_ = introspectors.provider();
  return made;
}

std::expected<Actor, Reason> OpaqueTokens::judge(std::string_view token, const Context& context,
                                                 std::optional<Lookup>& question) const {
  Arena& arena = context.arena();
  std::string_view text;
  if (const Answer* answer = context.answer()) {
    if (!answer->found)
      return std::unexpected(Reason{"introspection", "the server could not be asked about the token"});
    text = arena.copy(answer->value);
  } else if (const auto known = kept_.introspector->known(token, context.now())) {
    text = arena.copy(*known);
  } else {
    question = Lookup{provider_, arena.concat(kept_.number, " ", token)};
    return std::unexpected(Reason{"introspection", "the server was not asked about the token"});
  }
  const auto parsed = decode::parse_json(text, arena);
  const decode::Value* active = parsed && (*parsed)->is(decode::Kind::object) ? (*parsed)->find("active") : nullptr;
  if (active == nullptr || !active->is(decode::Kind::boolean)) {
    return std::unexpected(Reason{"introspection_answer", "the server's answer does not say if the token is active"});
  }
  if (!active->boolean()) return std::unexpected(Reason{"inactive", "the server does not know the token, or no more"});
  if (const auto wrong = jose::check_claims(**parsed, rules_, context.now())) return std::unexpected(*wrong);
  Actor actor = actor_of(**parsed, rules_.issuer, names_, arena);
  actor.how = Authentication::opaque_token;
  return actor;
}

}  // namespace sallyport::controls::authenticate
