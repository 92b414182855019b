// Writes heads: the canonical message and nothing else. A value can hold no CR or LF (the head
// parser and Problem's makers see to it), so no injection is possible here.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "gateway/buffers.hpp"
#include "gateway/stream.hpp"

#include <sallyport/message.hpp>

namespace sallyport::gateway {

// How the body that follows is framed.
struct BodyPlan {
  Framing framing = Framing::none;  // none, length or chunked; until_close adds "Connection: close"
  std::uint64_t length = 0;
};

// Appends to a pooled buffer; full() when it did not fit, and then the head must not be sent.
class HeadWriter {
 public:
  HeadWriter(char* at, std::size_t size) : begin_(at), at_(at), end_(at + size) {}

  void put(std::string_view text) {
    if (static_cast<std::size_t>(end_ - at_) < text.size()) {
      full_ = true;
      return;
    }
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void field(std::string_view name, std::string_view value) {
    put(name);
    put(": ");
    put(value);
    put("\r\n");
  }
  void number(std::uint64_t value);
  // Those that belong_to_a_head().
  void fields(std::span<const Field> fields);
  void framing(const BodyPlan& plan);
  // The connection becomes a WebSocket with this head (RFC 6455 §4).
  void upgrade() { put("Upgrade: websocket\r\nConnection: Upgrade\r\n"); }
  void end() { put("\r\n"); }

  [[nodiscard]] bool full() const { return full_; }
  [[nodiscard]] std::string_view text() const { return {begin_, static_cast<std::size_t>(at_ - begin_)}; }

 private:
  char* begin_;
  char* at_;
  char* end_;
  bool full_ = false;
};

// Not removed, and neither Host nor of the framing: those are written anew.
[[nodiscard]] inline bool belongs_to_a_head(const Field& field) {
  const bool framing = field.known == FieldName::host || field.known == FieldName::content_length ||
                       field.known == FieldName::transfer_encoding || field.known == FieldName::connection;
  return !field.removed && !framing;
}

// An upper bound of what `fields` takes on the wire.
[[nodiscard]] std::size_t wire_size(std::span<const Field> fields);

// "HTTP/1.1 200 OK\r\n". The reason phrase is ours: the upstream's is not passed on.
[[nodiscard]] std::string_view reason_phrase(std::uint16_t status);

// A size line of the chunked coding: "1f40\r\n".
using ChunkLine = std::array<char, 20>;

// What the chunked coding (RFC 9112 §7.1) puts around parts[2], a piece of a body: its size line before it, which
// is written to `line`, and the end of the chunk, or of the body, behind it.
void frame_chunk(Parts& parts, bool last, ChunkLine& line);

}  // namespace sallyport::gateway
