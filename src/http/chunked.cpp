#include "http/chunked.hpp"

#include <algorithm>

#include "http/characters.hpp"
#include "http/head.hpp"

namespace sallyport::http {
namespace {

constexpr std::size_t max_size_digits = 16;

// The line at the start of `input` without its CRLF; npos in `end` when it is not complete.
Checked<std::string_view> line_of(std::string_view input, std::size_t limit, std::size_t& consumed) {
  const std::size_t lf = input.substr(0, limit + 2).find('\n');
  consumed = 0;
  if (lf == std::string_view::npos) {
    if (input.size() > limit + 1) return refuse("chunk_line_limit", "a chunk or trailer line is too long");
    // A CR that is not at the very end can no longer become a line end.
    const std::size_t cr = input.find('\r');
    if (cr != std::string_view::npos && cr + 1 < input.size()) return refuse("chunk_bare_cr", "a CR without LF");
    return std::string_view{};
  }
  if (lf == 0 || input[lf - 1] != '\r') return refuse("chunk_bare_lf", "a line that ends without CR");
  consumed = lf + 1;
  return input.substr(0, lf - 1);
}

}  // namespace

bool is_chunk_extension(std::string_view text) noexcept {
  while (!text.empty()) {
    if (text.front() != ';') return false;
    text.remove_prefix(1);
    const auto token = [&text] {
      std::size_t n = 0;
      while (n < text.size() && is(text[n], character::tchar)) ++n;
      text.remove_prefix(n);
      return n != 0;
    };
    if (!token()) return false;
    if (text.empty() || text.front() != '=') continue;
    text.remove_prefix(1);
    if (text.empty() || text.front() != '"') {
      if (!token()) return false;
      continue;
    }
    text.remove_prefix(1);
    while (!text.empty() && text.front() != '"') {
      if (text.front() == '\\') text.remove_prefix(1);
      if (text.empty() || !is(text.front(), character::field_value)) return false;
      text.remove_prefix(1);
    }
    if (text.empty()) return false;
    text.remove_prefix(1);
  }
  return true;
}

Checked<ChunkedDecoder::Step> ChunkedDecoder::read_size(std::string_view input) noexcept {
  Step step;
  const auto line = line_of(input, limits_.line, step.consumed);
  if (!line) return std::unexpected(line.error());
  if (step.consumed == 0) return step;
  std::size_t digits = 0;
  std::uint64_t size = 0;
  while (digits < line->size() && is((*line)[digits], character::hex)) {
    if (digits == max_size_digits) return refuse("chunk_size", "a chunk size with too many digits");
    size = size * 16 + static_cast<unsigned>(hex_value((*line)[digits++]));
  }
  if (digits == 0) return refuse("chunk_size", "a chunk size that is no hexadecimal number");
  if (size > (std::uint64_t{1} << 62)) return refuse("chunk_size", "a chunk size out of range");
  if (!is_chunk_extension(line->substr(digits))) return refuse("chunk_extension", "a malformed chunk extension");
  left_ = size;
  state_ = size == 0 ? State::trailer : State::data;
  return step;
}

Checked<ChunkedDecoder::Step> ChunkedDecoder::read_trailer(std::string_view input) noexcept {
  Step step;
  const auto line = line_of(input, limits_.trailer, step.consumed);
  if (!line) return std::unexpected(line.error());
  if (step.consumed == 0) return step;
  trailer_bytes_ += step.consumed;
  if (trailer_bytes_ > limits_.trailer) return refuse("trailer_limit", "the trailer section is too long", 431);
  if (line->empty()) {
    state_ = State::done;
  } else if (const auto field = read_field_line(*line); !field) {
    return std::unexpected(field.error());
  } else if (field->known != FieldName::other) {
    // Framing, routing, credentials: RFC 9110 §6.5.1 forbids them here, and some back-ends merge.
    return refuse("trailer_forbidden", "a field that must not stand in a trailer");
  }
  return step;
}

Checked<ChunkedDecoder::Step> ChunkedDecoder::next(std::string_view input) noexcept {
  std::size_t consumed = 0;
  while (state_ != State::done) {
    Step step;
    const std::string_view rest = input.substr(consumed);
    switch (state_) {
      case State::size: {
        const auto read = read_size(rest);
        if (!read) return std::unexpected(read.error());
        step = *read;
        break;
      }
      case State::data: {
        if (rest.empty()) return Step{{}, consumed};
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest.size()));
        left_ -= size;
        if (left_ == 0) state_ = State::data_end;
        return Step{rest.substr(0, size), consumed + size};
      }
      case State::data_end:
        if (!rest.empty() && rest[0] != '\r') return refuse("chunk_end", "chunk data not followed by CRLF");
        if (rest.size() >= 2 && rest[1] != '\n') return refuse("chunk_end", "chunk data not followed by CRLF");
        if (rest.size() < 2) return Step{{}, consumed};
        step.consumed = 2;
        state_ = State::size;
        break;
      case State::trailer: {
        const auto read = read_trailer(rest);
        if (!read) return std::unexpected(read.error());
        step = *read;
        break;
      }
      case State::done:
        break;
    }
    if (step.consumed == 0) return Step{{}, consumed};
    consumed += step.consumed;
  }
  return Step{{}, consumed};
}

}  // namespace sallyport::http
