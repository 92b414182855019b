#include "admin/server.hpp"

#include "admin/control_socket.hpp"
#include "admin/listener.hpp"
#include "base/json_text.hpp"

namespace sallyport::admin {
namespace {

Verbs verbs_of(const Sources& sources) {
  Verbs verbs;
  verbs["reload"] = [reload = sources.reload](const Arguments&) -> Result<std::string> {
    const auto done = reload();
    if (!done) return std::unexpected(done.error());
    std::string text;
    append_json(text, *done);
    return text;
  };
  verbs["status"] = [status = sources.status](const Arguments&) -> Result<std::string> { return status(); };
  verbs["revocations"] = [list = sources.revocations](const Arguments&) -> Result<std::string> { return list(); };
  verbs["revoke"] = [revoke = sources.revoke](const Arguments& arguments) -> Result<std::string> {
    const auto text = [&](const char* name) {
      const auto found = arguments.find(name);
      return found == arguments.end() ? std::string() : found->second;
    };
    return revoke({text("kind"), text("value"), text("for"), "control socket"});
  };
  return verbs;
}

Result<void> check_address(const config::Endpoint& address) {
  const std::string text = config::format_endpoint(address);
  if (address.is_unix()) {
    return fail(ErrorCode::invalid, "the admin page is not served on a Unix socket", text, "address: 127.0.0.1:9443");
  }
  if (is_loopback(address.address)) return {};
  return fail(ErrorCode::invalid, "the admin page has no TLS and is served on this machine only", text,
              "address: 127.0.0.1:9443, and reach it by ssh -L");
}

}  // namespace

struct Server::Parts {
  std::optional<std::string> first_password;
  std::string address;
  std::unique_ptr<ControlSocket> control;
  std::unique_ptr<Listener> listener;
};

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() { stop(); }

Result<std::unique_ptr<Server>> Server::start(Options options, Sources sources) {
  auto parts = std::make_unique<Parts>();
  Verbs verbs = verbs_of(sources);
  if (options.address) {
    if (const auto checked = check_address(*options.address); !checked) return std::unexpected(checked.error());
    auto password = Password::open(options.password_file);
    if (!password) return std::unexpected(password.error());
    parts->first_password = password->first();
    auto application =
        std::make_unique<Application>(std::move(sources), std::move(*password), std::move(options.host_names));
    auto listener = Listener::start(*options.address, std::move(application));
    if (!listener) return std::unexpected(listener.error());
    parts->listener = std::move(*listener);
    parts->address = parts->listener->address();
  }
  if (!options.socket_path.empty()) {
    auto control = ControlSocket::open(options.socket_path, std::move(verbs));
    if (!control) return std::unexpected(control.error());
    parts->control = std::move(*control);
  }
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

void Server::stop() {
  parts_->control.reset();
  parts_->listener.reset();
}

std::string Server::bound_address() const { return parts_->address; }
std::optional<std::string> Server::first_password() const { return parts_->first_password; }

}  // namespace sallyport::admin
