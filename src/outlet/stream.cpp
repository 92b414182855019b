#include "outlet/stream.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/sockios.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "tls/peer.hpp"

namespace sallyport::outlet {
namespace {

constexpr int patience_ms = static_cast<int>(std::chrono::milliseconds(Stream::patience).count());
constexpr int settle_step_ms = 5;

using Addresses = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

// A connected socket, blocking with time-outs; -1 with errno otherwise.
int connect_to(const addrinfo& address) {
  const int fd = ::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address.ai_protocol);
  if (fd < 0) return -1;
  int failure = 0;
  if (::connect(fd, address.ai_addr, address.ai_addrlen) != 0) {
    failure = errno;
    if (failure == EINPROGRESS) {
      pollfd wait{fd, POLLOUT, 0};
      const int ready = ::poll(&wait, 1, patience_ms);
      socklen_t size = sizeof failure;
      if (ready == 0) failure = ETIMEDOUT;
      if (ready > 0) ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size);
    }
  }
  if (failure != 0) {
    ::close(fd);
    errno = failure;
    return -1;
  }
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) & ~O_NONBLOCK);
  const timeval limit{Stream::patience.count(), 0};
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return fd;
}

}  // namespace

struct Stream::Tls {
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context{nullptr, SSL_CTX_free};
  std::unique_ptr<SSL, void (*)(SSL*)> session{nullptr, SSL_free};
};

Stream::~Stream() {
  if (tls_ && tls_->session) SSL_shutdown(tls_->session.get());
  tls_.reset();
  if (fd_ >= 0) ::close(fd_);
}

Error Stream::error(std::string_view what) const {
  Error out;
  out.code = ErrorCode::unavailable;
  out.message = std::string(what);
  out.where = name_;
  out.retryable = true;
  return out;
}

Result<std::unique_ptr<Stream>> Stream::connect(const Peer& peer) {
  std::unique_ptr<Stream> stream(new Stream);
  if (auto opened = stream->open(peer); !opened) return std::unexpected(std::move(opened.error()));
  if (peer.tls) {
    if (auto begun = stream->begin_tls(peer); !begun) return std::unexpected(std::move(begun.error()));
  }
  return stream;
}

Result<void> Stream::open(const Peer& peer) {
  name_ = peer.host + ":" + std::to_string(peer.port);
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int looked = ::getaddrinfo(peer.host.c_str(), std::to_string(peer.port).c_str(), &wanted, &found);
  if (looked != 0) return std::unexpected(error(::gai_strerror(looked)));
  const Addresses addresses(found, ::freeaddrinfo);
  for (const addrinfo* at = found; at != nullptr && fd_ < 0; at = at->ai_next) fd_ = connect_to(*at);
  if (fd_ < 0) return std::unexpected(error(std::strerror(errno)));
  return {};
}

Result<void> Stream::begin_tls(const Peer& peer) {
  tls_ = std::make_unique<Tls>();
  tls_->context.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* const context = tls_->context.get();
  if (context == nullptr) return std::unexpected(error("no memory for TLS"));
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  if (const auto verified = tls::verify_peers(*context, peer.ca); !verified) {
    return std::unexpected(error("the authorities cannot be read: " + verified.error().text()));
  }
  tls_->session.reset(SSL_new(context));
  SSL* const session = tls_->session.get();
  if (session == nullptr) return std::unexpected(error("no memory for TLS"));
  if (!tls::expect_peer(*session, peer.host)) return std::unexpected(error("this is no host name"));
  SSL_set_fd(session, fd_);
  if (SSL_connect(session) == 1) return {};
  const long verified = SSL_get_verify_result(session);
  return std::unexpected(error(verified != X509_V_OK ? std::string("its certificate is not trusted: ") +
                                                           X509_verify_cert_error_string(verified)
                                                     : std::string("the TLS handshake failed")));
}

Result<void> Stream::write(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t done = 0;
    if (tls_) {
      if (SSL_write_ex(tls_->session.get(), bytes.data(), bytes.size(), &done) != 1) {
        return std::unexpected(error("the connection broke while it was written to"));
      }
    } else {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0)
        return std::unexpected(error(errno == EAGAIN ? "it does not take what is sent" : std::strerror(errno)));
      done = static_cast<std::size_t>(sent);
    }
    bytes.remove_prefix(done);
  }
  return {};
}

Result<std::string> Stream::read() {
  std::string out(16u << 10, '\0');
  if (tls_) {
    std::size_t got = 0;
    const int done = SSL_read_ex(tls_->session.get(), out.data(), out.size(), &got);
    if (done != 1 && SSL_get_error(tls_->session.get(), done) != SSL_ERROR_ZERO_RETURN) {
      return std::unexpected(error("the connection broke, or no answer came in time"));
    }
    out.resize(got);
    return out;
  }
  ssize_t got = 0;
  do {
    got = ::recv(fd_, out.data(), out.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return std::unexpected(error(errno == EAGAIN ? "no answer came in time" : std::strerror(errno)));
  out.resize(static_cast<std::size_t>(got));
  return out;
}

Result<void> Stream::settle() {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    char byte = 0;
    const ssize_t got = ::recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
      return std::unexpected(error("it closed the connection"));
    }
    int waiting = 0;
    if (::ioctl(fd_, SIOCOUTQ, &waiting) != 0 || waiting == 0) return {};
    if (std::chrono::steady_clock::now() > deadline) return std::unexpected(error("it does not take what is sent"));
    pollfd wait{fd_, POLLRDHUP, 0};
    ::poll(&wait, 1, settle_step_ms);
  }
}

Result<Url> parse_url(std::string_view text) {
  const auto bad = [&](std::string why) { return fail(ErrorCode::invalid, std::move(why), std::string(text)); };
  Url out;
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return bad("an address begins with scheme://");
  out.scheme = text.substr(0, scheme);
  std::string_view rest = text.substr(scheme + 3);
  const std::size_t path = std::min(rest.find_first_of("/?"), rest.size());
  out.path = rest.substr(path);
  if (out.path.starts_with('?')) out.path.insert(0, 1, '/');
  if (out.path.find_first_of(" \r\n#") != std::string::npos) return bad("this path cannot be asked for");
  rest = rest.substr(0, path);
  if (rest.contains('@')) return bad("names and passwords do not belong into an address");
  std::string_view port;
  if (rest.starts_with('[')) {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) return bad("an IPv6 address ends with ]");
    out.host = rest.substr(1, close - 1);
    port = rest.substr(close + 1);
  } else {
    const std::size_t colon = std::min(rest.find(':'), rest.size());
    out.host = rest.substr(0, colon);
    port = rest.substr(colon);
  }
  if (out.host.empty()) return bad("no host in the address");
  if (port.empty()) return out;
  port.remove_prefix(1);
  const auto read = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (read.ec != std::errc{} || read.ptr != port.data() + port.size() || out.port == 0) return bad("this is no port");
  return out;
}

}  // namespace sallyport::outlet
