// Http2Request: one request and its answer as a stream of HTTP/2 to an upstream.
#pragma once

#include <span>
#include <string_view>

#include "gateway/http2_flow.hpp"
#include "gateway/http2_origin.hpp"
#include "gateway/upstream_exchange.hpp"

namespace sallyport::gateway {

class Http2Request final : public UpstreamExchange, public Http2Flow {
 public:
  // The answer's head goes into `answer` as soon as it arrives, its text into `arena`. `timeout` is
  // between two signs of life of the upstream.
  Http2Request(Http2Origin& origin, bool https, Arena& arena, Response& answer, std::chrono::milliseconds timeout);
  ~Http2Request() override;

  // --- from the connection, within the library's callbacks ---
  [[nodiscard]] bool has_head() const { return has_head_; }
  void begin_head(http::ResponseList& list);
  // The end of a header block. False when it breaks the rules: the stream has to be reset.
  [[nodiscard]] bool end_head(http::ResponseList& list, bool end_stream);
  void closed(std::uint32_t code) override;
  void sent(std::size_t bytes, bool end_stream) override;
  // The connection has ended.
  void detach() { link_ = nullptr; }

  // --- UpstreamExchange ---
  [[nodiscard]] bool begin_request(const UpstreamHead& head) override;
  [[nodiscard]] IoStatus send(std::string_view piece, bool last) override { return offer(piece, last); }
  [[nodiscard]] Task<IoStatus> finish() override;
  [[nodiscard]] Task<IoStatus> read_head(Method method, Response& out, BodyReader& body) override;
  [[nodiscard]] std::string_view broken_rule() const override { return rule_; }
  [[nodiscard]] Task<IoStatus> read_body(BodyReader& body, Buffer& scratch) override;
  [[nodiscard]] std::span<const Field> trailers() const override { return trailers_in_.fields(); }
  [[nodiscard]] bool is_unprocessed() const override { return refused_ && !has_head_; }
  [[nodiscard]] bool is_lost_on_kept_connection() const override { return false; }  // who tells what became of it?
  void close() override;
  void release(bool whole) override;

 private:
  [[nodiscard]] bool break_off(std::string_view rule);
  [[nodiscard]] Http2Origin* origin() const { return static_cast<Http2Origin*>(link_); }

  Worker& worker_;
  const bool https_;
  Arena& arena_;
  Response& answer_;
  const std::chrono::milliseconds timeout_;
  Method method_ = Method::other;
  std::uint64_t received_before_ = 0;  // by the connection
  std::string_view rule_;
  int interim_ = 0;
  bool has_head_ = false;
  bool refused_ = false;  // the upstream did nothing with it (RFC 9113 §8.7)
};

}  // namespace sallyport::gateway
