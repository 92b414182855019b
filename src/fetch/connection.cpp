#include "fetch/connection.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "fetch/reach.hpp"
#include "tls/peer.hpp"

namespace sallyport::fetch {
namespace {

std::unexpected<Error> unavailable(std::string what) {
  return std::unexpected(Error{.code = ErrorCode::unavailable,
                               .message = std::move(what),
                               .where = {},
                               .hint = {},
                               .source = ErrorSource::upstream,
                               .retryable = true});
}

Address address_of(const sockaddr& from) {
  Address address;
  if (from.sa_family == AF_INET) {
    address.bytes[10] = address.bytes[11] = 0xff;
    std::memcpy(address.bytes.data() + 12, &reinterpret_cast<const sockaddr_in&>(from).sin_addr, 4);
  } else {
    std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in6&>(from).sin6_addr, 16);
  }
  return address;
}

bool may_reach(const Url& url, const Address& address, bool private_network) {
  switch (reach_of(address)) {
    case Reach::nowhere:
      return false;
    case Reach::this_machine:
      return url.names_this_machine();
    case Reach::private_net:
      return url.https && (private_network || url.is_address());
    case Reach::open_net:
      return url.https;
  }
  return false;
}

struct AddressesFree {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, AddressesFree>;

Result<Addresses> resolve(const Url& url) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | (url.is_address() ? AI_NUMERICHOST : 0);
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &list);
  if (error != 0) return unavailable("cannot resolve `" + url.host + "`: " + ::gai_strerror(error));
  return Addresses(list);
}

}  // namespace

Connection::~Connection() {
  ssl_.reset();
  if (fd_ >= 0) ::close(fd_);
}

Result<void> Connection::wait(Wish wish) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
    if (left.count() <= 0) return unavailable("no answer in time");
    std::array<pollfd, 2> watched{
        {{fd_, static_cast<short>(wish == Wish::readable ? POLLIN : POLLOUT), 0}, {interrupt_.fd(), POLLIN, 0}}};
    const int ready = ::poll(watched.data(), watched.size(), static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) return unavailable(std::string("cannot wait: ") + std::strerror(errno));
    if (watched[1].revents != 0) return unavailable("the gateway is stopping");
    if (ready > 0 && watched[0].revents != 0) return {};
  }
}

Result<void> Connection::open(const Url& url, bool private_network, SSL_CTX* tls) {
  const auto addresses = resolve(url);
  if (!addresses) return std::unexpected(addresses.error());
  Result<void> last = unavailable("`" + url.host + "` leads to no address that may be called");
  for (const addrinfo* one = addresses->get(); one != nullptr; one = one->ai_next) {
    if (one->ai_family != AF_INET && one->ai_family != AF_INET6) continue;
    if (!may_reach(url, address_of(*one->ai_addr), private_network)) continue;
    last = connect(one->ai_addr, one->ai_addrlen);
    if (last) return url.https ? handshake(url, tls) : last;
  }
  return last;
}

Result<void> Connection::connect(const sockaddr* address, unsigned size) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = ::socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return unavailable(std::string("cannot open a socket: ") + std::strerror(errno));
  int error = ::connect(fd_, address, size) == 0 ? 0 : errno;
  if (error == EINPROGRESS) {
    if (auto ready = wait(Wish::writable); !ready) return ready;
    socklen_t length = sizeof error;
    ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &length);
  }
  if (error != 0) return unavailable(std::string("cannot connect: ") + std::strerror(error));
  return {};
}

Result<void> Connection::handshake(const Url& url, SSL_CTX* tls) {
  ssl_.reset(SSL_new(tls));
  if (!ssl_ || SSL_set_fd(ssl_.get(), fd_) != 1) return unavailable("cannot begin TLS");
  if (!tls::expect_peer(*ssl_, url.host))
    return unavailable("`" + url.host + "` is no name that a certificate can have");
  while (true) {
    ERR_clear_error();
    const int code = SSL_connect(ssl_.get());
    if (code == 1) return {};
    const long trust = SSL_get_verify_result(ssl_.get());
    if (trust != X509_V_OK) {
      return unavailable(std::string("its certificate is not trusted: ") + X509_verify_cert_error_string(trust));
    }
    if (auto waited = wait_for_tls(code, "the TLS handshake failed"); !waited) return waited;
  }
}

Result<void> Connection::wait_for_tls(int code, const char* what) {
  switch (SSL_get_error(ssl_.get(), code)) {
    case SSL_ERROR_WANT_READ:
      return wait(Wish::readable);
    case SSL_ERROR_WANT_WRITE:
      return wait(Wish::writable);
    default:
      ERR_clear_error();
      return unavailable(what);
  }
}

Result<void> Connection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t sent = 0;
    if (ssl_) {
      ERR_clear_error();
      const int code = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent);
      if (code != 1) {
        if (auto waited = wait_for_tls(code, "the connection broke while asking"); !waited) return waited;
        continue;
      }
    } else {
      const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n < 0 && errno != EAGAIN && errno != EINTR) return unavailable("the connection broke while asking");
      if (n < 0) {
        if (auto waited = wait(Wish::writable); !waited) return waited;
        continue;
      }
      sent = static_cast<std::size_t>(n);
    }
    bytes.remove_prefix(sent);
  }
  return {};
}

Result<std::size_t> Connection::read(std::span<char> into) {
  while (true) {
    if (ssl_) {
      std::size_t got = 0;
      ERR_clear_error();
      const int code = SSL_read_ex(ssl_.get(), into.data(), into.size(), &got);
      if (code == 1) return got;
      if (SSL_get_error(ssl_.get(), code) == SSL_ERROR_ZERO_RETURN) return 0;
      if (auto waited = wait_for_tls(code, "the answer broke off"); !waited) return std::unexpected(waited.error());
    } else {
      const ssize_t n = ::recv(fd_, into.data(), into.size(), 0);
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno != EAGAIN && errno != EINTR) return unavailable("the answer broke off");
      if (auto waited = wait(Wish::readable); !waited) return std::unexpected(waited.error());
    }
  }
}

}  // namespace sallyport::fetch
