#include "gateway/http1_upstream.hpp"

#include <cstring>

#include "gateway/worker.hpp"
#include "http/head.hpp"

namespace sallyport::gateway {

void Http1Upstream::open(Worker& worker, const Target& target, std::unique_ptr<UpstreamConnection> connection,
                         std::chrono::milliseconds timeout) {
  worker_ = &worker;
  target_ = &target;
  connection_ = std::move(connection);
  timeout_ = timeout;
  rule_ = {};
  answer_bytes_ = 0;
  asked_for_websocket_ = websocket_ = false;
}

void Http1Upstream::reset() {
  connection_.reset();
  head_out_.release();
  answer_head_.release();
  target_ = nullptr;
}

// The canonical target, the fields that are left, and what the gateway itself says.
bool Http1Upstream::begin_request(const UpstreamHead& head) {
  const Request& request = head.request;
  const std::size_t bound = request.method_token.size() + request.path.size() + request.query.size() +
                            head.host.size() + wire_size(request.fields.all()) + wire_size(head.own) + 256;
  head_out_ = worker_->buffers().take(bound <= BufferPool::small ? BufferPool::small : BufferPool::large);
  HeadWriter writer(head_out_.data(), head_out_.size());
  writer.put(request.method_token);
  writer.put(" ");
  writer.put(request.path);
  if (request.has_query) {
    writer.put("?");
    writer.put(request.query);
  }
  writer.put(" HTTP/1.1\r\nHost: ");
  writer.put(head.host);
  writer.put("\r\n");
  writer.fields(request.fields.all());
  writer.fields(head.own);
  writer.framing(head.plan);
  if (head.websocket) writer.upgrade();
  writer.end();
  head_text_ = writer.text();
  chunked_ = head.plan.framing == Framing::chunked;
  asked_for_websocket_ = head.websocket;
  return !writer.full();
}

IoStatus Http1Upstream::send(std::string_view piece, bool last) {
  left_ = {std::exchange(head_text_, {}), {}, piece, {}};
  if (chunked_) frame_chunk(left_, last, chunk_line_);
  connection_->stream.deadline(timeout_);
  const IoStatus status = connection_->stream.send(left_);
  if (websocket_ && is_empty(left_)) connection_->stream.no_deadline();
  return status == IoStatus::ok && !is_empty(left_) ? IoStatus::idle : status;
}

Task<IoStatus> Http1Upstream::finish() {
  const IoStatus status = co_await connection_->stream.finish(left_);
  if (websocket_) connection_->stream.no_deadline();
  co_return status;
}

// What came behind the head is left in the buffer.
Task<IoStatus> Http1Upstream::read_head(Method method, Response& out, BodyReader& body) {
  Stream& stream = connection_->stream;
  http::HeadEnd end;
  std::size_t size = 0;
  std::size_t begin = 0;
  answer_head_ = worker_->buffers().take(BufferPool::small);
  const http::HeadLimits limits;
  bool begun = false;  // a head that has begun comes to its end within one time-out
  for (int interim = 0; interim <= max_interim;) {
    const std::string_view unread{answer_head_.data() + begin, size - begin};
    const auto found = end.find(unread, limits.head);
    if (!found) {
      rule_ = found.error().rule;
      co_return IoStatus::failed;
    }
    if (*found == http::HeadEnd::need_more) {
      if (size == answer_head_.size()) {
        if (size == BufferPool::large) co_return IoStatus::failed;
        Buffer larger = worker_->buffers().take(BufferPool::large);
        std::memcpy(larger.data(), answer_head_.data(), size);
        answer_head_ = std::move(larger);
      }
      if (!begun) stream.deadline(timeout_);
      begun = size != begin;
      co_await stream.readable();
      const std::span<char> room{answer_head_.data() + size, answer_head_.size() - size};
      Io io = stream.read_now(room);
      if (io.status == IoStatus::idle) io = co_await stream.read_some(room);
      if (io.status != IoStatus::ok) co_return io.status;
      size += io.bytes;
      answer_bytes_ += io.bytes;
      continue;
    }
    if (const auto read = http::read_response_head(unread.substr(0, *found), method, limits, out); !read) {
      rule_ = read.error().rule;
      co_return IoStatus::failed;
    }
    begin += *found;
    begun = false;
    end.reset();
    websocket_ = out.status == 101 && asked_for_websocket_;
    if (out.status >= 200 || websocket_) {
      const std::uint64_t no_limit = ~std::uint64_t{0};
      body.start(websocket_ ? Framing::until_close : out.framing, out.content_length,
                 {answer_head_.data() + begin, size - begin}, no_limit);
      stream.no_deadline();
      co_return IoStatus::ok;
    }
    if (out.status == 101) {
      rule_ = "upstream_upgrade";
      co_return IoStatus::failed;  // nobody asked for another protocol
    }
    ++interim;
  }
  rule_ = "upstream_interim";
  co_return IoStatus::failed;
}

Task<IoStatus> Http1Upstream::read_body(BodyReader& body, Buffer& scratch) {
  if (!websocket_) connection_->stream.deadline(timeout_);
  const IoStatus status = co_await body.fill_patiently(connection_->stream, scratch, worker_->buffers());
  if (status == IoStatus::ok && !websocket_) connection_->stream.no_deadline();
  co_return status;
}

bool Http1Upstream::is_lost_on_kept_connection() const {
  return connection_ && connection_->reused && answer_bytes_ == 0;
}

void Http1Upstream::close() {
  if (connection_) connection_->stream.close();
}

void Http1Upstream::release(bool whole) {
  if (whole && connection_->stream.is_open()) {
    worker_->upstreams().give(*target_, std::move(connection_));
  } else {
    connection_.reset();
  }
}

Stream* Http1Upstream::direct() { return connection_->stream.tls() == nullptr ? &connection_->stream : nullptr; }

}  // namespace sallyport::gateway
