// Http1Upstream: one request and its answer on a connection of HTTP/1.1, which is kept for the next
// call when it can be. Part of a call, so that it costs no allocation.
#pragma once

#include <memory>

#include "gateway/snapshot.hpp"
#include "gateway/upstream_exchange.hpp"
#include "gateway/upstream_pool.hpp"

namespace sallyport::gateway {

class Worker;

class Http1Upstream final : public UpstreamExchange {
 public:
  // Takes over the connection. `timeout` is between two signs of life of the upstream.
  void open(Worker& worker, const Target& target, std::unique_ptr<UpstreamConnection> connection,
            std::chrono::milliseconds timeout);
  // Gives back everything held.
  void reset();

  [[nodiscard]] bool begin_request(const UpstreamHead& head) override;
  [[nodiscard]] IoStatus send(std::string_view piece, bool last) override;
  [[nodiscard]] Task<IoStatus> finish() override;
  [[nodiscard]] Task<IoStatus> read_head(Method method, Response& out, BodyReader& body) override;
  [[nodiscard]] std::string_view broken_rule() const override { return rule_; }
  [[nodiscard]] Task<IoStatus> read_body(BodyReader& body, Buffer& scratch) override;
  [[nodiscard]] bool is_unprocessed() const override { return false; }  // HTTP/1.1 cannot tell
  [[nodiscard]] bool is_lost_on_kept_connection() const override;
  void close() override;
  void release(bool whole) override;
  [[nodiscard]] Stream* direct() override;

 private:
  Worker* worker_ = nullptr;
  const Target* target_ = nullptr;
  std::unique_ptr<UpstreamConnection> connection_;
  std::chrono::milliseconds timeout_{};
  Buffer head_out_;
  std::string_view head_text_;  // in head_out_, until it is sent
  Buffer answer_head_;          // the response points into it until the event is recorded
  std::string_view rule_;
  Parts left_{};  // of a piece, for finish()
  ChunkLine chunk_line_{};
  std::size_t answer_bytes_ = 0;
  bool chunked_ = false;  // the request's body
  bool asked_for_websocket_ = false;
  bool websocket_ = false;  // it has become one: what is waited for has no deadline but writing
};

}  // namespace sallyport::gateway
