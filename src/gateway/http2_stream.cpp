#include "gateway/http2_stream.hpp"

#include <array>
#include <charconv>

#include "gateway/http2_fields.hpp"
#include "gateway/worker.hpp"

namespace sallyport::gateway {

Http2Stream::Http2Stream(const Client& client, Http2Connection& connection, std::int32_t id)
    : Exchange(client), Http2Flow(connection), connection_(connection), call_(client.worker) {
  id_ = id;
}

Http2Stream::~Http2Stream() = default;

Call::Blank Http2Stream::open() {
  const Call::Blank blank = call_->open(*this);
  trailers_in_.start(blank.arena);
  return blank;
}

void Http2Stream::head_complete(http::Checked<void> head, bool end_stream) {
  begun_ = true;
  head_ = std::move(head);
  without_body_ = ended_ = end_stream;
  if (call_->request().framing == Framing::length) expect_length(call_->request().content_length);
}

void Http2Stream::closed(std::uint32_t) {
  closed_ = true;
  if (!started_ && !begun_) {
    // Reset within its header block: nobody else knows of it.
    connection_.discard(*this);
    return;
  }
  wake();
  if (started_ && !end_sent_) call_->abandon();
}

Task<> Http2Stream::run(Http2Stream* stream) {
  const std::unique_ptr<Http2Stream> self(stream);
  Http2Connection& connection = stream->connection_;
  stream->started_ = true;
  if (!stream->closed_) {
    Call::Body body{stream->without_body_ ? Framing::none : Framing::until_close, {}, stream->ended_};
    if (stream->ended_) body.at_hand = stream->take_at_hand();
    co_await stream->call_->serve(std::move(stream->head_), body);
  }
  if (!stream->closed_) {
    // Without its end an answer must not look whole; and after it nobody reads the rest of the request.
    if (!stream->end_sent_) {
      connection.reset(stream->id(), NGHTTP2_INTERNAL_ERROR);
    } else if (!stream->ended_) {
      connection.reset(stream->id(), NGHTTP2_NO_ERROR);
    }
    nghttp2_session_set_stream_user_data(connection.session(), stream->id(), nullptr);
  }
  stream->give_back_unread();
  connection.leave(*stream);
}

Task<IoStatus> Http2Stream::read_body(BodyReader& body, Buffer& scratch) {
  if (!scratch) scratch = client().worker.buffers().take(BufferPool::small);
  return read(body, scratch, websocket_ ? no_hurry : client().listener->timeouts.body);
}

Task<IoStatus> Http2Stream::send_continue() {
  const std::array fields{http2_field(":status", "100")};
  if (!closed_) {
    nghttp2_submit_headers(connection_.session(), NGHTTP2_FLAG_NONE, id(), nullptr, fields.data(), fields.size(),
                           nullptr);
    connection_.pump();
  }
  co_return closed_ ? IoStatus::failed : IoStatus::ok;
}

bool Http2Stream::begin_answer(AnswerHead& head) {
  if (closed_) return true;  // send() tells it
  std::array<nghttp2_nv, Fields::capacity + 3> fields;
  std::array<char, 3> status{};
  std::array<char, 20> length{};
  std::size_t count = 0;
  std::to_chars(status.data(), status.data() + status.size(), head.status);
  fields[count++] = http2_field(":status", {status.data(), status.size()});
  for (const Field& field : head.fields) {
    if (belongs_to_a_head(field) && count < Fields::capacity)
      fields[count++] = http2_field(field.name, field.value, http2_flags(field.known));
  }
  fields[count++] = http2_field("x-request-id", head.id, NGHTTP2_NV_FLAG_NO_INDEX);
  if (head.plan.framing == Framing::length) {
    const char* end = std::to_chars(length.data(), length.data() + length.size(), head.plan.length).ptr;
    fields[count++] = http2_field("content-length", {length.data(), static_cast<std::size_t>(end - length.data())});
  }
  websocket_ = head.websocket;
  const bool empty = head.no_body || (head.plan.framing == Framing::none && !head.websocket) ||
                     (head.plan.framing == Framing::length && head.plan.length == 0);
  return nghttp2_submit_response(connection_.session(), id(), fields.data(), count,
                                 empty ? nullptr : &Http2Link::body_source()) == 0;
}

}  // namespace sallyport::gateway
