#include "gateway/session.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "base/address.hpp"
#include "gateway/call.hpp"
#include "gateway/http2_connection.hpp"
#include "gateway/proxy_header.hpp"
#include "gateway/tls.hpp"

namespace sallyport::gateway {
namespace {

constexpr std::chrono::milliseconds linger_time{1'000};
constexpr std::size_t linger_bytes = 1u << 20;

Address address_of(const boost::asio::ip::tcp::endpoint& peer) {
  Address address;
  if (peer.address().is_v4()) {
    const auto bytes = peer.address().to_v4().to_bytes();
    address.bytes[10] = address.bytes[11] = 0xff;
    std::memcpy(address.bytes.data() + 12, bytes.data(), bytes.size());
  } else {
    const auto bytes = peer.address().to_v6().to_bytes();
    std::memcpy(address.bytes.data(), bytes.data(), bytes.size());
  }
  return address;
}

}  // namespace

Session::Session(Worker& worker, int fd, std::shared_ptr<const Listener> listener,
                 const boost::asio::ip::tcp::endpoint& peer)
    : Exchange(client_),
      client_{worker, std::move(listener), {}, {}},
      worker_(worker),
      stream_(worker.reactor(), fd, worker.wheel(), worker.buffers()) {
  Connection& connection = client_.connection;
  connection.client = address_of(peer);
  connection.client_port = peer.port();
  connection.tls = client_.listener->tls != nullptr;
  client_.text = format_address(connection.client);
  worker_.enter(*this);
}

Session::~Session() { worker_.leave(*this); }

Task<> Session::run(std::unique_ptr<Session> self) { co_await self->serve(); }

void Session::close(bool idle_only) {
  if (idle_only && http2_ != nullptr) return http2_->drain();
  if (!idle_only || !in_call_) stream_.close();
}

Task<> Session::serve() {
  if (listener().proxy_protocol && !co_await read_proxy()) co_return;
  if (!co_await admitted()) co_return;
  if (listener().tls && !co_await begin_tls()) co_return;
  if (stream_.tls() != nullptr && speaks_http2(*stream_.tls())) {
    co_await serve_http2({});
  } else {
    co_await serve_http1();
  }
}

Task<> Session::serve_http2(std::string_view first) {
  stream_.no_deadline();  // that of the handshake
  Http2Connection connection(client_, stream_);
  http2_ = &connection;
  co_await connection.run(first);
  http2_ = nullptr;
  in_.release();
  if (!stream_.is_open()) co_return;
  stream_.shutdown_send();
  co_await linger();
}

Task<> Session::serve_http1() {
  bool lingering = false;
  while (!is_last() && !worker_.draining()) {
    const Next next = co_await read_head();
    if (next == Next::end) co_return;
    // Prior knowledge (RFC 9113 §3.3); elsewhere this head is refused for its version.
    if (requests_ == 0 && next == Next::head && listener().h2c &&
        unread().substr(0, head_size_) == "PRI * HTTP/2.0\r\n\r\n") {
      co_await serve_http2(unread());
      co_return;
    }
    ++requests_;
    in_call_ = true;
    CallLease call(worker_);
    if (next == Next::refused) {
      co_await call->refuse(*this, refusal_);
      lingering = true;
      break;
    }
    const std::string_view head = unread().substr(0, head_size_);
    const Call::Left left = co_await call->run(*this, head, unread().substr(head_size_));
    in_call_ = false;
    answer_head_.release();
    if (!left.keep_alive) {
      lingering = left.linger;
      break;
    }
    // What is behind the body stands in our buffer or in the call's: it becomes the start of ours.
    if (left.rest.size() > in_.size()) in_ = worker_.buffers().take(BufferPool::large);
    if (!left.rest.empty()) std::memmove(in_.data(), left.rest.data(), left.rest.size());
    begin_ = 0;
    end_ = left.rest.size();
    head_end_.reset();
  }
  if (!stream_.is_open()) co_return;
  stream_.shutdown_send();
  if (lingering) co_await linger();
}

// Controls of the edge judge the connection before its first byte.
Task<bool> Session::admitted() {
  const auto snapshot = worker_.snapshot();
  CallLease call(worker_);
  Transaction& scratch = call->transaction();
  if (Transaction::admits(*snapshot->policy, client_.connection, Clock{wall_clock_us()}, scratch)) co_return true;
  call->record_refused_connection(*this);
  co_return false;
}

// Who the client is says the proxy before us, in front of everything (TLS too), and only one that is trusted.
Task<bool> Session::read_proxy() {
  Connection& connection = client_.connection;
  const auto trusted = [&](const config::Cidr& one) { return one.contains(connection.client); };
  if (std::ranges::none_of(listener().trusted_proxies, trusted)) {
    record_refusal("proxy_protocol", {"proxy_untrusted", "the connection is that of no trusted proxy"});
    co_return false;
  }
  stream_.deadline(listener().timeouts.handshake);
  in_ = worker_.buffers().take(BufferPool::small);
  ProxyHeader header;
  while (header.size == 0) {
    const Io io = co_await stream_.read_wire({in_.data() + end_, in_.size() - end_});
    if (io.status != IoStatus::ok) co_return false;
    end_ += io.bytes;
    const auto read = read_proxy_header(unread());
    if (!read) {
      record_refusal("proxy_protocol", {"proxy_header", read.error()});
      co_return false;
    }
    header = *read;
  }
  begin_ = header.size;
  if (!header.own) {
    connection.client = header.client;
    connection.client_port = header.client_port;
    client_.text = format_address(connection.client);
  }
  if (listener().tls) {
    if (!unread().empty()) stream_.put_back(unread());
    begin_ = end_ = 0;
    in_.release();
  }
  co_return true;
}

// An event about a connection that has no call.
void Session::record_refusal(std::string_view control, Reason why) {
  const auto snapshot = worker_.snapshot();
  CallLease call(worker_);
  Transaction& scratch = call->transaction();
  scratch.begin_refused(*snapshot->policy, client_.connection, nullptr, Clock{wall_clock_us()});
  scratch.event().control = control;
  scratch.event().reason = why;
  call->record_refused_connection(*this);
}

Task<bool> Session::begin_tls() {
  SslPtr ssl = server_ssl(*listener().tls);
  if (!ssl) co_return false;
  stream_.use_tls(std::move(ssl));
  stream_.deadline(listener().timeouts.handshake);
  const IoStatus status = co_await stream_.handshake();
  if (status == IoStatus::ok) {
    sni_ = server_name(*stream_.tls());
    client_.connection.sni = sni_;
    client_.connection.tls_version = tls_version(*stream_.tls());
    auto certificate = client_certificate(*stream_.tls());
    if (certificate) {
      certificate_ = std::move(*certificate);
      client_.connection.certificate = certificate_.get();
      co_return true;
    }
    record_refusal("client_certificate", {"certificate_form", certificate.error().message});
  }
  worker_.own_stats().handshake_failures.fetch_add(1, std::memory_order_relaxed);
  const std::string_view refused = refused_certificate(*stream_.tls());
  if (!refused.empty()) record_refusal("client_certificate", {"certificate_refused", refused});
  if (stream_.plain_http()) {
    // A client that speaks HTTP here is told so, without TLS, and gets nothing else.
    stream_.drop_tls();
    client_.connection.tls = false;
    CallLease call(worker_);
    co_await call->refuse(*this, {400, "plain_http", "HTTP without TLS on an HTTPS port"});
    stream_.shutdown_send();
    co_await linger();
  }
  co_return false;
}

Task<Session::Next> Session::read_head() {
  bool skipped = false;
  bool started = false;
  while (true) {
    // One empty line before a request is ignored (RFC 9112 §2.2).
    if (!skipped && unread().starts_with("\r\n")) {
      begin_ += 2;
      skipped = true;
    }
    if (!unread().empty()) {
      const auto found = head_end_.find(unread(), listener().head.head);
      if (!found) {
        refusal_ = found.error();
        co_return Next::refused;
      }
      if (*found != http::HeadEnd::need_more) {
        head_size_ = *found;
        stream_.no_deadline();
        co_return Next::head;
      }
      if (!started) stream_.deadline(listener().timeouts.head);
      started = true;
    } else if (!co_await wait_for_bytes()) {
      co_return Next::end;
    }
    if (!started && !unread().empty()) continue;
    make_room();
    const Io io = co_await stream_.read_some({in_.data() + end_, in_.size() - end_});
    if (io.status == IoStatus::timed_out && started) co_return Next::end;
    if (io.status != IoStatus::ok) co_return Next::end;
    end_ += io.bytes;
  }
}

// Waits for the first bytes of a request, without holding a buffer meanwhile.
Task<bool> Session::wait_for_bytes() {
  begin_ = end_ = 0;
  head_end_.reset();
  in_.release();
  stream_.deadline(requests_ == 0 ? listener().timeouts.head : listener().timeouts.keep_alive);
  co_await stream_.readable();
  in_ = worker_.buffers().take(BufferPool::small);
  const std::span<char> room{in_.data(), in_.size()};
  Io io = stream_.read_now(room);
  if (io.status == IoStatus::idle) io = co_await stream_.read_some(room);
  end_ = io.bytes;
  co_return io.status == IoStatus::ok;
}

void Session::make_room() {
  if (end_ < in_.size()) return;
  if (begin_ != 0) {
    std::memmove(in_.data(), in_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    return;
  }
  // Heads are limited to less than a large buffer: HeadEnd refuses before this one is full.
  Buffer larger = worker_.buffers().take(BufferPool::large);
  std::memcpy(larger.data(), in_.data(), end_);
  in_ = std::move(larger);
}

Task<IoStatus> Session::read_body(BodyReader& body, Buffer& scratch) {
  if (websocket_) return body.fill_patiently(stream_, scratch, worker_.buffers());
  stream_.deadline(listener().timeouts.body);
  return body.fill(stream_, scratch);
}

void Session::stop_body(bool answer_follows) {
  if (answer_follows) {
    stream_.deadline(std::chrono::milliseconds(1));
  } else {
    stream_.close();
  }
}

bool Session::begin_answer(AnswerHead& answer) {
  const std::size_t bound = wire_size(answer.fields) + 1024;
  answer_head_ = worker_.buffers().take(bound <= BufferPool::small ? BufferPool::small : BufferPool::large);
  HeadWriter head(answer_head_.data(), answer_head_.size());
  head.put("HTTP/1.1 ");
  head.number(answer.status);
  head.put(" ");
  head.put(reason_phrase(answer.status));
  head.put("\r\n");
  head.fields(answer.fields);
  head.field("X-Request-ID", answer.id);
  chunked_ = answer.plan.framing == Framing::chunked && !answer.http10;
  // HTTP/1.0 knows no chunks: the end of the connection is the end of the body.
  if (answer.plan.framing == Framing::chunked && answer.http10) {
    answer.close = true;
  } else {
    head.framing(answer.plan);
  }
  websocket_ = answer.websocket;
  if (answer.websocket) {
    head.upgrade();
  } else if (answer.close) {
    head.field("Connection", "close");
  } else if (answer.http10) {
    head.field("Connection", "keep-alive");
  }
  head.end();
  head_text_ = head.text();
  return !head.full();
}

// A deadline is armed only while its side is waited for: a slow client must not cost the upstream its
// connection, nor the other way round.
IoStatus Session::send(std::string_view piece, bool last) {
  left_ = {std::exchange(head_text_, {}), {}, piece, {}};
  if (chunked_) frame_chunk(left_, last, chunk_line_);
  const IoStatus status = stream_.send(left_);
  if (is_empty(left_)) {
    stream_.no_deadline();
    return status;
  }
  stream_.deadline(listener().timeouts.write);
  return status == IoStatus::ok ? IoStatus::idle : status;
}

Task<IoStatus> Session::finish() {
  const IoStatus status = co_await stream_.finish(left_);
  stream_.no_deadline();
  co_return status;
}

Task<IoStatus> Session::send_continue() {
  left_ = {"HTTP/1.1 100 Continue\r\n\r\n", {}, {}, {}};
  stream_.deadline(listener().timeouts.write);
  return finish();
}

// Lets the client read the answer before a reset from unread bytes could destroy it.
Task<> Session::linger() {
  stream_.deadline(linger_time);
  if (!in_) in_ = worker_.buffers().take(BufferPool::small);
  std::size_t drained = 0;
  while (drained < linger_bytes) {
    const Io io = co_await stream_.read_wire({in_.data(), in_.size()});
    if (io.status != IoStatus::ok) co_return;
    drained += io.bytes;
  }
}

}  // namespace sallyport::gateway
