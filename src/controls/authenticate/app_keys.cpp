#include "controls/authenticate/app_keys.hpp"

#include <algorithm>

namespace sallyport::controls::authenticate {
namespace {

std::span<const std::string_view> copy(const std::vector<std::string>& texts, Arena& arena) {
  const auto out = arena.array<std::string_view>(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) out[i] = arena.copy(texts[i]);
  return out;
}

}  // namespace

std::optional<AppKeys> AppKeys::make(const ApiKeySource& config, const document::Node& at, engine::Services& services,
                                     config::Report& report) {
  auto file = services.part<identity::ApiKeyFiles>().get(config.file.path);
  if (!file) {
    const bool none = file.error().code == ErrorCode::not_found;
    report.error(at, file.error().text(), none ? "sallyport keys create -f " + config.file.written : file.error().hint);
    return std::nullopt;
  }
  AppKeys made;
  made.header_ = config.header;
  made.file_ = std::move(*file);
  return made;
}

bool AppKeys::is_doubled(const Request& request) const {
  return std::ranges::count_if(request.fields.all(), [&](const Field& field) {
           return !field.removed && same_name(field.name, header_);
         }) > 1;
}

std::expected<App, Reason> AppKeys::judge(std::string_view value, const Context& context) const {
  const auto text = identity::read_api_key(value);
  if (!text) return std::unexpected(Reason{"key_form", "this is no API key, or it is mistyped"});
  const auto keys = file_->keys();
  const identity::ApiKeyRecord* record = keys ? keys->find(*text) : nullptr;
  if (record == nullptr) return std::unexpected(Reason{"key_unknown", "there is no such API key"});
  if (record->revoked && *record->revoked <= context.now()) {
    return std::unexpected(Reason{"key_revoked", "the API key was revoked"});
  }
  if (record->expires && *record->expires <= context.now()) {
    return std::unexpected(Reason{"key_expired", "the API key has expired"});
  }
  const Api* api = context.route().api;
  if (api == nullptr || !record->is_for(api->name)) {
    return std::unexpected(Reason{"key_api", "the API key is for other APIs"});
  }
  if (!record->is_from(context.connection().client)) {
    return std::unexpected(Reason{"key_network", "the API key may not be used from there"});
  }
  Arena& arena = context.arena();
  return App{.key_id = arena.copy(record->id),
             .name = arena.copy(record->name),
             .client = arena.copy(record->client),
             .subject = arena.copy(record->subject),
             .tenant = arena.copy(record->tenant),
             .scopes = copy(record->scopes, arena),
             .roles = copy(record->roles, arena)};
}

bool belong_together(const App& app, const Actor& user) {
  return (app.client.empty() || app.client == user.client) && (app.subject.empty() || app.subject == user.subject) &&
         (app.tenant.empty() || app.tenant == user.tenant);
}

Actor actor_of(const App& app) {
  Actor actor;
  actor.how = Authentication::api_key;
  actor.client = app.name;
  actor.key_id = app.key_id;
  actor.tenant = app.tenant;
  actor.token_id = app.key_id;
  actor.scopes = app.scopes;
  actor.roles = app.roles;
  return actor;
}

Actor actor_of(const App& app, const Actor& user, Arena& arena) {
  Actor actor = user;
  actor.key_id = app.key_id;
  if (actor.client.empty()) actor.client = app.name;
  if (app.scopes.empty()) return actor;
  const auto both = arena.array<std::string_view>(user.scopes.size());
  std::size_t count = 0;
  for (const std::string_view scope : user.scopes) {
    if (std::ranges::find(app.scopes, scope) != app.scopes.end()) both[count++] = scope;
  }
  actor.scopes = both.first(count);
  return actor;
}

}  // namespace sallyport::controls::authenticate
