#include "http/path.hpp"

#include <cstdint>
#include <cstring>

#include "http/characters.hpp"
#include "http/unicode.hpp"

namespace sallyport::http {
namespace {

// True when canonical_path would return `raw` unchanged: the common case, one scan. A '.' is fine
// inside a segment ("/v1.2/a.json"), never at its edges; '%' and ';' always take the long way.
bool is_plain(std::string_view raw) {
  char before = '/';
  for (std::size_t i = 1; i < raw.size(); ++i) {
    const char c = raw[i];
    if (!is(c, character::path) || c == ';') return false;
    if (before == '/' && (c == '/' || c == '.')) return false;
    if (before == '.' && c == '/') return false;
    before = c;
  }
  return before != '.';
}

struct Writer {
  char* begin;
  char* at;
  void put(char c) { *at++ = c; }
  void put_encoded(unsigned char byte) {
    static constexpr char digits[] = "0123456789ABCDEF";
    put('%');
    put(digits[byte >> 4]);
    put(digits[byte & 15]);
  }
};

// What one decoded character of a segment means for the rules.
struct Segment {
  std::size_t dots = 0;   // how many characters before a parameter, when all are dots
  bool only_dots = true;  // before the first ';'
  bool parameters = false;
  char first = 0, last = 0;  // decoded; '\x80' stands for any non-ASCII character
  std::size_t length = 0;

  void add(char c) {
    if (length++ == 0) first = c;
    last = c;
    if (parameters) return;
    if (c == ';') {
      parameters = true;
    } else if (c == '.') {
      ++dots;
    } else {
      only_dots = false;
    }
  }
};

// Removes the last segment of what was written: RFC 3986 §5.2.4.
void drop_segment(Writer& out) {
  while (out.at > out.begin) {
    --out.at;
    if (*out.at == '/') break;
  }
}

Checked<void> end_segment(Segment& segment, Writer& out, char* start, bool last) {
  const bool dot_segment = segment.only_dots && (segment.dots == 1 || segment.dots == 2);
  if (dot_segment && segment.parameters) return refuse("path_dot_parameters", "a dot segment with parameters");
  if (dot_segment) {
    out.at = start;  // behind the '/' before the segment
    if (segment.dots == 2) {
      --out.at;
      drop_segment(out);
      out.put('/');
    }
  } else if (segment.length == 0 && !last) {
    out.at = start;  // an empty segment: slashes merge
  } else if (segment.length != 0) {
    if (segment.first == ' ' || segment.last == ' ') return refuse("path_space", "a segment begins or ends in a space");
    if (segment.last == '.') return refuse("path_trailing_dot", "a segment ends in a dot");
    if (segment.only_dots && segment.dots > 2) return refuse("path_dots", "a segment of dots");
    if (!last) out.put('/');
  }
  segment = Segment{};
  return {};
}

class Reader {
 public:
  explicit Reader(std::string_view raw) : raw_(raw) {}
  [[nodiscard]] bool done() const { return at_ == raw_.size(); }

  struct Byte {
    unsigned char value = 0;
    bool encoded = false;
  };
  Checked<Byte> next() {
    const char c = raw_[at_++];
    if (c != '%') {
      if (!is(c, character::path)) return refuse("path_character", "a character that is not allowed in a path");
      return Byte{static_cast<unsigned char>(c), false};
    }
    const int high = at_ < raw_.size() ? hex_value(raw_[at_]) : -1;
    const int low = at_ + 1 < raw_.size() ? hex_value(raw_[at_ + 1]) : -1;
    if (high < 0 || low < 0) return refuse("path_percent", "a malformed percent-encoding");
    at_ += 2;
    return Byte{static_cast<unsigned char>(high * 16 + low), true};
  }
  // The next two decoded characters, for the double-decoding rule; 0 where there is none.
  [[nodiscard]] std::pair<char, char> peek() const {
    Reader copy = *this;
    const auto one = copy.done() ? Checked<Byte>(Byte{}) : copy.next();
    const auto two = copy.done() ? Checked<Byte>(Byte{}) : copy.next();
    return {one ? static_cast<char>(one->value) : '\0', two ? static_cast<char>(two->value) : '\0'};
  }

 private:
  std::string_view raw_;
  std::size_t at_ = 0;
};

Checked<void> check_ascii(char c, const Reader& reader) {
  if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return refuse("path_control", "a control character");
  if (c == '\\') return refuse("path_backslash", "a backslash");
  if (c == '%') {
    const auto [one, two] = reader.peek();
    if ((hex_value(one) >= 0 && hex_value(two) >= 0) || lower(one) == 'u') {
      return refuse("path_double_encoding", "percent-encoded twice");
    }
  }
  return {};
}

}  // namespace

Checked<Path> canonical_path(std::string_view raw, Arena& arena) {
  if (is_plain(raw)) return Path{raw, false, false};
  // Every step writes at most what it read, but for raw bytes that need no encoding: 1 to 1.
  const auto buffer = arena.array<char>(raw.size() + 1);
  Writer out{buffer.data(), buffer.data()};
  Path path;
  Reader reader(raw);
  Segment segment;
  Utf8 utf8;
  if (auto first = reader.next(); !first) return std::unexpected(first.error());
  out.put('/');
  char* start = out.at;
  while (!reader.done()) {
    const auto byte = reader.next();
    if (!byte) return std::unexpected(byte.error());
    const char c = static_cast<char>(byte->value);
    if (byte->value >= 0x80) {
      const auto point = utf8.add(byte->value);
      if (point == Utf8::malformed) return refuse("path_utf8", "not UTF-8 in its shortest form");
      if (point != Utf8::incomplete && is_confusable(point)) {
        return refuse("path_confusable", "a character that folds to ASCII or is invisible");
      }
      out.put_encoded(byte->value);
      if (point != Utf8::incomplete) segment.add('\x80');
      continue;
    }
    if (utf8.pending()) return refuse("path_utf8", "a truncated UTF-8 sequence");
    if (c == '/' && !byte->encoded) {
      if (auto ended = end_segment(segment, out, start, false); !ended) return std::unexpected(ended.error());
      start = out.at;
      continue;
    }
    if (auto fine = check_ascii(c, reader); !fine) return std::unexpected(fine.error());
    path.parameters |= c == ';';
    path.encoded_slash |= c == '/';
    segment.add(c);
    if (!byte->encoded || is(c, character::unreserved)) {
      out.put(c);
    } else {
      out.put_encoded(byte->value);
    }
  }
  if (utf8.pending()) return refuse("path_utf8", "a truncated UTF-8 sequence");
  if (auto ended = end_segment(segment, out, start, true); !ended) return std::unexpected(ended.error());
  path.text = {out.begin, static_cast<std::size_t>(out.at - out.begin)};
  return path;
}

}  // namespace sallyport::http
