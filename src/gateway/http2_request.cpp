#include "gateway/http2_request.hpp"

#include <array>
#include <charconv>

#include "gateway/http2_fields.hpp"
#include "gateway/worker.hpp"

namespace sallyport::gateway {

Http2Request::Http2Request(Http2Origin& origin, bool https, Arena& arena, Response& answer,
                           std::chrono::milliseconds timeout)
    : Http2Flow(origin), worker_(origin.worker()), https_(https), arena_(arena), answer_(answer), timeout_(timeout) {
  trailers_in_.start(arena);
  origin.enter(*this);
}

Http2Request::~Http2Request() { Http2Request::release(false); }

bool Http2Request::begin_request(const UpstreamHead& head) {
  const Request& request = head.request;
  method_ = request.method;
  received_before_ = origin()->received();
  std::array<nghttp2_nv, Fields::capacity + 16> fields;
  std::array<char, 20> length{};
  std::size_t count = 0;
  const std::string_view path = request.has_query ? arena_.concat(request.path, "?", request.query) : request.path;
  fields[count++] = http2_field(":method", request.method_token);
  fields[count++] = http2_field(":scheme", https_ ? "https" : "http");
  fields[count++] = http2_field(":authority", head.host);
  fields[count++] = http2_field(":path", path, NGHTTP2_NV_FLAG_NO_INDEX);
  bool trailers = false;
  for (const Field& field : request.fields.all()) {
    // A field of the connection, and therefore removed: said anew, for it holds here too (RFC 9110 §10.1.4).
    trailers |= field.known == FieldName::te && field.value == "trailers";
    if (belongs_to_a_head(field)) fields[count++] = http2_field(field.name, field.value, http2_flags(field.known));
  }
  if (trailers) fields[count++] = http2_field("te", "trailers");
  for (const Field& field : head.own) {
    if (count + 1 == fields.size()) return false;
    fields[count++] = http2_field(field.name, field.value, http2_flags(field.known));
  }
  if (head.plan.framing == Framing::length) {
    const char* end = std::to_chars(length.data(), length.data() + length.size(), head.plan.length).ptr;
    fields[count++] = http2_field("content-length", {length.data(), static_cast<std::size_t>(end - length.data())});
  }
  const bool empty =
      head.plan.framing == Framing::none || (head.plan.framing == Framing::length && head.plan.length == 0);
  id_ = nghttp2_submit_request(link_->session(), nullptr, fields.data(), count,
                               empty ? nullptr : &Http2Link::body_source(), static_cast<Http2Flow*>(this));
  return id_ > 0;
}

Task<IoStatus> Http2Request::finish() {
  const IoStatus status = co_await wait_until_sent(timeout_);
  // An upstream may answer before it has all, and say that it wants no more (RFC 9113 §8.1).
  co_return status != IoStatus::ok&& has_head_&& ended_ ? IoStatus::ok : status;
}

void Http2Request::begin_head(http::ResponseList& list) {
  if (!has_head_) list.start({}, arena_, answer_);
}

bool Http2Request::break_off(std::string_view rule) {
  if (rule_.empty()) rule_ = rule;
  return false;
}

bool Http2Request::end_head(http::ResponseList& list, bool end_stream) {
  if (has_head_) return end_stream ? take_end() : break_off("upstream_trailers");  // RFC 9113 §8.1
  if (const auto read = list.finish(end_stream, method_); !read) return break_off(read.error().rule);
  if (answer_.status < 200) {
    if (end_stream || ++interim_ > max_interim) return break_off("upstream_interim");
    return true;
  }
  has_head_ = true;
  if (answer_.framing == Framing::length) expect_length(answer_.content_length);
  if (answer_.framing == Framing::none) expect_length(0);
  link_->resume_soon(reader_);
  return !end_stream || take_end();
}

void Http2Request::closed(std::uint32_t code) {
  if (closed_) return;  // what ended it first says what became of it
  closed_ = true;
  refused_ = code == NGHTTP2_REFUSED_STREAM;
  wake();
}

void Http2Request::sent(std::size_t bytes, bool end_stream) {
  Http2Flow::sent(bytes, end_stream);
  prolong_read();
}

Task<IoStatus> Http2Request::read_head(Method, Response&, BodyReader& body) {
  while (!has_head_ && !closed_) {
    const IoStatus status = co_await wait_for_reader(timeout_);
    if (status == IoStatus::ok) continue;
    // Not a byte for anybody: other calls shall try another connection.
    if (link_ != nullptr && origin()->received() == received_before_) origin()->retire();
    co_return status;
  }
  if (!has_head_) co_return rule_.empty() ? IoStatus::closed : IoStatus::failed;
  const std::uint64_t no_limit = ~std::uint64_t{0};
  if (answer_.framing == Framing::none) {
    body.start(Framing::none, 0, {}, no_limit);
  } else {
    body.start(Framing::until_close, 0, ended_ && link_ != nullptr ? take_at_hand() : std::string_view{}, no_limit);
    if (ended_) body.end();
  }
  co_return IoStatus::ok;
}

Task<IoStatus> Http2Request::read_body(BodyReader& body, Buffer& scratch) {
  if (!scratch) scratch = worker_.buffers().take(BufferPool::large);
  co_return co_await read(body, scratch, timeout_);
}

void Http2Request::close() {
  if (closed_ || link_ == nullptr) return;
  closed_ = true;
  nghttp2_session_set_stream_user_data(link_->session(), id_, nullptr);
  link_->reset(id_, NGHTTP2_CANCEL);
  link_->pump();
  wake();
}

void Http2Request::release(bool) {
  if (link_ == nullptr) return;
  close();
  give_back_unread();
  origin()->leave(*this);
  link_ = nullptr;
}

}  // namespace sallyport::gateway
