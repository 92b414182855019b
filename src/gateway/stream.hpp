// Stream: bytes over TCP, with or without TLS, with one deadline. The peer's identity checks were
// set up in the SSL object by who made it (tls.hpp).
#pragma once

#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <span>
#include <string_view>

#include "gateway/buffers.hpp"
#include "gateway/pipe.hpp"
#include "gateway/reactor.hpp"
#include "gateway/task.hpp"
#include "gateway/wheel.hpp"

namespace sallyport::gateway {

enum class IoStatus : std::uint8_t {
  ok,
  closed,  // an orderly end
  failed,
  timed_out,  // the deadline passed; the stream is dead
  idle,       // nothing is there now
};

// What one write sends, in order. Empty parts are skipped.
using Parts = std::array<std::string_view, 4>;

struct Io {
  IoStatus status = IoStatus::ok;
  std::size_t bytes = 0;
};

struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using SslPtr = std::unique_ptr<SSL, SslFree>;

class Stream final : private Timed {
 public:
  // Takes over a connected socket, or one that connects: connected() must follow then.
  Stream(Reactor& reactor, int fd, Wheel& wheel, BufferPool& buffers);
  ~Stream() override;

  // Waits until a connection that was begun stands.
  [[nodiscard]] Task<IoStatus> connected();
  // What was read from the wire before use_tls() and belongs to TLS: at most BufferPool::small bytes.
  void put_back(std::string_view cipher);
  // Takes over a prepared SSL object; handshake() must follow.
  void use_tls(SslPtr ssl);
  [[nodiscard]] SSL* tls() const { return ssl_.get(); }
  [[nodiscard]] Task<IoStatus> handshake();
  // Did the handshake fail because the client spoke HTTP without TLS?
  [[nodiscard]] bool plain_http() const { return plain_http_; }
  // Forgets TLS, to answer such a client.
  void drop_tls() { ssl_.reset(); }

  // At least one byte, or the reason why not. An orderly end is `closed`.
  [[nodiscard]] Task<Io> read_some(std::span<char> into) { return ssl_ ? read_tls(into) : read_wire(into); }
  // The same without TLS: what is on the wire.
  [[nodiscard]] Task<Io> read_wire(std::span<char> into);
  // Without waiting: `idle` when nothing is there, or when only read_some() can tell (TLS).
  [[nodiscard]] Io read_now(std::span<char> into);
  // Awaits that a read can tell something, without a buffer and without a coroutine of its own. Then
  // read_now() usually has it:
  //   co_await stream.readable();
  //   Io io = stream.read_now(into);
  //   if (io.status == IoStatus::idle) io = co_await stream.read_some(into);
  [[nodiscard]] Descriptor::Wait readable() { return socket_.readable_or(tls_pending()); }
  // At most `size` bytes of a stream without TLS into the pipe; and all that the pipe holds out of it.
  [[nodiscard]] Task<Io> read_into(Pipe& pipe, std::size_t size);
  [[nodiscard]] Task<IoStatus> write_from(Pipe& pipe, bool more_follows);
  // Hands the parts to the kernel without waiting, in one call and, with TLS, in as few records as
  // possible. `parts` shrinks to what is left. Usually everything goes and no coroutine is needed:
  //   IoStatus status = stream.send(parts);
  //   if (status == IoStatus::ok && !is_empty(parts)) status = co_await stream.finish(parts);
  [[nodiscard]] IoStatus send(Parts& parts);
  // Sends what send() left.
  [[nodiscard]] Task<IoStatus> finish(Parts parts);

  // After this time every wait ends with timed_out and the stream is dead. A writer that the peer
  // takes at least `steady` bytes from gets the time anew.
  static constexpr std::size_t steady = 16 * 1024;
  void deadline(std::chrono::milliseconds after) {
    allowed_ = after;
    wheel_.arm(*this, after);
  }
  void no_deadline() { wheel_.disarm(*this); }
  [[nodiscard]] bool timed_out() const { return timed_out_; }

  // Is there something to read, or an end, on a stream that should be silent?
  [[nodiscard]] bool disturbed();
  // close() will send a reset instead of an orderly end: the peer must not take what it has for whole.
  void reset_on_close();
  void shutdown_send();
  void close() { socket_.close(); }
  [[nodiscard]] bool is_open() const { return socket_.is_open(); }

 private:
  void expired() override;
  [[nodiscard]] IoStatus broken() const { return timed_out_ ? IoStatus::timed_out : IoStatus::failed; }
  [[nodiscard]] bool tls_pending() const { return ssl_ && (cipher_at_ < cipher_end_ || SSL_pending(ssl_.get()) > 0); }
  [[nodiscard]] Io read_socket(std::span<char> into);
  [[nodiscard]] Task<Io> read_tls(std::span<char> into);
  [[nodiscard]] Task<IoStatus> fill();
  [[nodiscard]] Task<IoStatus> writable();
  [[nodiscard]] Io send_tls(const Parts& parts);
  [[nodiscard]] Io send_plain(const Parts& parts);
  static BIO_METHOD* bio_method();
  static int bio_read(BIO* bio, char* into, int size);
  static int bio_write(BIO* bio, const char* from, int size);
  static long bio_ctrl(BIO* bio, int command, long number, void* pointer);

  Descriptor socket_;
  Wheel& wheel_;
  BufferPool& buffers_;
  SslPtr ssl_;
  Buffer cipher_;  // received ciphertext that OpenSSL has not taken yet
  std::size_t cipher_at_ = 0;
  std::size_t cipher_end_ = 0;
  std::chrono::milliseconds allowed_{};
  bool timed_out_ = false;
  bool plain_http_ = false;
  bool ended_ = false;  // the peer sent its end
};

[[nodiscard]] inline bool is_empty(const Parts& parts) {
  for (const std::string_view part : parts) {
    if (!part.empty()) return false;
  }
  return true;
}

}  // namespace sallyport::gateway
