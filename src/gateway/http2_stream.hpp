// Http2Stream: one stream of a client, the exchange of one call.
#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <string_view>

#include "gateway/call.hpp"
#include "gateway/exchange.hpp"
#include "gateway/http2_connection.hpp"

namespace sallyport::gateway {

class Http2Stream final : public Exchange {
 public:
  Http2Stream(const Client& client, Http2Connection& connection, std::int32_t id);
  ~Http2Stream() override;

  // --- from the connection, within the library's callbacks ---
  [[nodiscard]] Call& call() { return *call_.operator->(); }
  void head_complete(http::Checked<void> head, bool end_stream);
  [[nodiscard]] std::int32_t id() const { return id_; }
  // Part of the body. An error of HTTP/2 when it is longer than announced or than the window: the
  // stream has to be reset by it.
  [[nodiscard]] std::uint32_t take_data(std::string_view bytes);
  // The end of the body; false when it is shorter than announced.
  [[nodiscard]] bool take_end();
  // Counts trailers, which nobody is given; false when they are too many.
  [[nodiscard]] bool take_trailer(std::string_view name, std::string_view value);
  // The stream is over for the library. Ends the call unless it was answered.
  void closed();
  // The bytes of the answer that go into the next frame.
  [[nodiscard]] std::string_view outgoing() const { return out_; }
  [[nodiscard]] bool last_outgoing() const { return last_; }
  void deferred() { deferred_ = true; }
  void sent(std::size_t bytes, bool end_stream);

  // Runs the call; the stream is destroyed with its end.
  static Task<> run(Http2Stream* self);

  // --- Exchange ---
  [[nodiscard]] bool is_last() const override { return false; }
  [[nodiscard]] Task<IoStatus> read_body(BodyReader& body, Buffer& scratch) override;
  [[nodiscard]] Task<IoStatus> send_continue() override;
  void stop_body(bool answer_follows) override;
  [[nodiscard]] bool begin_answer(AnswerHead& head) override;
  [[nodiscard]] IoStatus send(std::string_view piece, bool last) override;
  [[nodiscard]] Task<IoStatus> finish() override;
  void abort() override {}  // run() resets what has no end

  std::size_t position = 0;  // in the connection's list

 private:
  [[nodiscard]] std::size_t unread() const { return body_end_ - body_begin_; }
  [[nodiscard]] bool all_sent() const { return out_.empty() && (!last_ || end_sent_); }
  [[nodiscard]] bool make_room(std::size_t size);
  void body_is_late();
  void answer_is_late();

  Http2Connection& connection_;
  const std::int32_t id_;
  CallLease call_;
  http::Checked<void> head_;
  Buffer body_;  // received, not yet read: [body_begin_, body_end_)
  std::size_t body_begin_ = 0;
  std::size_t body_end_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t announced_ = 0;
  std::size_t trailer_bytes_ = 0;
  std::string_view out_;  // of the answer's body, not yet in frames
  std::coroutine_handle<> reader_;
  std::coroutine_handle<> writer_;
  Alarm<Http2Stream> body_alarm_{*this, &Http2Stream::body_is_late};
  Alarm<Http2Stream> answer_alarm_{*this, &Http2Stream::answer_is_late};
  bool has_length_ = false;
  bool without_body_ = false;  // the request ended with its head
  bool ended_ = false;         // the request is complete
  bool closed_ = false;
  bool stopped_ = false;  // nobody wants the rest of the body
  bool body_late_ = false;
  bool answer_late_ = false;
  bool last_ = false;
  bool deferred_ = false;  // the library waits for resume_data
  bool end_sent_ = false;
  bool begun_ = false;    // its head is complete
  bool started_ = false;  // run() has it
};

}  // namespace sallyport::gateway
