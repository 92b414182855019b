// Http2Link: HTTP/2 (RFC 9113) over a stream of bytes, as both sides of it need it: with a client
// (http2_connection.hpp) and with an upstream (http2_origin.hpp). The library (nghttp2) does
// frames, HPACK and flow control.
//
// Everything runs on the worker's thread. The library's callbacks only take notes: calls are begun
// and resumed when it has returned.
#pragma once

#include <nghttp2/nghttp2.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/http2_budget.hpp"
#include "gateway/stream.hpp"
#include "gateway/task.hpp"
#include "gateway/wheel.hpp"

namespace sallyport::gateway {

class Http2Flow;
class Worker;

struct Http2SessionFree {
  void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
};
using Http2SessionPtr = std::unique_ptr<nghttp2_session, Http2SessionFree>;

// Something that happens when its time has come, unless it is disarmed before.
template <class T>
class Alarm final : public Timed {
 public:
  Alarm(T& owner, void (T::*ring)()) : owner_(owner), ring_(ring) {}

 private:
  void expired() override { (owner_.*ring_)(); }
  T& owner_;
  void (T::*ring_)();
};

class Http2Link {
 public:
  static constexpr std::chrono::milliseconds farewell{1'000};  // for the last frames to arrive

  Http2Link(const Http2Link&) = delete;
  Http2Link& operator=(const Http2Link&) = delete;

  [[nodiscard]] nghttp2_session* session() const { return session_.get(); }
  [[nodiscard]] Worker& worker() const { return worker_; }
  // Lets the library write its frames; they are sent soon, many in one record.
  void pump();
  void resume_soon(std::coroutine_handle<>& waiting);
  void reset(std::int32_t stream_id, std::uint32_t code);
  // Where the library takes the bodies of its streams from.
  [[nodiscard]] static const nghttp2_data_provider& body_source();

 protected:
  enum class Role : std::uint8_t { server, client };
  // `write_patience`: how long the peer may take nothing of what is sent.
  Http2Link(Worker& worker, Stream& stream, FrameBudget::From peer, std::chrono::milliseconds write_patience);
  virtual ~Http2Link();

  [[nodiscard]] bool open(Role role, std::span<const nghttp2_settings_entry> settings, std::uint32_t window);
  // Bytes from the peer. False when the connection has to end, and then it was told why.
  [[nodiscard]] bool feed(std::string_view bytes);
  // Sends frames until the end; to be spawned once.
  Task<> write();
  // No more is read: what was written is still sent, and then the writer ends.
  void finish_writing();
  [[nodiscard]] bool is_writing() const { return writing_; }
  void terminate(std::uint32_t code);
  [[nodiscard]] bool all_written() const { return out_size_ == 0 && !sending_; }
  [[nodiscard]] std::chrono::milliseconds now() const;
  void add(Http2Flow& flow);
  void forget(Http2Flow& flow);

  // What the library tells. A result other than 0 is an error of its kind.
  virtual int began_headers(const nghttp2_frame& frame) = 0;
  virtual int took_header(const nghttp2_frame& frame, std::string_view name, std::string_view value) = 0;
  virtual void took_headers(const nghttp2_frame& frame, Http2Flow& flow) = 0;
  virtual void took_settings() {}
  virtual void took_goaway() {}
  virtual void not_sent(std::int32_t) {}
  // After frames were written.
  virtual void wrote() {}
  // The writer has come to its end.
  virtual void writer_ended() = 0;

  Worker& worker_;
  Stream& stream_;
  FrameBudget budget_;
  std::vector<Http2Flow*> flows_;  // all that live
  bool closing_ = false;           // nothing more is read

 private:
  class WriterWait;
  struct Callbacks;
  void wake_writer();
  [[nodiscard]] bool append(std::string_view head, std::string_view bytes);

  Http2SessionPtr session_;
  const std::chrono::milliseconds write_patience_;
  Buffer out_;  // frames to be sent
  std::size_t out_size_ = 0;
  Buffer sending_;
  std::coroutine_handle<> writer_;  // waiting for frames
  bool writing_ = false;
  bool pumping_ = false;
  bool over_budget_ = false;  // found out while frames are written
};

}  // namespace sallyport::gateway
