// Http2Stream: one stream of a client, the exchange of one call.
#pragma once

#include <memory>
#include <string_view>

#include "gateway/call.hpp"
#include "gateway/exchange.hpp"
#include "gateway/http2_connection.hpp"
#include "gateway/http2_flow.hpp"

namespace sallyport::gateway {

class Http2Stream final : public Exchange, public Http2Flow {
 public:
  Http2Stream(const Client& client, Http2Connection& connection, std::int32_t id);
  ~Http2Stream() override;

  // --- from the connection, within the library's callbacks ---
  // Where the head is read into.
  [[nodiscard]] Call::Blank open();
  void head_complete(http::Checked<void> head, bool end_stream);
  // Ends the call unless it was answered.
  void closed(std::uint32_t code) override;

  // Runs the call; the stream is destroyed with its end.
  static Task<> run(Http2Stream* stream);

  // --- Exchange ---
  [[nodiscard]] bool is_last() const override { return false; }
  [[nodiscard]] Task<IoStatus> read_body(BodyReader& body, Buffer& scratch) override;
  [[nodiscard]] Task<IoStatus> send_continue() override;
  void stop_body(bool) override { stop(); }
  [[nodiscard]] bool begin_answer(AnswerHead& head) override;
  void set_trailers(std::span<const Field> trailers) override { trailers_out_ = trailers; }
  [[nodiscard]] IoStatus send(std::string_view piece, bool last) override { return offer(piece, last); }
  [[nodiscard]] Task<IoStatus> finish() override { return wait_until_sent(client().listener->timeouts.write); }
  void abort() override {}  // run() resets what has no end

 private:
  static constexpr std::chrono::hours no_hurry{24 * 365};  // the relay of a WebSocket looks at the time itself
  Http2Connection& connection_;
  CallLease call_;
  http::Checked<void> head_;
  bool without_body_ = false;  // the request ended with its head
  bool begun_ = false;         // its head is complete
  bool started_ = false;       // run() has it
  bool websocket_ = false;     // it has become one
};

}  // namespace sallyport::gateway
