// Http2Connection: HTTP/2 (RFC 9113) with a client over a stream of bytes. The library (nghttp2)
// does frames, HPACK and flow control; here are the budgets, the time-outs, and what becomes of
// streams: each is a call like one of HTTP/1.1 (http2_stream.hpp).
//
// Everything runs on the worker's thread. The library's callbacks only take notes: calls are begun
// and resumed when it has returned.
#pragma once

#include <nghttp2/nghttp2.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "gateway/exchange.hpp"
#include "gateway/http2_budget.hpp"
#include "gateway/stream.hpp"
#include "gateway/task.hpp"
#include "gateway/wheel.hpp"
#include "http/header_list.hpp"

namespace sallyport::gateway {

class Http2Stream;

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

class Http2Connection {
 public:
  static constexpr std::uint32_t max_streams = 100;             // at a time, as announced
  static constexpr std::uint32_t max_calls = 200;               // with those whose client has reset them
  static constexpr std::uint32_t stream_window = 64 * 1024;     // bytes of a body that are held
  static constexpr std::uint32_t connection_window = 1u << 20;  // of all bodies together
  static constexpr std::size_t max_trailers = 8 * 1024;         // bytes
  static constexpr std::chrono::milliseconds farewell{1'000};   // for the last frames to arrive

  Http2Connection(const Client& client, Stream& stream);
  ~Http2Connection();
  Http2Connection(const Http2Connection&) = delete;
  Http2Connection& operator=(const Http2Connection&) = delete;

  // Lives until the connection ends. `first` are bytes that were read already.
  Task<> run(std::string_view first);
  // Asked again and again while the worker drains: no new calls, and the end after the last one.
  void drain();

  // --- for its streams ---
  [[nodiscard]] nghttp2_session* session() const { return session_.get(); }
  [[nodiscard]] Worker& worker() const { return client_.worker; }
  // Lets the library write its frames; they are sent soon, many in one record.
  void pump();
  void resume_soon(std::coroutine_handle<>& waiting);
  void leave(Http2Stream& stream);
  // Destroys one whose call was never begun.
  void discard(Http2Stream& stream);
  [[nodiscard]] static const nghttp2_data_provider& answer_source();
  void reset(std::int32_t stream_id, std::uint32_t code);

 private:
  class WriterWait;
  struct Callbacks;
  [[nodiscard]] bool begin();
  [[nodiscard]] bool feed(std::string_view bytes);
  Task<> write();
  void wake_writer();
  void forget(Http2Stream& stream);
  void terminate(std::uint32_t code);
  void retire();
  void end_if_retired();
  void watch();
  void head_is_late() { terminate(NGHTTP2_ENHANCE_YOUR_CALM); }
  void is_idle();
  [[nodiscard]] bool append(std::string_view head, std::string_view bytes);
  [[nodiscard]] std::chrono::milliseconds now() const;

  const Client& client_;
  Stream& stream_;
  Http2SessionPtr session_;
  FrameBudget budget_{true};
  http::RequestList list_;             // of the header block that is being received
  std::vector<Http2Stream*> begun_;    // to be started when the library has returned
  std::vector<Http2Stream*> streams_;  // all that live
  Buffer out_;                         // frames to be sent
  std::size_t out_size_ = 0;
  Buffer sending_;
  std::coroutine_handle<> writer_;  // waiting for frames
  Signal ended_;
  Alarm<Http2Connection> head_alarm_{*this, &Http2Connection::head_is_late};
  Alarm<Http2Connection> idle_alarm_{*this, &Http2Connection::is_idle};
  std::uint64_t watched_ = ~std::uint64_t{0};
  std::uint32_t requests_ = 0;
  std::uint32_t drain_ticks_ = 0;
  bool retired_ = false;  // GOAWAY was sent: no new streams
  bool closing_ = false;  // nothing more is read
  bool shut_ = false;
  bool writing_ = false;
  bool waits_for_end_ = false;
  bool pumping_ = false;
  bool over_budget_ = false;  // found out while frames are written
};

}  // namespace sallyport::gateway
