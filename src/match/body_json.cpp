#include <array>
#include <charconv>
#include <cstring>
#include <string>

#include "base/utf8.hpp"
#include "http/characters.hpp"
#include "match/body_reader.hpp"

namespace sallyport::match {
namespace {

class JsonReader {
 public:
  JsonReader(Evaluation& evaluation, std::string_view text) : evaluation_(evaluation), rest_(text) {}

  const char* read() {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
    const std::string_view root = "json";
    if (!value(root, 0)) return wrong_;
    skip();
    return rest_.empty() ? nullptr : "something follows the JSON value";
  }

 private:
  bool fail(const char* why) {
    wrong_ = why;
    return false;
  }
  void skip() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == '\n' || rest_[0] == '\r'))
      rest_.remove_prefix(1);
  }
  bool next(char c) {
    skip();
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool value(std::string_view path, std::size_t depth) {
    skip();
    if (rest_.empty()) return fail("the JSON text ends too early");
    if (depth > max_json_depth) return fail("the JSON value is nested too deep");
    if (path.size() > max_json_path) return fail("the names around a JSON value are too long");
    if (evaluation_.input().cut) return fail("more values than are looked at");
    switch (rest_[0]) {
      case '{':
        return object(path, depth);
      case '[':
        return array(path, depth);
      case '"': {
        std::string_view text;
        if (!string(text)) return false;
        add_argument(evaluation_, path, text, ArgumentsFrom::body);
        return true;
      }
      default:
        return scalar(path);
    }
  }

  bool object(std::string_view path, std::size_t depth) {
    rest_.remove_prefix(1);
    if (next('}')) return true;
    do {
      skip();
      std::string_view key;
      if (rest_.empty() || rest_[0] != '"') return fail("a JSON name is missing");
      if (!string(key)) return false;
      if (!next(':')) return fail("a JSON colon is missing");
      if (!value(evaluation_.arena().concat(path, ".", key), depth + 1)) return false;
    } while (next(','));
    return next('}') || fail("a JSON object is not closed");
  }

  bool array(std::string_view path, std::size_t depth) {
    rest_.remove_prefix(1);
    if (next(']')) return true;
    std::size_t index = 0;
    do {
      char digits[24];
      const auto end = std::to_chars(digits, digits + sizeof digits, index++).ptr;
      const std::string_view number(digits, static_cast<std::size_t>(end - digits));
      if (!value(evaluation_.arena().concat(path, ".array_", number), depth + 1)) return false;
    } while (next(','));
    return next(']') || fail("a JSON array is not closed");
  }

  bool scalar(std::string_view path) {
    for (const std::string_view word : {"true", "false", "null"}) {
      if (!rest_.starts_with(word)) continue;
      add_argument(evaluation_, path, word == "null" ? std::string_view{} : rest_.substr(0, word.size()),
                   ArgumentsFrom::body);
      rest_.remove_prefix(word.size());
      return true;
    }
    std::size_t end = 0;
    while (end < rest_.size() && (http::is(rest_[end], http::character::digit) || rest_[end] == '-' ||
                                  rest_[end] == '+' || rest_[end] == '.' || rest_[end] == 'e' || rest_[end] == 'E'))
      ++end;
    if (end == 0) return fail("no JSON value");
    add_argument(evaluation_, path, rest_.substr(0, end), ArgumentsFrom::body);
    rest_.remove_prefix(end);
    return true;
  }

  bool hex4(std::size_t at, std::uint32_t& code) const {
    code = 0;
    for (std::size_t i = at; i < at + 4; ++i) {
      const int digit = i < rest_.size() ? http::hex_value(rest_[i]) : -1;
      if (digit < 0) return false;
      code = code * 16 + static_cast<std::uint32_t>(digit);
    }
    return true;
  }

  bool string(std::string_view& out) {
    rest_.remove_prefix(1);
    const std::size_t plain = rest_.find_first_of("\"\\");
    if (plain == std::string_view::npos) return fail("a JSON string is not closed");
    if (rest_[plain] == '"') {
      out = rest_.substr(0, plain);
      rest_.remove_prefix(plain + 1);
      return true;
    }
    // An escape is at least as long as what it stands for.
    std::size_t close = plain;
    while (close < rest_.size() && rest_[close] != '"') close += rest_[close] == '\\' ? 2 : 1;
    if (close >= rest_.size()) return fail("a JSON string is not closed");
    const auto memory = evaluation_.arena().array<char>(close);
    char* at = memory.data();
    for (std::size_t i = 0; i < close; ++i) {
      if (rest_[i] != '\\') {
        *at++ = rest_[i];
        continue;
      }
      ++i;
      switch (rest_[i]) {
        case '"':
        case '\\':
        case '/':
          *at++ = rest_[i];
          break;
        case 'b':
          *at++ = '\b';
          break;
        case 'f':
          *at++ = '\f';
          break;
        case 'n':
          *at++ = '\n';
          break;
        case 'r':
          *at++ = '\r';
          break;
        case 't':
          *at++ = '\t';
          break;
        case 'u': {
          std::uint32_t code = 0;
          if (!hex4(i + 1, code)) return fail("no JSON escape");
          i += 4;
          std::uint32_t low = 0;
          if (code >= 0xd800 && code < 0xdc00 && rest_.substr(i + 1).starts_with("\\u") && hex4(i + 3, low) &&
              low >= 0xdc00 && low < 0xe000) {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            i += 6;
          }
          at = write_utf8(at, code);
          break;
        }
        default:
          return fail("no JSON escape");
      }
    }
    out = {memory.data(), static_cast<std::size_t>(at - memory.data())};
    rest_.remove_prefix(close + 1);
    return true;
  }

  Evaluation& evaluation_;
  std::string_view rest_;
  const char* wrong_ = "no JSON";
};

}  // namespace

const char* read_json(Evaluation& evaluation, std::string_view text) { return JsonReader(evaluation, text).read(); }

}  // namespace sallyport::match
