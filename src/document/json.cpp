#include "document/json.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/utf8.hpp"

namespace sallyport::document {
namespace {

// Turns offsets, asked in rising order, into lines and columns.
class Ruler {
 public:
  explicit Ruler(std::string_view text) : text_(text) {}
  Mark at(std::size_t offset) {
    for (; offset_ < offset; ++offset_) {
      const char c = text_[offset_];
      if (c == '\n' || (c == '\r' && !(offset_ + 1 < text_.size() && text_[offset_ + 1] == '\n'))) {
        ++mark_.line;
        mark_.column = 1;
      } else if ((static_cast<unsigned char>(c) & 0xc0u) != 0x80) {
        ++mark_.column;
      }
    }
    return mark_;
  }

 private:
  std::string_view text_;
  std::size_t offset_ = 0;
  Mark mark_;
};

class JsonReader {
 public:
  JsonReader(std::string_view text, Outline& outline) : text_(text), outline_(outline), ruler_(text) {}

  bool run() {
    if (const auto bad = find_invalid_utf8(text_); bad != std::string_view::npos) {
      at_ = bad;
      return refuse("not UTF-8");
    }
    if (!value()) return false;
    skip_space();
    return at_ == text_.size() || refuse("something after the end of the JSON value");
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
      ++at_;
  }
  bool refuse(std::string message) { return outline_.refuse(ErrorCode::invalid, ruler_.at(at_), std::move(message)); }
  bool refuse_here(std::string_view expected) {
    if (at_ >= text_.size()) return refuse(fmt::format("expected {}, found the end of the text", expected));
    return refuse(fmt::format("expected {}", expected));
  }

  bool value() {
    skip_space();
    const Mark mark = ruler_.at(at_);
    switch (peek()) {
      case '{':
        return object(mark);
      case '[':
        return array(mark);
      case '"': {
        std::string_view text;
        return string(text) && outline_.scalar(mark, text, true);
      }
      case 't':
        return literal("true") && outline_.scalar(mark, "true", false);
      case 'f':
        return literal("false") && outline_.scalar(mark, "false", false);
      case 'n':
        return literal("null") && outline_.null(mark);
      default:
        return number(mark);
    }
  }

  bool object(Mark mark) {
    ++at_;
    if (!outline_.open(mark, Raw::Shape::mapping)) return false;
    skip_space();
    if (!take('}')) {
      do {
        skip_space();
        const Mark key_mark = ruler_.at(at_);
        if (peek() != '"') return refuse_here("a key in double quotes");
        std::string_view key;
        if (!string(key) || !outline_.key(key_mark, key, true)) return false;
        skip_space();
        if (!take(':')) return refuse_here("`:` after the key");
        if (!value()) return false;
        skip_space();
      } while (take(','));
      if (!take('}')) return refuse_here("`,` or `}`");
    }
    outline_.close();
    return true;
  }

  bool array(Mark mark) {
    ++at_;
    if (!outline_.open(mark, Raw::Shape::sequence)) return false;
    skip_space();
    if (!take(']')) {
      do {
        if (!value()) return false;
        skip_space();
      } while (take(','));
      if (!take(']')) return refuse_here("`,` or `]`");
    }
    outline_.close();
    return true;
  }

  bool literal(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return refuse_here("a JSON value");
    at_ += word.size();
    return true;
  }

  std::size_t digits() {
    const std::size_t from = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    return at_ - from;
  }

  bool number(Mark mark) {
    const std::size_t from = at_;
    (void)take('-');
    const bool zero = peek() == '0';
    const std::size_t whole = digits();
    if (whole == 0 && at_ == from) return refuse_here("a JSON value");
    if (whole == 0 || (zero && whole > 1)) return refuse("not a JSON number");
    if (take('.') && digits() == 0) return refuse_here("a digit");
    if (take('e') || take('E')) {
      if (!take('+')) (void)take('-');
      if (digits() == 0) return refuse_here("a digit");
    }
    return outline_.scalar(mark, text_.substr(from, at_ - from), false);
  }

  // From the opening quote to after the closing one; a string without escapes is not copied.
  bool string(std::string_view& out) {
    const std::size_t from = ++at_;
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
           static_cast<unsigned char>(text_[at_]) >= 0x20)
      ++at_;
    if (take('"')) {
      out = text_.substr(from, at_ - 1 - from);
      return true;
    }
    std::string plain(text_.substr(from, at_ - from));
    while (at_ < text_.size() && text_[at_] != '"') {
      if (static_cast<unsigned char>(text_[at_]) < 0x20) return refuse("a control character in a string");
      if (text_[at_] != '\\') {
        plain += text_[at_++];
      } else if (!escape(plain)) {
        return false;
      }
    }
    if (!take('"')) return refuse_here("the closing quote of a string");
    out = outline_.keep(plain);
    return true;
  }

  bool escape(std::string& out) {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    ++at_;
    if (const auto known = letters.find(peek()); at_ < text_.size() && known != std::string_view::npos) {
      out += meanings[known];
      ++at_;
      return true;
    }
    char32_t code = 0;
    if (!unit(code)) return false;
    if (code >= 0xd800 && code < 0xdc00) {
      char32_t low = 0;
      if (!take('\\')) return refuse("half of a surrogate pair");
      if (!unit(low)) return false;
      if (low < 0xdc00 || low > 0xdfff) return refuse("half of a surrogate pair");
      code = 0x10000 + ((code - 0xd800) << 10u) + (low - 0xdc00);
    } else if (code >= 0xdc00 && code < 0xe000) {
      return refuse("half of a surrogate pair");
    }
    append_utf8(out, code);
    return true;
  }

  // "uXXXX".
  bool unit(char32_t& code) {
    if (!take('u')) return refuse("unknown escape in a string");
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = peek();
      unsigned digit = 0;
      if (c >= '0' && c <= '9') {
        digit = static_cast<unsigned>(c - '0');
      } else if (const char lower = static_cast<char>(c | 0x20); lower >= 'a' && lower <= 'f') {
        digit = static_cast<unsigned>(lower - 'a' + 10);
      } else {
        return refuse_here("four hexadecimal digits after \\u");
      }
      code = (code << 4u) | digit;
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Outline& outline_;
  Ruler ruler_;
};

}  // namespace

bool outline_json(std::string_view text, Outline& outline) { return JsonReader(text, outline).run(); }

}  // namespace sallyport::document
