// Http2Connection: HTTP/2 with a client: the budgets, the time-outs, and what becomes of streams:
// each is a call like one of HTTP/1.1 (http2_stream.hpp).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "gateway/exchange.hpp"
#include "gateway/http2_link.hpp"
#include "http/header_list.hpp"

namespace sallyport::gateway {

class Http2Stream;

class Http2Connection final : public Http2Link {
 public:
  static constexpr std::uint32_t max_streams = 100;             // at a time, as announced
  static constexpr std::uint32_t max_calls = 200;               // with those whose client has reset them
  static constexpr std::uint32_t connection_window = 1u << 20;  // bytes of all bodies together

  Http2Connection(const Client& client, Stream& stream);
  ~Http2Connection() override;

  // Lives until the connection ends. `first` are bytes that were read already.
  Task<> run(std::string_view first);
  // Asked again and again while the worker drains: no new calls, and the end after the last one.
  void drain();

  // --- for its streams ---
  void leave(Http2Stream& stream);
  // Destroys one whose call was never begun.
  void discard(Http2Stream& stream);

 private:
  [[nodiscard]] bool take(std::string_view bytes);
  int began_headers(const nghttp2_frame& frame) override;
  int took_header(const nghttp2_frame& frame, std::string_view name, std::string_view value) override;
  void took_headers(const nghttp2_frame& frame, Http2Flow& flow) override;
  void wrote() override { end_if_retired(); }
  void writer_ended() override;
  void retire();
  void end_if_retired();
  void watch();
  void head_is_late() { terminate(NGHTTP2_ENHANCE_YOUR_CALM); }
  void is_idle();

  const Client& client_;
  bool websockets_ = false;          // some API takes them: extended CONNECT is offered (RFC 8441)
  http::RequestList list_;           // of the header block that is being received
  std::vector<Http2Stream*> begun_;  // to be started when the library has returned
  Signal ended_;
  Alarm<Http2Connection> head_alarm_{*this, &Http2Connection::head_is_late};
  Alarm<Http2Connection> idle_alarm_{*this, &Http2Connection::is_idle};
  std::uint64_t watched_ = ~std::uint64_t{0};
  std::uint32_t requests_ = 0;
  std::uint32_t drain_ticks_ = 0;
  bool retired_ = false;  // GOAWAY was sent: no new streams
  bool shut_ = false;
  bool waits_for_end_ = false;
};

}  // namespace sallyport::gateway
