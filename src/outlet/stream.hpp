// Stream: a connection to a collector, with or without TLS, for a thread that may wait: every step has a
// deadline. The certificate is verified against the name that was asked for; TLS 1.2 at least.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <sallyport/result.hpp>

namespace sallyport::outlet {

struct Peer {
  std::string host;  // name or address, without brackets
  std::uint16_t port = 0;
  bool tls = false;
  std::string ca;  // PEM file of authorities; empty: the system's
};

class Stream {
 public:
  static constexpr std::chrono::seconds patience{10};  // for connecting, and for each write and read

  [[nodiscard]] static Result<std::unique_ptr<Stream>> connect(const Peer& peer);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  [[nodiscard]] Result<void> write(std::string_view bytes);
  // Some bytes; empty at the end of the stream.
  [[nodiscard]] Result<std::string> read();
  // Until the peer's system has acknowledged every byte. An error when it closed its side meanwhile: what was
  // written last may not have been read.
  [[nodiscard]] Result<void> settle();

 private:
  struct Tls;
  Stream() = default;
  [[nodiscard]] Result<void> open(const Peer& peer);
  [[nodiscard]] Result<void> begin_tls(const Peer& peer);
  [[nodiscard]] Error error(std::string_view what) const;

  std::string name_;
  int fd_ = -1;
  std::unique_ptr<Tls> tls_;
};

// "tls://siem.example:6514", "https://[::1]:8443/path": scheme, peer and the rest. Errors: no host, a bad port, user
// information in it.
struct Url {
  std::string scheme;
  std::string host;
  std::uint16_t port = 0;  // 0: none given
  std::string path;        // with its query; empty: none
};
[[nodiscard]] Result<Url> parse_url(std::string_view text);

}  // namespace sallyport::outlet
