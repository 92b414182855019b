// Http2Flow: what one stream of HTTP/2 carries in both directions, the same for a client's stream
// (http2_stream.hpp) and for one to an upstream (http2_request.hpp): the bytes of a body that were
// received and not yet read, and the piece of a body that is being sent.
//
// Back-pressure: a window is given back only when its bytes were read, and a piece is taken only
// as far as the peer's window reaches.
#pragma once

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <span>
#include <string_view>

#include "gateway/body.hpp"
#include "gateway/http2_inbox.hpp"
#include "gateway/http2_link.hpp"
#include "http/header_list.hpp"

namespace sallyport::gateway {

class Http2Flow {
 public:
  static constexpr std::uint32_t window = Http2Inbox::window;  // bytes of a received body that are held

  explicit Http2Flow(Http2Link& link) : link_(&link) {}
  virtual ~Http2Flow() = default;
  Http2Flow(const Http2Flow&) = delete;
  Http2Flow& operator=(const Http2Flow&) = delete;

  [[nodiscard]] std::int32_t id() const { return id_; }

  // --- from the link, within the library's callbacks: nothing here resumes a call at once ---
  // Part of a body. An error of HTTP/2 when it is longer than announced or than the window: the
  // stream has to be reset by it.
  [[nodiscard]] std::uint32_t take_data(std::string_view bytes);
  // The end of the body; false when it is shorter than announced.
  [[nodiscard]] bool take_end();
  // False when a trailer breaks the rules or there are too many.
  [[nodiscard]] bool take_trailer(std::string_view name, std::string_view value);
  // The stream is over for the library.
  virtual void closed(std::uint32_t code) = 0;
  // The bytes that go into the next DATA frame.
  [[nodiscard]] std::string_view outgoing() const { return out_; }
  [[nodiscard]] bool last_outgoing() const { return last_; }
  void deferred() { deferred_ = true; }
  // Trailers follow the last piece; they are handed to the library.
  [[nodiscard]] bool submit_trailers();
  virtual void sent(std::size_t bytes, bool end_stream);

  std::size_t position = 0;  // in the link's list

 protected:
  // Bytes of a body of that length are expected; others are an error.
  void expect_length(std::uint64_t length) {
    has_length_ = true;
    announced_ = length;
  }
  // Waits for bytes or the end, and gives them to the reader.
  [[nodiscard]] Task<IoStatus> read(BodyReader& body, Buffer& scratch, std::chrono::milliseconds patience);
  // Waits until something is told to the reader, whatever it is.
  [[nodiscard]] Task<IoStatus> wait_for_reader(std::chrono::milliseconds patience);
  // The reader's side has shown life: who waits for it gets the time anew.
  void prolong_read();
  // What has arrived, read at once; valid until the next read.
  [[nodiscard]] std::string_view take_at_hand();
  // Hands a piece to the library: `idle` when something is left, which wait_until_sent() waits for.
  [[nodiscard]] IoStatus offer(std::string_view piece, bool last);
  [[nodiscard]] Task<IoStatus> wait_until_sent(std::chrono::milliseconds patience);
  // Nobody wants the rest of the body.
  void stop();
  // Bytes that were received and never read count for the connection's window all the same.
  void give_back_unread();
  void wake();
  [[nodiscard]] bool all_sent() const { return out_.empty() && (!last_ || end_sent_); }

  Http2Link* link_;  // null when the connection has ended
  std::int32_t id_ = 0;
  http::Trailers trailers_in_;
  std::span<const Field> trailers_out_;
  std::coroutine_handle<> reader_;
  bool ended_ = false;     // the received body is complete
  bool closed_ = false;    // the stream is over
  bool stopped_ = false;   // nobody wants the rest of the body
  bool end_sent_ = false;  // our side is complete

 private:
  void read_is_late();
  void write_is_late();

  Http2Inbox inbox_;
  std::uint64_t received_ = 0;
  std::uint64_t announced_ = 0;
  std::string_view out_;  // of the piece that is sent, not yet in frames
  std::coroutine_handle<> writer_;
  std::chrono::milliseconds read_patience_{};
  std::chrono::milliseconds write_patience_{};
  Alarm<Http2Flow> read_alarm_{*this, &Http2Flow::read_is_late};
  Alarm<Http2Flow> write_alarm_{*this, &Http2Flow::write_is_late};
  bool has_length_ = false;
  bool read_late_ = false;
  bool write_late_ = false;
  bool last_ = false;
  bool deferred_ = false;  // the library waits for resume_data
};

}  // namespace sallyport::gateway
