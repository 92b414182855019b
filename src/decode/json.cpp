#include "decode/json.hpp"

#include <emmintrin.h>

#include <bit>
#include <cstdint>
#include <cstring>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "decode/tree_writer.hpp"

namespace sallyport::decode {
namespace {

// The first byte of a string that is a quote, a backslash or a control character, or the end.
// `high` is set when a byte before it is not ASCII.
const char* plain_end(const char* at, const char* end, bool& high) {
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i control = _mm_set1_epi8(0x1f);
  while (end - at >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i special = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                                         _mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes));
    const auto stop = static_cast<unsigned>(_mm_movemask_epi8(special));
    const auto upper = static_cast<unsigned>(_mm_movemask_epi8(bytes));
    if (stop != 0) {
      const auto length = static_cast<unsigned>(std::countr_zero(stop));
      high |= (upper & ((1u << length) - 1)) != 0;
      return at + length;
    }
    high |= upper != 0;
    at += 16;
  }
  for (; at != end; ++at) {
    const auto c = static_cast<unsigned char>(*at);
    if (c == '"' || c == '\\' || c < 0x20) return at;
    high |= c >= 0x80;
  }
  return at;
}

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

class JsonReader {
 public:
  JsonReader(std::string_view text, Arena& arena, const Limits& limits)
      : begin_(text.data()),
        at_(begin_),
        end_(begin_ + text.size()),
        arena_(arena),
        limits_(limits),
        out_(arena, limits) {}

  Outcome run() {
    if (!document()) return std::unexpected(refusal_.rule.empty() ? out_.refusal() : refusal_);
    return out_.finish();
  }

 private:
  bool document() {
    if (end_ - at_ >= 3 && std::memcmp(at_, "\xef\xbb\xbf", 3) == 0) {
      return refuse("byte_order_mark", "a byte order mark before the value");
    }
    do {
      if (!value()) return false;
    } while (more());
    if (out_.depth() != 0 || !refusal_.rule.empty() || !out_.refusal().rule.empty()) return false;
    skip_space();
    return at_ == end_ || refuse("syntax", "something behind the value");
  }

  // From where a value is expected to behind a scalar or an empty container.
  bool value() {
    for (;;) {
      skip_space();
      if (at_ == end_) return refuse("syntax", "expected a value, found the end");
      switch (*at_) {
        case '{':
          if (!out_.open(Kind::object, offset())) return false;
          ++at_;
          skip_space();
          if (at_ != end_ && *at_ == '}') return ++at_, out_.close();
          if (!member_name()) return false;
          break;
        case '[':
          if (!out_.open(Kind::array, offset())) return false;
          ++at_;
          skip_space();
          if (at_ != end_ && *at_ == ']') return ++at_, out_.close();
          break;
        case '"': {
          const std::size_t from = offset();
          std::string_view text;
          return string(text) && out_.text(Kind::string, text, from);
        }
        case 't':
          return word(Kind::boolean, "true");
        case 'f':
          return word(Kind::boolean, "false");
        case 'n':
          return word(Kind::null, "null");
        default:
          return number();
      }
    }
  }

  // Behind a value: closes what ends here. Is another value due?
  bool more() {
    while (out_.depth() != 0) {
      skip_space();
      const bool object = out_.in_object();
      if (at_ == end_)
        return refuse("syntax", object ? "expected `,` or `}`, found the end" : "expected `,` or `]`, found the end");
      if (*at_ == ',') {
        ++at_;
        if (!object) return true;
        skip_space();
        return member_name();
      }
      if (*at_ != (object ? '}' : ']')) return refuse("syntax", object ? "expected `,` or `}`" : "expected `,` or `]`");
      ++at_;
      if (!out_.close()) return false;
    }
    return false;
  }

  bool member_name() {
    if (at_ == end_ || *at_ != '"') return refuse("syntax", "expected a name in double quotes");
    const std::size_t from = offset();
    std::string_view name;
    if (!string(name)) return false;
    skip_space();
    if (at_ == end_ || *at_ != ':') return refuse("syntax", "expected `:` behind the name");
    ++at_;
    return out_.name(name, from);
  }

  bool word(Kind kind, std::string_view word) {
    if (static_cast<std::size_t>(end_ - at_) < word.size() || std::memcmp(at_, word.data(), word.size()) != 0) {
      return refuse("syntax", "expected a value");
    }
    const std::size_t from = offset();
    at_ += word.size();
    return out_.text(kind, word, from);
  }

  bool digits() {
    const char* const from = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return at_ != from;
  }

  bool number() {
    const char* const from = at_;
    if (*at_ == '-') ++at_;
    if (at_ == end_ || !is_digit(*at_)) {
      at_ = from;
      return refuse("syntax", "expected a value");
    }
    if (*at_ == '0') {
      ++at_;
      if (at_ != end_ && is_digit(*at_)) return refuse("syntax", "a number begins with 0");
    } else {
      digits();
    }
    if (at_ != end_ && *at_ == '.') {
      ++at_;
      if (!digits()) return refuse("syntax", "expected a digit");
    }
    if (at_ != end_ && (*at_ | 0x20) == 'e') {
      ++at_;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (!digits()) return refuse("syntax", "expected a digit");
    }
    const auto length = static_cast<std::size_t>(at_ - from);
    if (length > limits_.number_bytes) {
      at_ = from;
      return refuse("number_bytes", "a number is too long");
    }
    return out_.text(Kind::number, {from, length}, static_cast<std::size_t>(from - begin_));
  }

  // From the opening quote to behind the closing one.
  bool string(std::string_view& out) {
    const char* const from = ++at_;
    bool high = false;
    bool escaped = false;
    for (;;) {
      at_ = plain_end(at_, end_, high);
      if (at_ == end_) return refuse("syntax", "a string has no end");
      if (*at_ == '"') break;
      if (*at_ != '\\') return refuse("control_character", "a control character in a string");
      escaped = true;
      if (end_ - at_ < 2) return refuse("syntax", "a string has no end");
      at_ += 2;
    }
    out = {from, static_cast<std::size_t>(at_ - from)};
    if (high) {
      if (const std::size_t bad = find_invalid_utf8(out); bad != std::string_view::npos) {
        at_ = from + bad;
        return refuse("utf8", "not UTF-8");
      }
    }
    if (escaped && !unescape(out)) return false;
    ++at_;
    return true;
  }

  // at_ is kept but for a refusal.
  bool unescape(std::string_view& text) {
    const auto room = arena_.array<char>(text.size());
    char* to = room.data();
    const char* from = text.data();
    const char* const end = from + text.size();
    while (from != end) {
      if (*from != '\\') {
        const auto* next = static_cast<const char*>(std::memchr(from, '\\', static_cast<std::size_t>(end - from)));
        const auto length = static_cast<std::size_t>((next == nullptr ? end : next) - from);
        std::memcpy(to, from, length);
        to += length;
        from += length;
      } else if (!escape(from, end, to)) {
        return false;
      }
    }
    text = {room.data(), static_cast<std::size_t>(to - room.data())};
    return true;
  }

  bool escape(const char*& from, const char* end, char*& to) {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const char* const start = from;
    if (const auto known = letters.find(from[1]); known != std::string_view::npos) {
      *to++ = meanings[known];
      from += 2;
      return true;
    }
    std::uint32_t code = 0;
    if (!unit(from, end, code)) return refuse_at(start, "syntax", "unknown escape in a string");
    if (code >= 0xd800 && code < 0xe000) {
      std::uint32_t low = 0;
      if (code >= 0xdc00 || !unit(from, end, low) || low < 0xdc00 || low > 0xdfff) {
        return refuse_at(start, "surrogate", "half of a surrogate pair");
      }
      code = 0x10000 + ((code - 0xd800) << 10u) + (low - 0xdc00);
    }
    to = write_utf8(to, code);
    return true;
  }

  // "\uXXXX"
  static bool unit(const char*& from, const char* end, std::uint32_t& code) {
    if (end - from < 6 || from[0] != '\\' || from[1] != 'u') return false;
    code = 0;
    for (int i = 2; i < 6; ++i) {
      const int digit = hex_value(from[i]);
      if (digit < 0) return false;
      code = (code << 4u) | static_cast<std::uint32_t>(digit);
    }
    from += 6;
    return true;
  }

  void skip_space() {
    while (at_ != end_ && is_space(*at_)) ++at_;
  }
  [[nodiscard]] std::size_t offset() const { return static_cast<std::size_t>(at_ - begin_); }
  bool refuse(std::string_view rule, std::string_view detail) { return refuse_at(at_, rule, detail); }
  bool refuse_at(const char* at, std::string_view rule, std::string_view detail) {
    refusal_ = {rule, detail, static_cast<std::size_t>(at - begin_)};
    return false;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  Arena& arena_;
  const Limits& limits_;
  Refusal refusal_;
  TreeWriter out_;
};

}  // namespace

Outcome parse_json(std::string_view text, Arena& arena, const Limits& limits) {
  if (text.size() > UINT32_MAX) return std::unexpected(Refusal{"syntax", "too long", 0});
  [[clang::uninitialized]] JsonReader reader(text, arena, limits);
  return reader.run();
}

}  // namespace sallyport::decode
