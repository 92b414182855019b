// API keys: which application calls, and what its key is for.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "controls/authenticate/config.hpp"
#include "engine/services.hpp"
#include "identity/api_key_files.hpp"

#include <sallyport/control.hpp>

namespace sallyport::controls::authenticate {

// What a good key says; its views live in the call's arena.
struct App {
  std::string_view key_id;
  std::string_view name;
  std::string_view client;   // a token beside it must be this OAuth client's, if not empty,
  std::string_view subject;  // and of this user,
  std::string_view tenant;   // and of this tenant
  std::span<const std::string_view> scopes;
  std::span<const std::string_view> roles;

  [[nodiscard]] bool needs_user() const { return !client.empty() || !subject.empty(); }
};

class AppKeys {
 public:
  // Null when errors were reported.
  [[nodiscard]] static std::optional<AppKeys> make(const ApiKeySource& config, const document::Node& at,
                                                   engine::Services& services, config::Report& report);

  [[nodiscard]] const std::string& header() const { return header_; }

  // What the value of the field says, now and for this call.
  [[nodiscard]] std::expected<App, Reason> judge(std::string_view value, const Context& context) const;
  // More than one field of that name: nobody can tell which one counts.
  [[nodiscard]] bool is_doubled(const Request& request) const;

 private:
  std::string header_;
  std::shared_ptr<identity::ApiKeyFile> file_;
};

// Is the token beside the key of the client, user and tenant that the key is bound to?
[[nodiscard]] bool belong_together(const App& app, const Actor& user);

// Who calls with a key alone.
[[nodiscard]] Actor actor_of(const App& app);
// Who calls with both: the user, by the application, with no scope that the key has not, if it has any.
[[nodiscard]] Actor actor_of(const App& app, const Actor& user, Arena& arena);

}  // namespace sallyport::controls::authenticate
