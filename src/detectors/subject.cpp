#include "detectors/subject.hpp"

#include <array>

#include "detectors/text.hpp"

namespace sallyport::detectors {
namespace {

constexpr std::array<std::uint32_t, 256> make_marks() {
  std::array<std::uint32_t, 256> table{};
  for (unsigned c = 0; c < 256; ++c) {
    if (c < 0x20 || c == 0x7f) table[c] = mark::control;
    if (c >= 0x80) table[c] = mark::high;
    if (is_letter(static_cast<char>(c))) table[c] = mark::letter;
    if (is_digit(static_cast<char>(c))) table[c] = mark::digit;
  }
  const auto set = [&](std::string_view bytes, std::uint32_t bit) {
    for (const char c : bytes) table[static_cast<unsigned char>(c)] = bit;
  };
  set("'\"", mark::quote);
  set("`", mark::tick);
  set("<", mark::angle);
  set(">", mark::close_angle);
  set("(", mark::paren);
  set("{", mark::brace);
  set("[", mark::bracket);
  set("$", mark::dollar);
  set(";", mark::semicolon);
  set("|&", mark::pipe);
  set("=", mark::equals);
  set("%", mark::percent);
  set("/", mark::slash);
  set("\\", mark::backslash);
  set(".", mark::dot);
  set(":", mark::colon);
  set("\r\n", mark::line);
  set(" \t", mark::space);
  set("-", mark::dash);
  set("#", mark::hash);
  set("*", mark::star);
  set("_", mark::underscore);
  set("@", mark::at_sign);
  set("+", mark::plus);
  set("!?", mark::bang);
  set(",", mark::comma);
  return table;
}
constexpr auto marks = make_marks();

// Words that make sentences of SQL, shell and scripts; they say nothing for prose.
constexpr auto code_words =
    words("all", "and", "as", "asc", "begin", "between", "by", "case", "cat", "delay", "delete", "desc", "drop", "echo",
          "else", "end", "exec", "exists", "false", "from", "group", "having", "id", "if", "in", "insert", "into", "is",
          "join", "like", "limit", "ls", "not", "null", "on", "or", "order", "return", "select", "set", "table", "then",
          "true", "union", "update", "values", "var", "waitfor", "when", "where", "xor");

// What may stand before and after a word of a sentence.
constexpr bool opens(char c) { return c == '(' || c == '"' || c == '\'' || c == '*' || c == '_' || c == '`'; }
constexpr bool closes(char c) {
  return c == '.' || c == ',' || c == ';' || c == ':' || c == '!' || c == '?' || c == ')' || c == '"' || c == '\'' ||
         c == '*' || c == '_' || c == '`';
}

bool plain_word(std::string_view word) {
  while (!word.empty() && opens(word.front())) word.remove_prefix(1);
  while (!word.empty() && closes(word.back())) word.remove_suffix(1);
  if (word.empty() || word.size() > 40) return false;
  bool small = false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    if (static_cast<unsigned char>(c) >= 0x80) {
      small = true;
      continue;
    }
    if (!is_letter(c) && !((c == '\'' || c == '-') && i > 0 && i + 1 < word.size())) return false;
    small = small || (c >= 'a' && c <= 'z');
  }
  return (small || word.size() == 1) && !code_words.has(word);
}

}  // namespace

std::uint32_t marks_of(std::string_view text) noexcept {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::size_t i = 0;
  for (; i + 1 < text.size(); i += 2) {
    a |= marks[static_cast<unsigned char>(text[i])];
    b |= marks[static_cast<unsigned char>(text[i + 1])];
  }
  if (i < text.size()) a |= marks[static_cast<unsigned char>(text[i])];
  return a | b;
}

Subject::Subject(std::string_view text, bool opaque) noexcept : text_(text), marks_(marks_of(text)), opaque_(opaque) {
  if (has(mark::space)) weigh_words();
  if (has(mark::tick)) find_fences();
}

void Subject::weigh_words() noexcept {
  // Enough of the value to know: prose does not become code after so many bytes.
  const std::string_view head = text_.substr(0, 4096);
  std::size_t plain = 0;
  std::size_t all = 0;
  std::size_t i = 0;
  while (i < head.size()) {
    while (i < head.size() && (head[i] == ' ' || head[i] == '\n' || head[i] == '\r' || head[i] == '\t')) ++i;
    const std::size_t begin = i;
    while (i < head.size() && head[i] != ' ' && head[i] != '\n' && head[i] != '\r' && head[i] != '\t') ++i;
    if (i == begin) break;
    ++all;
    if (plain_word(head.substr(begin, i - begin))) ++plain;
  }
  prose_ = plain >= 4 && plain * 2 >= all;
}

// A fence begins a line (CommonMark §4.5) and is closed: text that merely holds ``` hides nothing.
void Subject::find_fences() noexcept {
  std::size_t from = 0;
  while (fences_ < max_fences) {
    const std::size_t begin = text_.find("```", from);
    if (begin == std::string_view::npos) return;
    const std::size_t end = text_.find("\n```", begin + 3);
    if (end == std::string_view::npos) return;
    if (begin == 0 || text_[begin - 1] == '\n') {
      fence_[2 * fences_] = begin;
      fence_[2 * fences_ + 1] = end;
      ++fences_;
    }
    from = end + 4;
  }
}

bool Subject::shown(std::size_t offset) const noexcept {
  if (!has(mark::tick)) return false;
  for (std::size_t i = 0; i < fences_; ++i) {
    if (offset > fence_[2 * i] && offset < fence_[2 * i + 1]) return true;
  }
  if (!prose_) return false;
  // Between two backticks of one line.
  std::size_t begin = offset < text_.size() ? offset : text_.size();
  bool inside = false;
  for (std::size_t left = max_inline; left > 0 && begin > 0 && text_[begin - 1] != '\n'; --left, --begin) {
    inside = inside != (text_[begin - 1] == '`');
  }
  return inside;
}

}  // namespace sallyport::detectors
