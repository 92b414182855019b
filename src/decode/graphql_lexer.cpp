#include "decode/graphql_lexer.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "http/characters.hpp"

namespace sallyport::decode {
namespace {

using Kind = GraphqlToken::Kind;

bool is_name_start(char c) { return is_letter(c) || c == '_'; }
bool is_name(char c) { return is_name_start(c) || is_digit(c); }

}  // namespace

void GraphqlLexer::skip_ignored() {
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',') continue;
    if (c == '#') {
      while (at_ + 1 < text_.size() && text_[at_ + 1] != '\n' && text_[at_ + 1] != '\r') ++at_;
      continue;
    }
    if (text_.substr(at_).starts_with("\xef\xbb\xbf")) {  // a byte order mark is ignored anywhere
      at_ += 2;
      continue;
    }
    break;
  }
}

bool GraphqlLexer::next(GraphqlToken& token) {
  skip_ignored();
  token = {};
  token.offset = static_cast<std::uint32_t>(at_);
  if (at_ == text_.size()) return true;
  const char c = text_[at_];
  if (is_name_start(c)) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    token.kind = Kind::name;
    token.text = text_.substr(begin, at_ - begin);
    return true;
  }
  if (is_digit(c) || c == '-') return number(token);
  if (c == '"') return text_.substr(at_).starts_with("\"\"\"") ? block_string(token) : string(token);
  if (text_.substr(at_).starts_with("...")) {
    token.kind = Kind::spread;
    token.text = text_.substr(at_, 3);
    at_ += 3;
    return true;
  }
  if (std::string_view("!$&():=@[]{|}").contains(c)) {
    token.kind = Kind::punctuator;
    token.text = text_.substr(at_, 1);
    ++at_;
    return true;
  }
  return refuse("graphql", "a character that begins nothing", at_);
}

bool GraphqlLexer::number(GraphqlToken& token) {
  const std::size_t begin = at_;
  const auto at = [&](std::size_t i) { return i < text_.size() ? text_[i] : '\0'; };
  std::size_t i = begin + (text_[begin] == '-' ? 1 : 0);
  const auto digits = [&] {
    const std::size_t from = i;
    while (is_digit(at(i))) ++i;
    return i != from;
  };
  const bool zero = at(i) == '0';
  const std::size_t integer = i;
  if (!digits()) return refuse("graphql", "a malformed number", begin);
  if (zero && i > integer + 1) return refuse("graphql", "a number with a zero before it", begin);
  token.kind = Kind::int_value;
  if (at(i) == '.') {
    ++i;
    token.kind = Kind::float_value;
    if (!digits()) return refuse("graphql", "a malformed number", begin);
  }
  if (http::lower(at(i)) == 'e') {
    ++i;
    if (at(i) == '+' || at(i) == '-') ++i;
    token.kind = Kind::float_value;
    if (!digits()) return refuse("graphql", "a malformed number", begin);
  }
  if (at(i) == '.' || is_name_start(at(i))) return refuse("graphql", "a number with text behind it", begin);
  token.text = text_.substr(begin, i - begin);
  at_ = i;
  return true;
}

// at_ is on the backslash.
bool GraphqlLexer::escape(char*& to) {
  const auto hex = [&](std::size_t from, std::size_t count) {
    std::int64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const int digit = from + i < text_.size() ? http::hex_value(text_[from + i]) : -1;
      if (digit < 0) return std::int64_t{-1};
      value = value << 4 | digit;
    }
    return value;
  };
  const std::size_t begin = at_;
  const char c = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  constexpr std::string_view names = "\"\\/bfnrt";
  constexpr std::string_view means = "\"\\/\b\f\n\r\t";
  if (const std::size_t found = c == '\0' ? std::string_view::npos : names.find(c); found != std::string_view::npos) {
    *to++ = means[found];
    at_ += 2;
    return true;
  }
  if (c != 'u') return refuse("graphql", "an escape that is not known", begin);
  std::int64_t code = -1;
  if (begin + 2 < text_.size() && text_[begin + 2] == '{') {
    const std::size_t close = text_.substr(0, begin + 16).find('}', begin);
    if (close == std::string_view::npos || close == begin + 3) return refuse("graphql", "a malformed escape", begin);
    code = hex(begin + 3, close - begin - 3);
    at_ = close + 1;
  } else {
    code = hex(begin + 2, 4);
    at_ = begin + 6;
    if (code >= 0xd800 && code < 0xdc00 && text_.substr(at_).starts_with("\\u")) {
      const std::int64_t low = hex(at_ + 2, 4);
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        at_ += 6;
      }
    }
  }
  if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    return refuse("graphql", "a malformed escape", begin);
  }
  to = write_utf8(to, static_cast<char32_t>(code));
  return true;
}

bool GraphqlLexer::string(GraphqlToken& token) {
  const std::size_t begin = at_++;
  token.kind = Kind::string;
  std::size_t end = at_;
  bool escaped = false;
  while (end < text_.size() && text_[end] != '"' && text_[end] != '\n' && text_[end] != '\r') {
    escaped |= text_[end] == '\\';
    end += text_[end] == '\\' ? 2 : 1;
  }
  if (end >= text_.size() || text_[end] != '"') return refuse("graphql", "a string that does not end", begin);
  if (end - at_ > string_bytes_) return refuse("string_bytes", "a string is too long", begin);
  for (std::size_t i = at_; i < end; ++i) {
    if (static_cast<unsigned char>(text_[i]) < 0x20 && text_[i] != '\t') {
      return refuse("graphql", "a control character in a string", i);
    }
  }
  token.text = text_.substr(at_, end - at_);
  if (escaped) {
    const auto out = arena_.array<char>(end - at_);
    char* to = out.data();
    while (at_ < end) {
      if (text_[at_] != '\\') {
        *to++ = text_[at_++];
      } else if (!escape(to)) {
        return false;
      }
    }
    token.text = {out.data(), static_cast<std::size_t>(to - out.data())};
  }
  at_ = end + 1;
  return true;
}

bool GraphqlLexer::block_string(GraphqlToken& token) {
  const std::size_t begin = at_;
  token.kind = Kind::string;
  std::size_t end = at_ + 3;
  bool escaped = false;
  for (;;) {
    end = text_.find("\"\"\"", end);
    if (end == std::string_view::npos) return refuse("graphql", "a string that does not end", begin);
    if (text_[end - 1] != '\\') break;
    escaped = true;
    end += 3;
  }
  std::string_view raw = text_.substr(begin + 3, end - begin - 3);
  if (raw.size() > string_bytes_) return refuse("string_bytes", "a string is too long", begin);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (static_cast<unsigned char>(raw[i]) < 0x20 && raw[i] != '\t' && raw[i] != '\n' && raw[i] != '\r') {
      return refuse("graphql", "a control character in a string", begin + 3 + i);
    }
  }
  if (escaped) {
    const auto out = arena_.array<char>(raw.size());
    std::size_t size = 0;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw.substr(i).starts_with("\\\"\"\"")) continue;
      out[size++] = raw[i];
    }
    raw = {out.data(), size};
  }
  at_ = end + 3;
  token.text = dedent(raw);
  return true;
}

// BlockStringValue (§2.9.4).
std::string_view GraphqlLexer::dedent(std::string_view raw) {
  if (raw.find_first_of("\r\n") == std::string_view::npos) {
    return raw.find_first_not_of(" \t") == std::string_view::npos ? std::string_view() : raw;
  }
  const auto blank = [](std::string_view line) { return line.find_first_not_of(" \t") == std::string_view::npos; };
  // Twice over the lines and none of them kept: there may be as many as bytes.
  const auto each_line = [raw](auto visit) {
    std::size_t number = 0;
    for (std::size_t at = 0;; ++number) {
      const std::size_t end = std::min(raw.find_first_of("\r\n", at), raw.size());
      visit(raw.substr(at, end - at), number);
      if (end == raw.size()) return;
      at = end + (raw.substr(end).starts_with("\r\n") ? 2 : 1);
    }
  };
  std::size_t common = std::string_view::npos;
  std::size_t first = std::string_view::npos;
  std::size_t last = 0;
  each_line([&](std::string_view line, std::size_t number) {
    if (blank(line)) return;
    if (number != 0) common = std::min(common, line.find_first_not_of(" \t"));
    if (first == std::string_view::npos) first = number;
    last = number;
  });
  if (first == std::string_view::npos) return {};
  const auto out = arena_.array<char>(raw.size());
  char* to = out.data();
  each_line([&](std::string_view line, std::size_t number) {
    if (number < first || number > last) return;
    if (number != first) *to++ = '\n';
    const std::size_t indent = number == 0 || common == std::string_view::npos ? 0 : common;
    to = std::ranges::copy(line.substr(std::min(indent, line.size())), to).out;
  });
  return {out.data(), static_cast<std::size_t>(to - out.data())};
}

}  // namespace sallyport::decode
