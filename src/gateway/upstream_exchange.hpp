// UpstreamExchange: the upstream's side of one call: where the request goes and its answer comes
// from, by HTTP/1.1 (http1_upstream.hpp) or as a stream of HTTP/2 (http2_request.hpp). The
// counterpart of Exchange, which is the client's side.
#pragma once

#include <chrono>
#include <span>
#include <string_view>

#include "gateway/body.hpp"
#include "gateway/head_writer.hpp"

#include <sallyport/arena.hpp>
#include <sallyport/message.hpp>

namespace sallyport::gateway {

// A request as it goes upstream, whatever the wire.
struct UpstreamHead {
  const Request& request;      // its fields that belong_to_a_head() are sent
  std::string_view host;       // Host or :authority
  std::span<const Field> own;  // what the gateway says itself
  BodyPlan plan;               // none, length, or chunked when the length is not known
  bool websocket = false;      // asks for one; with 101 bodies are its bytes, and reading has no deadline
};

class UpstreamExchange {
 public:
  static constexpr int max_interim = 8;  // 1xx answers before the final one

  UpstreamExchange() = default;
  virtual ~UpstreamExchange() = default;
  UpstreamExchange(const UpstreamExchange&) = delete;
  UpstreamExchange& operator=(const UpstreamExchange&) = delete;

  // Prepares the head, which goes out with the first piece. False when it is too long.
  [[nodiscard]] virtual bool begin_request(const UpstreamHead& head) = 0;
  // Sends without waiting as much as is taken: `idle` when something is left, and then finish()
  // sends it, while the piece stays where it is. After `last` the request is complete.
  [[nodiscard]] virtual IoStatus send(std::string_view piece, bool last) = 0;
  [[nodiscard]] virtual Task<IoStatus> finish() = 0;

  // Reads the head of the final answer into `out` and starts `body` with what came behind it.
  [[nodiscard]] virtual Task<IoStatus> read_head(Method method, Response& out, BodyReader& body) = 0;
  // The rule that the head broke, or empty.
  [[nodiscard]] virtual std::string_view broken_rule() const = 0;
  // Waits for more of the answer's body and gives it to the reader.
  [[nodiscard]] virtual Task<IoStatus> read_body(BodyReader& body, Buffer& scratch) = 0;
  // Behind the body; valid when it was read to its end.
  [[nodiscard]] virtual std::span<const Field> trailers() const { return {}; }

  // After a failure: is it sure that the upstream did nothing with the request? And, less than
  // that: was it lost on a connection that had been kept, before any byte of an answer?
  [[nodiscard]] virtual bool is_unprocessed() const = 0;
  [[nodiscard]] virtual bool is_lost_on_kept_connection() const = 0;

  // Ends it at once: who waits for it is resumed soon, and an unfinished request does not look finished.
  virtual void close() = 0;
  // The call is over. With `whole` the answer was read to its end and the connection may serve on.
  virtual void release(bool whole) = 0;
  // Where bytes of a body of known length may come from without being looked at, or null.
  [[nodiscard]] virtual Stream* direct() { return nullptr; }
};

}  // namespace sallyport::gateway
