// ECMA-262 (22.2.1, with the u flag) to what RE2 and PCRE2 both read.
#include <array>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "schema/pattern.hpp"

namespace sallyport::schema {
namespace {

constexpr std::string_view space_set =
    "\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}";

struct Name {
  std::string_view full;
  std::string_view brief;
};
constexpr auto categories = std::to_array<Name>({
    {"Letter", "L"},
    {"Cased_Letter", "L&"},
    {"LC", "L&"},
    {"Uppercase_Letter", "Lu"},
    {"Lowercase_Letter", "Ll"},
    {"Titlecase_Letter", "Lt"},
    {"Modifier_Letter", "Lm"},
    {"Other_Letter", "Lo"},
    {"Mark", "M"},
    {"Combining_Mark", "M"},
    {"Nonspacing_Mark", "Mn"},
    {"Spacing_Mark", "Mc"},
    {"Enclosing_Mark", "Me"},
    {"Number", "N"},
    {"Decimal_Number", "Nd"},
    {"digit", "Nd"},
    {"Letter_Number", "Nl"},
    {"Other_Number", "No"},
    {"Punctuation", "P"},
    {"punct", "P"},
    {"Connector_Punctuation", "Pc"},
    {"Dash_Punctuation", "Pd"},
    {"Open_Punctuation", "Ps"},
    {"Close_Punctuation", "Pe"},
    {"Initial_Punctuation", "Pi"},
    {"Final_Punctuation", "Pf"},
    {"Other_Punctuation", "Po"},
    {"Symbol", "S"},
    {"Math_Symbol", "Sm"},
    {"Currency_Symbol", "Sc"},
    {"Modifier_Symbol", "Sk"},
    {"Other_Symbol", "So"},
    {"Separator", "Z"},
    {"Space_Separator", "Zs"},
    {"Line_Separator", "Zl"},
    {"Paragraph_Separator", "Zp"},
    {"Other", "C"},
    {"Control", "Cc"},
    {"cntrl", "Cc"},
    {"Format", "Cf"},
    {"Surrogate", "Cs"},
    {"Private_Use", "Co"},
    {"Unassigned", "Cn"},
});

class Translation {
 public:
  explicit Translation(std::string_view text) : text_(text) {}

  Result<std::string> run() {
    while (at_ < text_.size() && error_.empty()) element();
    if (!error_.empty()) return fail(ErrorCode::invalid, error_);
    return std::move(out_);
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void refuse(std::string why) {
    if (error_.empty()) error_ = std::move(why);
    at_ = text_.size();
  }

  void element() {
    const char c = peek();
    switch (c) {
      case '\\':
        escape(false);
        return;
      case '[':
        character_class();
        return;
      case '(':
        group();
        return;
      case '$':  // PCRE2's would match before a final line break
        out_ += "\\z";
        ++at_;
        return;
      case '.':
        out_ += "[^\\n\\r\\x{2028}\\x{2029}]";
        ++at_;
        return;
      case '*':
      case '+':
      case '?':
        quantified(1);
        return;
      case '{':
        braces();
        return;
      case '#':
        out_ += "\\#";
        ++at_;
        return;
      default:
        out_ += c;
        ++at_;
    }
  }

  // Behind a quantifier only `?` may follow: PCRE2 would read `+` as possessive.
  void quantified(std::size_t length) {
    out_ += text_.substr(at_, length);
    at_ += length;
    if (peek() == '?') {
      out_ += '?';
      ++at_;
    } else if (peek() == '+' || peek() == '*' || peek() == '{') {
      refuse("a quantifier behind a quantifier");
    }
  }

  void braces() {
    std::size_t end = at_ + 1;
    const auto digits = [&] {
      const std::size_t from = end;
      while (end < text_.size() && text_[end] >= '0' && text_[end] <= '9') ++end;
      return end != from;
    };
    bool good = digits();
    if (good && end < text_.size() && text_[end] == ',') {
      ++end;
      (void)digits();
    }
    good = good && end < text_.size() && text_[end] == '}';
    if (good) return quantified(end + 1 - at_);
    out_ += "\\{";  // ECMA-262 Annex B lets it stand for itself
    ++at_;
  }

  void group() {
    out_ += '(';
    ++at_;
    if (peek() != '?') return;
    for (const std::string_view kind : {"?:", "?=", "?!", "?<=", "?<!"}) {
      if (text_.substr(at_).starts_with(kind)) {
        out_ += kind;
        at_ += kind.size();
        return;
      }
    }
    const auto end = text_.find('>', at_);
    if (peek(1) != '<' || end == std::string_view::npos) return refuse("unknown kind of group");
    out_ += text_.substr(at_, end + 1 - at_);
    at_ = end + 1;
  }

  void character_class() {
    const bool negated = peek(1) == '^';
    at_ += negated ? 2 : 1;
    if (peek() == ']' && at_ < text_.size()) {
      out_ += negated ? "[\\x{0}-\\x{10ffff}]" : "(?!)";
      ++at_;
      return;
    }
    out_ += negated ? "[^" : "[";
    while (at_ < text_.size() && peek() != ']') {
      if (peek() == '\\') {
        escape(true);
      } else if (peek() == '[') {
        out_ += "\\[";
        ++at_;
      } else {
        out_ += text_[at_++];
      }
    }
    if (at_ >= text_.size()) return refuse("a class has no end");
    out_ += ']';
    ++at_;
  }

  void put(std::uint32_t code) { fmt::format_to(std::back_inserter(out_), "\\x{{{:x}}}", code); }

  void set(bool inside, bool negated, std::string_view inner, std::string_view complement) {
    if (inside) {
      out_ += negated ? complement : inner;
    } else {
      out_.append(negated ? "[^" : "[").append(inner).append("]");
    }
  }

  // `inside`: in a class.
  void escape(bool inside) {
    ++at_;
    if (at_ >= text_.size()) return refuse("a backslash at the end");
    const char c = text_[at_++];
    switch (c) {
      case 'd':
        return set(inside, false, "0-9", "");
      case 'D':
        return set(inside, true, "0-9", "\\x{0}-/:-\\x{10ffff}");
      case 'w':
        return set(inside, false, "0-9A-Z_a-z", "");
      case 'W':
        return set(inside, true, "0-9A-Z_a-z", "\\x{0}-/:-@\\[-\\^`\\{-\\x{10ffff}");
      case 's':
        return set(inside, false, space_set, "");
      case 'S':
        return set(inside, true, space_set,
                   "\\x{0}-\\x{8}\\x{e}-\\x{1f}!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}"
                   "\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}");
      case 'b':
        out_ += inside ? "\\x{8}" : "\\b";
        return;
      case 'B':
        if (inside) return refuse("\\B in a class");
        out_ += "\\B";
        return;
      case 't':
        return put(9);
      case 'n':
        return put(10);
      case 'v':
        return put(11);
      case 'f':
        return put(12);
      case 'r':
        return put(13);
      case 'c': {
        const char letter = peek();
        const char lower = static_cast<char>(letter | 0x20);
        if (lower < 'a' || lower > 'z') return refuse("\\c without a letter");
        ++at_;
        return put(static_cast<std::uint32_t>(letter) & 0x1fu);
      }
      case '0':
        if (peek() >= '0' && peek() <= '9') return refuse("octal escapes are no ECMA-262");
        return put(0);
      case 'x':
        return put(digits(2));
      case 'u':
        return unicode();
      case 'p':
      case 'P':
        return property(c);
      case 'k': {
        const auto end = text_.find('>', at_);
        if (inside || peek() != '<' || end == std::string_view::npos) return refuse("\\k without a name");
        out_ += "\\k" + std::string(text_.substr(at_, end + 1 - at_));
        at_ = end + 1;
        return;
      }
      default:
        break;
    }
    if (c >= '1' && c <= '9') {
      if (inside) return refuse("a back reference in a class");
      out_ += "\\g{";
      out_ += c;
      while (peek() >= '0' && peek() <= '9') out_ += text_[at_++];
      out_ += '}';
      return;
    }
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter) return refuse(fmt::format("\\{} is no escape of ECMA-262", c));
    if (static_cast<unsigned char>(c) < 0x80) {
      out_ += '\\';
      out_ += c;
    } else {
      out_ += c;  // the first byte of a character: the others follow
    }
  }

  std::uint32_t digits(std::size_t count) {
    std::uint32_t code = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const int digit = hex_value(peek());
      if (digit < 0) {
        refuse("hexadecimal digits are missing");
        return 0;
      }
      code = code * 16 + static_cast<std::uint32_t>(digit);
      ++at_;
    }
    return code;
  }

  void unicode() {
    std::uint32_t code = 0;
    if (peek() == '{') {
      ++at_;
      while (hex_value(peek()) >= 0 && code < 0x110000)
        code = code * 16 + static_cast<std::uint32_t>(hex_value(text_[at_++]));
      if (peek() != '}' || code > 0x10ffff) return refuse("\\u{...} names no code point");
      ++at_;
    } else {
      code = digits(4);
      if (code >= 0xd800 && code < 0xdc00 && peek() == '\\' && peek(1) == 'u') {
        at_ += 2;
        const std::uint32_t low = digits(4);
        if (low < 0xdc00 || low > 0xdfff) return refuse("half of a surrogate pair");
        code = 0x10000 + ((code - 0xd800) << 10u) + (low - 0xdc00);
      }
    }
    if (code >= 0xd800 && code < 0xe000) return refuse("half of a surrogate pair");
    put(code);
  }

  void property(char kind) {
    const auto end = text_.find('}', at_);
    if (peek() != '{' || end == std::string_view::npos) return refuse("\\p without a name");
    std::string_view name = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    for (const std::string_view prefix : {"General_Category=", "gc=", "Script=", "sc=", "Script_Extensions=", "scx="}) {
      if (name.starts_with(prefix)) {
        name.remove_prefix(prefix.size());
        break;
      }
    }
    for (const Name& category : categories) {
      if (category.full == name) name = category.brief;
    }
    // PCRE2 10.42 knows categories, scripts and some binary properties; it refuses the others.
    fmt::format_to(std::back_inserter(out_), "\\{}{{{}}}", kind, name);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
  std::string error_;
};

}  // namespace

Result<std::string> translated(std::string_view expression) {
  if (expression.size() > Pattern::max_length) return fail(ErrorCode::limit, "a pattern is too long");
  if (find_invalid_utf8(expression) != std::string_view::npos)
    return fail(ErrorCode::invalid, "a pattern is not UTF-8");
  return Translation(expression).run();
}

}  // namespace sallyport::schema
