#include "gateway/stream.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sallyport::gateway {

Stream::Stream(Reactor& reactor, int fd, Wheel& wheel, BufferPool& buffers)
    : socket_(reactor, fd), wheel_(wheel), buffers_(buffers) {}

Stream::~Stream() = default;

Task<IoStatus> Stream::connected() {
  socket_.write_blocked();
  co_await socket_.writable();
  if (!is_open()) co_return broken();
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket_.fd(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) co_return IoStatus::failed;
  co_return IoStatus::ok;
}

// --- TLS through a BIO of our own: OpenSSL reads from cipher_, writes straight to the socket -----

BIO_METHOD* Stream::bio_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "sallyport stream");
    BIO_meth_set_read(made, &Stream::bio_read);
    BIO_meth_set_write(made, &Stream::bio_write);
    BIO_meth_set_ctrl(made, &Stream::bio_ctrl);
    return made;
  }();
  return method;
}

int Stream::bio_read(BIO* bio, char* into, int size) {
  auto& self = *static_cast<Stream*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const std::size_t available = self.cipher_end_ - self.cipher_at_;
  if (available == 0) {
    if (self.ended_) return 0;
    BIO_set_retry_read(bio);
    return -1;
  }
  const std::size_t taken = std::min(available, static_cast<std::size_t>(size));
  std::memcpy(into, self.cipher_.data() + self.cipher_at_, taken);
  self.cipher_at_ += taken;
  return static_cast<int>(taken);
}

int Stream::bio_write(BIO* bio, const char* from, int size) {
  auto& self = *static_cast<Stream*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const ssize_t sent = ::send(self.socket_.fd(), from, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (sent < 0 && errno == EAGAIN) {
    self.socket_.write_blocked();
    BIO_set_retry_write(bio);
  } else if (sent < 0 && errno == EINTR) {
    BIO_set_retry_write(bio);
  }
  return static_cast<int>(sent);
}

long Stream::bio_ctrl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

void Stream::use_tls(SslPtr ssl) {
  BIO* bio = BIO_new(bio_method());
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  ssl_ = std::move(ssl);
  SSL_set_bio(ssl_.get(), bio, bio);
}

// Reads ciphertext; asks for as much as the buffer takes.
Task<IoStatus> Stream::fill() {
  if (!cipher_) cipher_ = buffers_.take(BufferPool::small);
  cipher_at_ = cipher_end_ = 0;
  const Io io = co_await read_wire({cipher_.data(), cipher_.size()});
  if (io.status != IoStatus::ok) cipher_.release();
  if (io.status == IoStatus::closed) {
    ended_ = true;
    co_return IoStatus::ok;  // OpenSSL decides whether this end was announced
  }
  cipher_end_ = io.bytes;
  co_return io.status;
}

Task<IoStatus> Stream::writable() {
  co_await socket_.writable();
  co_return is_open() ? IoStatus::ok : broken();
}

void Stream::put_back(std::string_view cipher) {
  cipher_ = buffers_.take(BufferPool::small);
  cipher_at_ = 0;
  cipher_end_ = std::min(cipher.size(), cipher_.size());
  std::memcpy(cipher_.data(), cipher.data(), cipher_end_);
}

Task<IoStatus> Stream::handshake() {
  while (true) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) co_return IoStatus::ok;
    const int error = SSL_get_error(ssl_.get(), result);
    plain_http_ = error == SSL_ERROR_SSL && ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_HTTP_REQUEST;
    IoStatus status = IoStatus::failed;
    if (error == SSL_ERROR_WANT_READ) {
      if (ended_) co_return IoStatus::closed;
      status = co_await fill();
    } else if (error == SSL_ERROR_WANT_WRITE) {
      status = co_await writable();
    }
    if (status != IoStatus::ok) co_return status;
  }
}

// One read of the socket, without waiting.
Io Stream::read_socket(std::span<char> into) {
  while (socket_.can_read() && is_open()) {
    const ssize_t got = ::recv(socket_.fd(), into.data(), into.size(), 0);
    if (got > 0) {
      if (static_cast<std::size_t>(got) < into.size()) socket_.read_short();
      return {IoStatus::ok, static_cast<std::size_t>(got)};
    }
    if (got == 0) return {IoStatus::closed, 0};
    if (errno == EAGAIN) socket_.read_blocked();
    if (errno != EAGAIN && errno != EINTR) return {IoStatus::failed, 0};
  }
  return {is_open() ? IoStatus::idle : broken(), 0};
}

Task<Io> Stream::read_wire(std::span<char> into) {
  while (true) {
    co_await socket_.readable();
    const Io io = read_socket(into);
    if (io.status != IoStatus::idle) co_return io;
  }
}

Task<Io> Stream::read_tls(std::span<char> into) {
  while (true) {
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
    if (result == 1) {
      if (cipher_at_ == cipher_end_) cipher_.release();
      co_return Io{IoStatus::ok, bytes};
    }
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_ZERO_RETURN) co_return Io{IoStatus::closed, 0};
    IoStatus status = IoStatus::failed;
    if (error == SSL_ERROR_WANT_READ) {
      status = ended_ ? IoStatus::failed : co_await fill();
    } else if (error == SSL_ERROR_WANT_WRITE) {
      status = co_await writable();
    }
    if (status != IoStatus::ok) co_return Io{status, 0};
  }
}

Io Stream::read_now(std::span<char> into) { return ssl_ ? Io{IoStatus::idle, 0} : read_socket(into); }

Task<Io> Stream::read_into(Pipe& pipe, std::size_t size) {
  while (true) {
    co_await socket_.readable();
    if (!is_open()) co_return Io{broken(), 0};
    const ssize_t moved = pipe.take_from(socket_.fd(), size);
    if (moved > 0) co_return Io{IoStatus::ok, static_cast<std::size_t>(moved)};
    if (moved == 0) co_return Io{IoStatus::closed, 0};
    if (errno == EAGAIN) socket_.read_blocked();
    if (errno != EAGAIN && errno != EINTR) co_return Io{IoStatus::failed, 0};
  }
}

Task<IoStatus> Stream::write_from(Pipe& pipe, bool more_follows) {
  std::size_t taken = 0;
  while (pipe.held() != 0) {
    co_await socket_.writable();
    if (!is_open()) co_return broken();
    const ssize_t moved = pipe.give_to(socket_.fd(), more_follows);
    if (moved < 0 && errno == EAGAIN) socket_.write_blocked();
    if (moved < 0 && errno != EAGAIN && errno != EINTR) co_return IoStatus::failed;
    if (moved > 0) taken += static_cast<std::size_t>(moved);
    if (taken >= steady) {
      taken = 0;
      deadline(allowed_);
    }
  }
  co_return IoStatus::ok;
}

namespace {

std::size_t size_of(const Parts& parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  return size;
}

constexpr std::size_t record_bytes = 16 * 1024;  // of one TLS record, RFC 8446 §5.1

void drop_front(Parts& parts, std::size_t bytes) {
  for (std::string_view& part : parts) {
    const std::size_t taken = std::min(bytes, part.size());
    part.remove_prefix(taken);
    bytes -= taken;
  }
}

// As many of the parts as fit into one record, in one piece. The same parts give the same piece:
// OpenSSL demands that of a retry.
std::string_view one_record(const Parts& parts, std::array<char, record_bytes>& joined) {
  std::size_t size = 0;
  std::size_t filled = 0;
  std::string_view only;
  for (const std::string_view part : parts) {
    if (part.empty()) continue;
    ++filled;
    if (only.empty()) only = part;
    const std::size_t taken = std::min(part.size(), joined.size() - size);
    if (only.size() < joined.size()) std::memcpy(joined.data() + size, part.data(), taken);
    size += taken;
  }
  if (filled == 1 || only.size() >= joined.size()) return only.substr(0, record_bytes);
  return {joined.data(), size};
}

}  // namespace

Io Stream::send_tls(const Parts& parts) {
  static thread_local std::array<char, record_bytes> joined;
  const std::string_view record = one_record(parts, joined);
  ERR_clear_error();
  std::size_t bytes = 0;
  const int result = SSL_write_ex(ssl_.get(), record.data(), record.size(), &bytes);
  if (result == 1) return {IoStatus::ok, bytes};
  const int error = SSL_get_error(ssl_.get(), result);
  return {error == SSL_ERROR_WANT_WRITE ? IoStatus::ok : IoStatus::failed, 0};
}

Io Stream::send_plain(const Parts& parts) {
  std::array<iovec, std::tuple_size_v<Parts>> vectors{};
  std::size_t count = 0;
  for (const std::string_view part : parts) {
    if (!part.empty()) vectors[count++] = {const_cast<char*>(part.data()), part.size()};
  }
  ssize_t sent = 0;
  if (count == 1) {
    sent = ::send(socket_.fd(), vectors[0].iov_base, vectors[0].iov_len, MSG_NOSIGNAL);
  } else {
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    sent = ::sendmsg(socket_.fd(), &message, MSG_NOSIGNAL);
  }
  if (sent >= 0) return {IoStatus::ok, static_cast<std::size_t>(sent)};
  if (errno == EAGAIN) socket_.write_blocked();
  return {errno == EAGAIN || errno == EINTR ? IoStatus::ok : IoStatus::failed, 0};
}

IoStatus Stream::send(Parts& parts) {
  while (!is_empty(parts)) {
    const Io io = ssl_ ? send_tls(parts) : send_plain(parts);
    if (io.status != IoStatus::ok) return timed_out_ ? IoStatus::timed_out : io.status;
    if (io.bytes == 0) break;  // the kernel's buffer is full
    drop_front(parts, io.bytes);
  }
  return IoStatus::ok;
}

Task<IoStatus> Stream::finish(Parts parts) {
  std::size_t mark = size_of(parts);
  while (!is_empty(parts)) {
    if (const IoStatus status = co_await writable(); status != IoStatus::ok) co_return status;
    if (const IoStatus status = send(parts); status != IoStatus::ok) co_return status;
    if (const std::size_t left = size_of(parts); mark - left >= steady) {
      mark = left;
      deadline(allowed_);
    }
  }
  co_return IoStatus::ok;
}

bool Stream::disturbed() {
  if (tls_pending()) return true;
  if (!socket_.can_read()) return false;
  char byte = 0;
  const ssize_t got = ::recv(socket_.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN) socket_.read_blocked();
  return socket_.can_read();
}

void Stream::shutdown_send() {
  if (ssl_ && !timed_out_) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }
  ::shutdown(socket_.fd(), SHUT_WR);
}

void Stream::reset_on_close() {
  const linger at_once{1, 0};
  ::setsockopt(socket_.fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Stream::expired() {
  timed_out_ = true;
  // A peer that does not read would keep the kernel's buffers for as long as it likes.
  if (socket_.has_waiting_writer()) reset_on_close();
  close();
}

}  // namespace sallyport::gateway
