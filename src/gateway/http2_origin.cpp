#include "gateway/http2_origin.hpp"

#include <algorithm>
#include <array>

#include "gateway/http2_request.hpp"
#include "gateway/worker.hpp"

namespace sallyport::gateway {

Http2Origin::Http2Origin(Worker& worker, std::unique_ptr<UpstreamConnection> connection, Http2Site& site,
                         std::chrono::milliseconds timeout)
    : Http2Link(worker, connection->stream, FrameBudget::From::upstream, write_patience),
      connection_(std::move(connection)),
      site_(&site),
      timeout_(timeout) {
  ++site.connecting;
}

Http2Origin::~Http2Origin() = default;

Task<> Http2Origin::run(std::unique_ptr<Http2Origin> self) {
  Http2Origin& origin = *self;
  const std::array settings{
      nghttp2_settings_entry{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, Http2Flow::window},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
                             static_cast<std::uint32_t>(http::HeadLimits{}.head)},
  };
  bool good = origin.open(Role::client, settings, connection_window);
  if (good) {
    origin.worker().spawn(origin.write());
    origin.pump();
    origin.worker().wheel().arm(origin.idle_alarm_, origin.timeout_);
  }
  Buffer in;
  while (good && !origin.closing_ && origin.stream_.is_open()) {
    co_await origin.stream_.readable();
    if (origin.closing_) break;
    in = origin.worker().buffers().take(BufferPool::large);
    const std::span<char> room{in.data(), in.size()};
    Io io = origin.stream_.read_now(room);
    if (io.status == IoStatus::idle) io = co_await origin.stream_.read_some(room);
    good = io.status == IoStatus::ok && !origin.closing_ && origin.take({in.data(), io.bytes});
    in.release();
  }
  origin.retire();
  origin.worker().wheel().disarm(origin.idle_alarm_);
  origin.closing_ = true;
  while (!origin.flows_.empty()) {
    Http2Flow& flow = *origin.flows_.back();
    nghttp2_session_set_stream_user_data(origin.session(), flow.id(), nullptr);
    origin.flows_.pop_back();
    flow.closed(NGHTTP2_INTERNAL_ERROR);
    static_cast<Http2Request&>(flow).detach();
  }
  if (good || origin.is_writing()) origin.finish_writing();
  while (origin.is_writing()) {
    origin.waits_for_end_ = true;
    co_await origin.ended_;
  }
}

bool Http2Origin::take(std::string_view bytes) {
  received_ += bytes.size();
  if (!feed(bytes)) return false;
  pump();
  end_if_unused();
  if (closing_) return false;
  if (nghttp2_session_want_read(session()) == 0) {
    terminate(NGHTTP2_NO_ERROR);
    return false;
  }
  return true;
}

bool Http2Origin::has_room() const {
  if (closing_ || site_ == nullptr || !ready_) return false;
  const std::uint32_t allowed = nghttp2_session_get_remote_settings(session(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
  return flows_.size() < std::min(allowed, max_streams) && nghttp2_session_check_request_allowed(session()) != 0;
}

int Http2Origin::began_headers(const nghttp2_frame& frame) {
  if (auto* request = request_of(frame.hd.stream_id)) request->begin_head(head_);
  return 0;
}

int Http2Origin::took_header(const nghttp2_frame& frame, std::string_view name, std::string_view value) {
  Http2Request* request = request_of(frame.hd.stream_id);
  if (request->has_head()) return request->take_trailer(name, value) ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  head_.add(name, value);
  return head_.size() > 4 * http::HeadLimits{}.head ? NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE : 0;
}

void Http2Origin::took_headers(const nghttp2_frame& frame, Http2Flow& flow) {
  const bool end = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  if (!static_cast<Http2Request&>(flow).end_head(head_, end)) reset(frame.hd.stream_id, NGHTTP2_PROTOCOL_ERROR);
}

Http2Request* Http2Origin::request_of(std::int32_t id) const {
  return static_cast<Http2Request*>(static_cast<Http2Flow*>(nghttp2_session_get_stream_user_data(session(), id)));
}

// A request that the library could not begin any more: after GOAWAY, or without stream ids.
void Http2Origin::not_sent(std::int32_t id) {
  for (Http2Flow* flow : flows_) {
    if (flow->id() == id) return flow->closed(NGHTTP2_REFUSED_STREAM);
  }
}

void Http2Origin::writer_ended() {
  if (waits_for_end_) ended_.raise();
}

void Http2Origin::took_settings() {
  if (std::exchange(ready_, true) || site_ == nullptr) return;
  site_->open.push_back(this);
  worker().wheel().arm(idle_alarm_, idle_time);
  made(IoStatus::ok);
}

// Who waits looks again.
void Http2Origin::made(IoStatus status) {
  --site_->connecting;
  site_->failure = status;
  for (const auto waiting : std::exchange(site_->waiting, {})) worker().reactor().resume_soon(waiting);
}

void Http2Origin::took_goaway() { leave_site(); }

void Http2Origin::leave_site() {
  if (site_ == nullptr) return;
  if (ready_) {
    std::erase(site_->open, this);
  } else {
    made(IoStatus::failed);
  }
  site_ = nullptr;
}

void Http2Origin::retire() {
  leave_site();
  end_if_unused();
}

void Http2Origin::end_if_unused() {
  if (site_ == nullptr && flows_.empty() && !closing_ && session() != nullptr) terminate(NGHTTP2_NO_ERROR);
}

void Http2Origin::is_idle() {
  if (flows_.empty()) retire();
}

void Http2Origin::enter(Http2Request& request) {
  worker().wheel().disarm(idle_alarm_);
  add(request);
}

void Http2Origin::leave(Http2Request& request) {
  forget(request);
  pump();
  if (flows_.empty() && !closing_) worker().wheel().arm(idle_alarm_, idle_time);
  end_if_unused();
}

}  // namespace sallyport::gateway
