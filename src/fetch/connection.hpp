// A connection for one call: connect, handshake, write, read, all until one deadline or an interrupt.
#pragma once

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "fetch/client.hpp"

namespace sallyport::fetch {

class Connection {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Connection(Time deadline, const Interrupt& interrupt) : deadline_(deadline), interrupt_(interrupt) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Tries the addresses of the name that may be reached, one after the other.
  [[nodiscard]] Result<void> open(const Url& url, bool private_network, SSL_CTX* tls);
  [[nodiscard]] Result<void> write(std::string_view bytes);
  // At least one byte, or 0 at an orderly end: with TLS that is close_notify, so nobody can cut an answer.
  [[nodiscard]] Result<std::size_t> read(std::span<char> into);

 private:
  enum class Wish : std::uint8_t { readable, writable };
  struct SslFree {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  [[nodiscard]] Result<void> wait(Wish wish);
  [[nodiscard]] Result<void> connect(const sockaddr* address, unsigned size);
  [[nodiscard]] Result<void> handshake(const Url& url, SSL_CTX* tls);
  // After a call of OpenSSL that did not succeed: waits for what it wants.
  [[nodiscard]] Result<void> wait_for_tls(int code, const char* what);

  Time deadline_;
  const Interrupt& interrupt_;
  int fd_ = -1;
  std::unique_ptr<SSL, SslFree> ssl_;
};

}  // namespace sallyport::fetch
