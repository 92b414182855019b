// The chunked coding (RFC 9112 §7.1), strict: only CRLF ends a line, a size is 1 to 16
// hexadecimal digits (leading zeros beyond are refused with it), extensions are checked and
// dropped, trailers are checked and dropped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/refusal.hpp"

namespace sallyport::http {

struct ChunkLimits {
  std::size_t line = 1024;         // bytes of a size line with its extensions
  std::size_t trailer = 8 * 1024;  // bytes of the trailer section
};

// A resumable decoder: feed it what arrived, take what it found, until done.
class ChunkedDecoder {
 public:
  struct Step {
    std::string_view data;     // bytes of the body: a view into the input
    std::size_t consumed = 0;  // of the input
  };
  // Decodes up to the next piece of data. consumed == 0 and no data: more input is needed (a line
  // that is not complete stays in the caller's buffer).
  [[nodiscard]] Checked<Step> next(std::string_view input) noexcept;
  [[nodiscard]] bool done() const noexcept { return state_ == State::done; }
  void reset() noexcept { *this = ChunkedDecoder{}; }

 private:
  enum class State : std::uint8_t { size, data, data_end, trailer, done };
  Checked<Step> read_size(std::string_view input) noexcept;
  Checked<Step> read_trailer(std::string_view input) noexcept;
  State state_ = State::size;
  std::uint64_t left_ = 0;
  std::size_t trailer_bytes_ = 0;
  ChunkLimits limits_;
};

// Is `text` a well-formed chunk-ext list: *( BWS ";" BWS name [ "=" value ] ), without the BWS.
[[nodiscard]] bool is_chunk_extension(std::string_view text) noexcept;

}  // namespace sallyport::http
