#include "gateway/http2_stream.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "gateway/call.hpp"
#include "gateway/worker.hpp"

namespace sallyport::gateway {
namespace {

// Suspends into a slot, which who resumes it empties.
class Wait {
 public:
  explicit Wait(std::coroutine_handle<>& slot) : slot_(slot) {}
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) const noexcept { slot_ = waiting; }
  void await_resume() const noexcept {}

 private:
  std::coroutine_handle<>& slot_;
};

nghttp2_nv pair(std::string_view name, std::string_view value, std::uint8_t flags = NGHTTP2_NV_FLAG_NONE) {
  const auto bytes = [](std::string_view text) {
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), flags};
}

// Secrets and what is different each time have no place in a table (RFC 7541 §7.1.3).
std::uint8_t flags_of(const Field& field) {
  return field.known == FieldName::set_cookie || field.known == FieldName::etag ? NGHTTP2_NV_FLAG_NO_INDEX
                                                                                : NGHTTP2_NV_FLAG_NONE;
}

}  // namespace

Http2Stream::Http2Stream(const Client& client, Http2Connection& connection, std::int32_t id)
    : Exchange(client), connection_(connection), id_(id), call_(client.worker) {}

Http2Stream::~Http2Stream() = default;

void Http2Stream::head_complete(http::Checked<void> head, bool end_stream) {
  begun_ = true;
  head_ = std::move(head);
  without_body_ = ended_ = end_stream;
  has_length_ = call_->request().framing == Framing::length;
  announced_ = call_->request().content_length;
}

std::uint32_t Http2Stream::take_data(std::string_view bytes) {
  if (stopped_ || closed_) {
    nghttp2_session_consume(connection_.session(), id_, bytes.size());
    return NGHTTP2_NO_ERROR;
  }
  received_ += bytes.size();
  const bool too_long = has_length_ && received_ > announced_;
  if (too_long || !make_room(bytes.size())) {
    stopped_ = true;  // nothing more of it is kept, and nothing forwarded as if it were whole
    nghttp2_session_consume_connection(connection_.session(), bytes.size());
    connection_.resume_soon(reader_);
    return too_long ? NGHTTP2_PROTOCOL_ERROR : NGHTTP2_FLOW_CONTROL_ERROR;
  }
  bytes.copy(body_.data() + body_end_, bytes.size());
  body_end_ += bytes.size();
  connection_.resume_soon(reader_);
  return NGHTTP2_NO_ERROR;
}

// The window is as large as the larger buffer: what a client may send always fits. What it sends
// beyond its window is handed over by the library too, before it resets the stream.
bool Http2Stream::make_room(std::size_t size) {
  static_assert(Http2Connection::stream_window <= BufferPool::large);
  if (body_ && body_.size() - body_end_ >= size) return true;
  const std::size_t kept = unread();
  if (kept + size > Http2Connection::stream_window) return false;
  if (body_ && body_.size() - kept >= size) {
    std::memmove(body_.data(), body_.data() + body_begin_, kept);
  } else {
    const bool little = kept + size <= BufferPool::small;
    Buffer larger = connection_.worker().buffers().take(little ? BufferPool::small : BufferPool::large);
    if (kept != 0) std::memcpy(larger.data(), body_.data() + body_begin_, kept);
    body_ = std::move(larger);
  }
  body_begin_ = 0;
  body_end_ = kept;
  return true;
}

bool Http2Stream::take_end() {
  if (has_length_ && received_ != announced_) return false;
  ended_ = true;
  connection_.resume_soon(reader_);
  return true;
}

bool Http2Stream::take_trailer(std::string_view name, std::string_view value) {
  trailer_bytes_ += name.size() + value.size() + http::field_overhead;
  return trailer_bytes_ <= Http2Connection::max_trailers && http::check_trailer(name, value).has_value();
}

void Http2Stream::closed() {
  closed_ = true;
  if (!started_ && !begun_) {
    // Reset within its header block: nobody else knows of it.
    connection_.discard(*this);
    return;
  }
  connection_.resume_soon(reader_);
  connection_.resume_soon(writer_);
  if (started_ && !end_sent_) call_->abandon();
}

void Http2Stream::sent(std::size_t bytes, bool end_stream) {
  out_.remove_prefix(bytes);
  if (end_stream) end_sent_ = true;
  if (all_sent()) {
    connection_.resume_soon(writer_);
  } else if (writer_) {
    connection_.worker().wheel().arm(answer_alarm_, client().listener->timeouts.write);
  }
}

Task<> Http2Stream::run(Http2Stream* stream) {
  const std::unique_ptr<Http2Stream> self(stream);
  Http2Connection& connection = stream->connection_;
  stream->started_ = true;
  if (!stream->closed_) {
    const std::string_view at_hand{stream->body_.data() + stream->body_begin_, stream->ended_ ? stream->unread() : 0};
    Call::Body body{stream->without_body_ ? Framing::none : Framing::until_close, at_hand, stream->ended_};
    if (stream->ended_) {
      nghttp2_session_consume(connection.session(), stream->id_, stream->unread());
      stream->body_begin_ = stream->body_end_;
    }
    co_await stream->call_->serve(std::move(stream->head_), body);
  }
  if (!stream->closed_) {
    // Without its end an answer must not look whole; and after it nobody reads the rest of the request.
    if (!stream->end_sent_) {
      connection.reset(stream->id_, NGHTTP2_INTERNAL_ERROR);
    } else if (!stream->ended_) {
      connection.reset(stream->id_, NGHTTP2_NO_ERROR);
    }
    nghttp2_session_set_stream_user_data(connection.session(), stream->id_, nullptr);
  }
  if (stream->unread() != 0) nghttp2_session_consume_connection(connection.session(), stream->unread());
  connection.leave(*stream);
}

Task<IoStatus> Http2Stream::read_body(BodyReader& body, Buffer& scratch) {
  Wheel& wheel = connection_.worker().wheel();
  if (unread() == 0 && !ended_ && !closed_ && !stopped_) {
    wheel.arm(body_alarm_, client().listener->timeouts.body);
    co_await Wait(reader_);
    wheel.disarm(body_alarm_);
  }
  if (body_late_) co_return IoStatus::timed_out;
  if (stopped_ || (closed_ && !ended_)) co_return IoStatus::failed;
  const std::size_t size = std::min(unread(), scratch.size());
  std::memcpy(scratch.data(), body_.data() + body_begin_, size);
  body_begin_ += size;
  if (unread() == 0) {
    body_begin_ = body_end_ = 0;
    body_.release();
  }
  if (size != 0) {
    nghttp2_session_consume(connection_.session(), id_, size);
    connection_.pump();
  }
  IoStatus status = IoStatus::ok;
  if (size != 0) status = body.took({IoStatus::ok, size}, scratch, 0);
  if (ended_ && unread() == 0) status = body.took({IoStatus::closed, 0}, scratch, 0);
  co_return status;
}

Task<IoStatus> Http2Stream::send_continue() {
  const std::array fields{pair(":status", "100")};
  if (!closed_) {
    nghttp2_submit_headers(connection_.session(), NGHTTP2_FLAG_NONE, id_, nullptr, fields.data(), fields.size(),
                           nullptr);
    connection_.pump();
  }
  co_return closed_ ? IoStatus::failed : IoStatus::ok;
}

void Http2Stream::stop_body(bool) {
  stopped_ = true;
  connection_.resume_soon(reader_);
}

bool Http2Stream::begin_answer(AnswerHead& head) {
  if (closed_) return true;  // send() tells it
  std::array<nghttp2_nv, Fields::capacity + 3> fields;
  std::array<char, 3> status{};
  std::array<char, 20> length{};
  std::size_t count = 0;
  std::to_chars(status.data(), status.data() + status.size(), head.status);
  fields[count++] = pair(":status", {status.data(), status.size()});
  for (const Field& field : head.fields) {
    if (belongs_to_a_head(field) && count < Fields::capacity)
      fields[count++] = pair(field.name, field.value, flags_of(field));
  }
  fields[count++] = pair("x-request-id", head.id, NGHTTP2_NV_FLAG_NO_INDEX);
  if (head.plan.framing == Framing::length) {
    const char* end = std::to_chars(length.data(), length.data() + length.size(), head.plan.length).ptr;
    fields[count++] = pair("content-length", {length.data(), static_cast<std::size_t>(end - length.data())});
  }
  const bool empty = head.no_body || head.plan.framing == Framing::none ||
                     (head.plan.framing == Framing::length && head.plan.length == 0);
  return nghttp2_submit_response(connection_.session(), id_, fields.data(), count,
                                 empty ? nullptr : &Http2Connection::answer_source()) == 0;
}

IoStatus Http2Stream::send(std::string_view piece, bool last) {
  if (closed_) return IoStatus::failed;
  out_ = piece;
  last_ = last;
  if (std::exchange(deferred_, false)) nghttp2_session_resume_data(connection_.session(), id_);
  connection_.pump();
  if (all_sent()) return IoStatus::ok;
  return closed_ ? IoStatus::failed : IoStatus::idle;
}

Task<IoStatus> Http2Stream::finish() {
  Wheel& wheel = connection_.worker().wheel();
  if (!all_sent() && !closed_) {
    wheel.arm(answer_alarm_, client().listener->timeouts.write);
    co_await Wait(writer_);
    wheel.disarm(answer_alarm_);
  }
  if (all_sent()) co_return IoStatus::ok;
  out_ = {};
  last_ = false;  // what is missing must never be followed by an end
  co_return answer_late_ ? IoStatus::timed_out : IoStatus::failed;
}

void Http2Stream::body_is_late() {
  body_late_ = true;
  connection_.resume_soon(reader_);
}

void Http2Stream::answer_is_late() {
  answer_late_ = true;
  connection_.resume_soon(writer_);
}

}  // namespace sallyport::gateway
