// Client: one HTTP call of the gateway itself, to a URL that the configuration names. It waits: only for
// threads of their own, never for one that serves requests.
//
// Certificates are verified, redirects are not followed, what is read is limited, and one deadline holds
// for all of it but the look-up of the name, which ends by the resolver's own times.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fetch/url.hpp"

#include <sallyport/result.hpp>

namespace sallyport::fetch {

struct Options {
  std::string ca = {};           // PEM file; the system's store when empty
  bool private_network = false;  // names may lead to private addresses
  std::chrono::milliseconds deadline{5'000};
  std::size_t max_bytes = 256u << 10;  // of the answer's body; a longer one is an error
};

struct Call {
  Url url = {};
  std::string form = {};  // application/x-www-form-urlencoded: a POST when there is one, otherwise a GET
  std::string authorization = {};
};

struct Answer {
  int status = 0;
  std::string body;
};

// An interrupted call ends at once. Any thread; once raised it stays so.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  void raise();
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

class Client {
 public:
  static constexpr std::size_t max_head = 16u << 10;

  // Fails when the CA file cannot be used.
  [[nodiscard]] static Result<Client> make(Options options);

  // Any answer but a redirect is one, whatever its status says. Any number of threads.
  [[nodiscard]] Result<Answer> call(const Call& call, const Interrupt& interrupt) const;

 private:
  Client() = default;
  Options options_;
  std::shared_ptr<SSL_CTX> tls_;
};

}  // namespace sallyport::fetch
