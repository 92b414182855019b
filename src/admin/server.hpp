// Server: the admin listener, on a thread of its own, and the control socket, on another. Neither
// ever holds up the data plane.
//
//   auto server = Server::start({.address = …, .password_file = …}, sources);
//   if (const auto password = (*server)->first_password()) print it, once
//   (*server)->stop();   // before what the sources refer to ends
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sallyport/result.hpp>

#include "admin/sources.hpp"
#include "config/endpoint.hpp"

namespace sallyport::admin {

struct Options {
  std::optional<config::Endpoint> address;  // loopback only: there is no TLS yet. Port 0: a free one. Null: no listener
  std::string password_file;                // holds a hash; made at the first start
  std::string socket_path;                  // of the control socket; empty: none
  std::vector<std::string> host_names;      // further values of Host that are ours (a proxy in front)
};

class Server {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(Options options, Sources sources);
  ~Server();  // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Returns when both threads ended; connections are closed.
  void stop();
  [[nodiscard]] std::string bound_address() const;  // "127.0.0.1:9443"; empty without a listener
  // The password in clear when this start made it.
  [[nodiscard]] std::optional<std::string> first_password() const;

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace sallyport::admin
