// Http2Origin: a connection of HTTP/2 to an upstream, shared by the calls of one core. It ends by
// itself: when the upstream says so, for a fault, or after `idle_time` without a call.
#pragma once

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <vector>

#include "gateway/http2_link.hpp"
#include "gateway/upstream_pool.hpp"
#include "http/header_list.hpp"

namespace sallyport::gateway {

class Http2Request;

class Http2Origin;

// An upstream's target, as the pool of a core knows it.
struct Http2Site {
  std::vector<Http2Origin*> open;                // those that take calls
  std::vector<std::coroutine_handle<>> waiting;  // for one that is being made
  std::size_t connecting = 0;                    // until the upstream has said what it allows
  IoStatus failure = IoStatus::ok;               // of the last one that was made
};

class Http2Origin final : public Http2Link {
 public:
  static constexpr std::uint32_t max_streams = 100;  // at a time, if the upstream allows as many
  // Of all bodies together: a call that does not read cannot keep the others from reading.
  static constexpr std::uint32_t connection_window = max_streams * 64 * 1024;
  static constexpr std::chrono::seconds idle_time{60};
  static constexpr std::chrono::milliseconds write_patience{30'000};

  // Counts as connecting until the upstream's SETTINGS have come, at most `timeout`; then it is open.
  Http2Origin(Worker& worker, std::unique_ptr<UpstreamConnection> connection, Http2Site& site,
              std::chrono::milliseconds timeout);
  ~Http2Origin() override;

  // Lives until the connection ends; to be spawned once.
  static Task<> run(std::unique_ptr<Http2Origin> self);
  // Does it take another call?
  [[nodiscard]] bool has_room() const;
  // Takes no more calls, and ends after the last one.
  void retire();
  void close() { stream_.close(); }

  // --- for its requests ---
  void enter(Http2Request& request);
  void leave(Http2Request& request);
  [[nodiscard]] std::uint64_t received() const { return received_; }  // bytes

 private:
  [[nodiscard]] bool take(std::string_view bytes);
  int began_headers(const nghttp2_frame& frame) override;
  int took_header(const nghttp2_frame& frame, std::string_view name, std::string_view value) override;
  void took_headers(const nghttp2_frame& frame, Http2Flow& flow) override;
  void took_settings() override;
  void took_goaway() override;
  void not_sent(std::int32_t id) override;
  void writer_ended() override;
  [[nodiscard]] Http2Request* request_of(std::int32_t id) const;
  void leave_site();
  void made(IoStatus status);
  void end_if_unused();
  void is_idle();

  std::unique_ptr<UpstreamConnection> connection_;
  Http2Site* site_;  // null when it takes no more calls
  const std::chrono::milliseconds timeout_;
  http::ResponseList head_;  // of the header block that is being received
  Signal ended_;
  Alarm<Http2Origin> idle_alarm_{*this, &Http2Origin::is_idle};
  std::uint64_t received_ = 0;
  bool ready_ = false;  // SETTINGS have come
  bool waits_for_end_ = false;
};

}  // namespace sallyport::gateway
