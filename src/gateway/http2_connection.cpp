#include "gateway/http2_connection.hpp"

#include <algorithm>
#include <array>

#include "gateway/http2_stream.hpp"
#include "gateway/worker.hpp"

namespace sallyport::gateway {

Http2Connection::Http2Connection(const Client& client, Stream& stream)
    : Http2Link(client.worker, stream, FrameBudget::From::client, client.listener->timeouts.write), client_(client) {}

Http2Connection::~Http2Connection() = default;

int Http2Connection::began_headers(const nghttp2_frame& frame) {
  if (frame.headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  const std::int32_t id = frame.hd.stream_id;
  // Calls whose client reset them still cost something: they count until they have ended.
  if (flows_.size() >= max_calls) {
    return nghttp2_submit_rst_stream(session(), NGHTTP2_FLAG_NONE, id, NGHTTP2_REFUSED_STREAM);
  }
  auto stream = std::make_unique<Http2Stream>(client_, *this, id);
  const Call::Blank blank = stream->open();
  list_.start(client_.connection.tls, client_.listener->head, blank.arena, blank.request, websockets_);
  add(*stream);
  return nghttp2_session_set_stream_user_data(session(), id, static_cast<Http2Flow*>(stream.release()));
}

int Http2Connection::took_header(const nghttp2_frame& frame, std::string_view name, std::string_view value) {
  if (frame.headers.cat != NGHTTP2_HCAT_REQUEST) {
    auto* flow = static_cast<Http2Flow*>(nghttp2_session_get_stream_user_data(session(), frame.hd.stream_id));
    return flow->take_trailer(name, value) ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }
  list_.add(name, value);
  // A list far beyond the limit is no mistake: small bytes that expand (CVE-2016-6581).
  return list_.size() > 4 * client_.listener->head.head ? NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE : 0;
}

void Http2Connection::took_headers(const nghttp2_frame& frame, Http2Flow& flow) {
  const bool end = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  if (frame.headers.cat == NGHTTP2_HCAT_REQUEST) {
    auto& stream = static_cast<Http2Stream&>(flow);
    ++requests_;
    stream.head_complete(list_.finish(end), end);
    begun_.push_back(&stream);
  } else if (!end || !flow.take_end()) {
    reset(frame.hd.stream_id, NGHTTP2_PROTOCOL_ERROR);  // trailers end the stream (RFC 9113 §8.1)
  }
}

Task<> Http2Connection::run(std::string_view first) {
  const auto snapshot = worker().snapshot();
  websockets_ = std::ranges::any_of(snapshot->upstreams, [](const Upstream& one) { return one.websocket != nullptr; });
  const std::array settings{
      nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, max_streams},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, Http2Flow::window},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
                             static_cast<std::uint32_t>(client_.listener->head.head)},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1},
  };
  const std::size_t said = settings.size() - (websockets_ ? 0 : 1);
  if (!open(Role::server, std::span(settings).first(said), connection_window)) co_return;
  worker().spawn(write());
  pump();
  bool good = take(first);
  Buffer in;
  while (good && !closing_ && stream_.is_open()) {
    co_await stream_.readable();
    if (closing_) break;
    in = worker().buffers().take(BufferPool::small);
    const std::span<char> room{in.data(), in.size()};
    Io io = stream_.read_now(room);
    if (io.status == IoStatus::idle) io = co_await stream_.read_some(room);
    good = io.status == IoStatus::ok && !closing_ && take({in.data(), io.bytes});
    in.release();
  }
  // Nobody is there any more for the calls that are left; what was written already is sent.
  worker().wheel().disarm(head_alarm_);
  worker().wheel().disarm(idle_alarm_);
  closing_ = true;
  for (std::size_t i = flows_.size(); i-- > 0;) {
    nghttp2_session_set_stream_user_data(session(), flows_[i]->id(), nullptr);
    flows_[i]->closed(NGHTTP2_CANCEL);
  }
  for (std::size_t i = 0; i < begun_.size(); ++i) worker().spawn(Http2Stream::run(begun_[i]));
  finish_writing();
  while (is_writing() || !flows_.empty()) {
    waits_for_end_ = true;
    co_await ended_;
  }
}

void Http2Connection::writer_ended() {
  if (waits_for_end_) ended_.raise();
}

bool Http2Connection::take(std::string_view bytes) {
  if (!bytes.empty() && !feed(bytes)) return false;
  for (std::size_t i = 0; i < begun_.size(); ++i) worker().spawn(Http2Stream::run(begun_[i]));
  begun_.clear();
  if (requests_ >= client_.listener->max_requests) retire();
  pump();
  if (closing_) return false;
  watch();
  // After a GOAWAY of ours for an error of the client's the library reads nothing more.
  if (nghttp2_session_want_read(session()) == 0) {
    terminate(NGHTTP2_NO_ERROR);
    return false;
  }
  return true;
}

// Deadlines of the connection as such: for something begun, and for idleness.
void Http2Connection::watch() {
  Wheel& wheel = worker().wheel();
  if (!budget_.unfinished()) {
    wheel.disarm(head_alarm_);
    watched_ = ~std::uint64_t{0};
  } else if (watched_ != budget_.finished()) {
    watched_ = budget_.finished();
    wheel.arm(head_alarm_, client_.listener->timeouts.head);
  }
  if (!flows_.empty()) {
    wheel.disarm(idle_alarm_);
  } else if (!idle_alarm_.armed() && !shut_) {
    wheel.arm(idle_alarm_, requests_ == 0 ? client_.listener->timeouts.head : client_.listener->timeouts.keep_alive);
  }
}

void Http2Connection::is_idle() {
  if (shut_) return stream_.close();
  retire();
  pump();
  end_if_retired();
}

void Http2Connection::retire() {
  if (retired_ || closing_) return;
  retired_ = true;
  nghttp2_submit_goaway(session(), NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session()),
                        NGHTTP2_NO_ERROR, nullptr, 0);
}

// RFC 9113 §6.8: first a notice, so that no request that is on its way is lost, then the end.
void Http2Connection::drain() {
  if (closing_ || session() == nullptr) return;
  if (++drain_ticks_ == 1) nghttp2_submit_shutdown_notice(session());
  if (drain_ticks_ == 4) retire();
  pump();
  end_if_retired();
}

void Http2Connection::end_if_retired() {
  if (!retired_ || closing_ || shut_ || !flows_.empty() || !all_written()) return;
  shut_ = true;
  stream_.shutdown_send();
  worker().wheel().arm(idle_alarm_, farewell);
}

void Http2Connection::discard(Http2Stream& stream) {
  forget(stream);
  delete &stream;
}

void Http2Connection::leave(Http2Stream& stream) {
  forget(stream);
  if (closing_) {
    if (waits_for_end_ && flows_.empty()) ended_.raise();
    return;
  }
  pump();
  watch();
  end_if_retired();
}

}  // namespace sallyport::gateway
