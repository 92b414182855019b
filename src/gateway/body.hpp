// BodyReader: the body of one message, decoded from its framing, piece by piece, in both
// directions. Bytes behind the body are left for the next message.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "gateway/stream.hpp"
#include "http/chunked.hpp"

#include <sallyport/message.hpp>

namespace sallyport::gateway {

class BodyReader {
 public:
  struct Piece {
    std::string_view data;   // valid until the next fill()
    bool last = false;       // the body ends behind it
    bool need_more = false;  // nothing at hand: call fill()
  };

  // `at_hand` are bytes that arrived with the head; they must stay until rest() was taken.
  void start(Framing framing, std::uint64_t length, std::string_view at_hand, std::uint64_t limit);
  // Without I/O. Refuses malformed chunks and, with 413, more than the limit.
  [[nodiscard]] http::Checked<Piece> next();
  // Reads more into `scratch`, keeping an incomplete chunk line.
  [[nodiscard]] Task<IoStatus> fill(Stream& stream, Buffer& scratch);
  // The same without waiting, when nothing is pending: `idle` when the stream has nothing now.
  [[nodiscard]] IoStatus fill_now(Stream& stream, Buffer& scratch);

  // Has all of a body of known length arrived, and is it no longer than that? next() then gives it.
  [[nodiscard]] bool whole_at_hand(std::size_t limit) const {
    if (framing_ == Framing::until_close) return ended_ && !done_ && pending_.size() <= limit;
    return is_delimited() && !done_ && left_ <= std::min<std::uint64_t>(limit, pending_.size());
  }
  // Is its length known from the head?
  [[nodiscard]] bool is_delimited() const { return framing_ == Framing::length; }
  // fill() for what may be waited for long: no buffer is held meanwhile.
  [[nodiscard]] Task<IoStatus> fill_patiently(Stream& stream, Buffer& scratch, BufferPool& buffers);
  // What is at hand is the rest of a body that goes on until its end.
  void end() { ended_ = true; }
  // What was read into `scratch` behind `kept` bytes, or that nothing follows.
  [[nodiscard]] IoStatus took(const Io& io, const Buffer& scratch, std::size_t kept);
  // Bytes still to come of a body of known length of which nothing is at hand; otherwise 0.
  [[nodiscard]] std::uint64_t to_come() const {
    return framing_ == Framing::length && !done_ && pending_.empty() ? left_ : 0;
  }
  // `bytes` of them went another way; false when the body became longer than its limit.
  [[nodiscard]] bool passed_by(std::uint64_t bytes) {
    left_ -= bytes;
    total_ += bytes;
    done_ = left_ == 0;
    return total_ <= limit_;
  }
  [[nodiscard]] bool nothing_pending() const { return pending_.empty(); }
  // Copies what is not decoded yet into another buffer.
  void move_pending(Buffer& to);
  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] std::uint64_t total() const { return total_; }
  // What arrived behind the body. Only when done().
  [[nodiscard]] std::string_view rest() const { return pending_; }

 private:
  Framing framing_ = Framing::none;
  std::uint64_t left_ = 0;
  std::uint64_t limit_ = 0;
  std::uint64_t total_ = 0;
  std::string_view pending_;
  http::ChunkedDecoder chunks_;
  bool done_ = false;
  bool ended_ = false;  // the peer closed: the end of an until_close body
};

}  // namespace sallyport::gateway
