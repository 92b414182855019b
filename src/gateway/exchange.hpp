// Exchange: the client's side of one call: where the request's body comes from and where the
// answer goes. A Session carries one after the other by HTTP/1.1; with HTTP/2 each stream is one.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "gateway/body.hpp"
#include "gateway/head_writer.hpp"
#include "gateway/snapshot.hpp"

#include <sallyport/message.hpp>

namespace sallyport::gateway {

class Worker;

// A client's connection, as its calls see it.
struct Client {
  Worker& worker;
  std::shared_ptr<const Listener> listener;
  Connection connection;
  std::string text;  // its address
};

struct AnswerHead {
  std::uint16_t status = 0;
  std::span<const Field> fields;  // those that belong_to_a_head() are sent
  std::string_view id;            // X-Request-ID
  BodyPlan plan;                  // none, length, or chunked when the length is not known
  bool no_body = false;           // an answer to HEAD: the plan says what GET would bring
  bool http10 = false;            // the request was HTTP/1.0
  bool close = false;             // no other call can follow; set when the framing demands it
  // A WebSocket follows, in both directions: 101, or 200 with HTTP/2 (RFC 8441). From then on bodies are
  // its bytes, and reading has no deadline.
  bool websocket = false;
};

class Exchange {
 public:
  explicit Exchange(const Client& client) : client_(client) {}
  virtual ~Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  [[nodiscard]] const Client& client() const { return client_; }
  // No other call can follow this one on its connection.
  [[nodiscard]] virtual bool is_last() const = 0;

  // Waits for more of the request's body, at most `timeouts.body`, and gives it to the reader.
  [[nodiscard]] virtual Task<IoStatus> read_body(BodyReader& body, Buffer& scratch) = 0;
  [[nodiscard]] virtual Task<IoStatus> send_continue() = 0;
  // Ends a read_body() that waits: the rest of the body is not wanted.
  virtual void stop_body(bool answer_follows) = 0;

  // Prepares the head, which goes out with the first piece. False when it is too long.
  [[nodiscard]] virtual bool begin_answer(AnswerHead& head) = 0;
  // What follows the last piece, where the protocol knows that; valid until it was sent.
  virtual void set_trailers(std::span<const Field>) {}
  // Sends without waiting as much as is taken: `idle` when something is left, and then finish()
  // sends it, while the piece stays where it is. After `last` the answer is complete.
  [[nodiscard]] virtual IoStatus send(std::string_view piece, bool last) = 0;
  [[nodiscard]] virtual Task<IoStatus> finish() = 0;
  // The answer ends here, incomplete: the client must not take what it has for whole.
  virtual void abort() = 0;
  // Where bytes of a body of known length may go without being looked at, or null.
  [[nodiscard]] virtual Stream* direct() { return nullptr; }

 private:
  const Client& client_;
};

}  // namespace sallyport::gateway
