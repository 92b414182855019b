#include "detectors/sql_lexer.hpp"

#include "detectors/text.hpp"

namespace sallyport::detectors {
namespace {

constexpr auto keywords =
    words("all", "alter", "analyse", "and", "any", "as", "asc", "begin", "between", "by", "call", "case", "cast",
          "collate", "create", "cross", "declare", "delay", "delete", "desc", "distinct", "distinctrow", "div", "drop",
          "dumpfile", "else", "end", "escape", "except", "exec", "execute", "exists", "explain", "false", "fetch",
          "from", "full", "glob", "grant", "group", "having", "ilike", "in", "inner", "insert", "intersect", "into",
          "is", "isnull", "join", "left", "like", "limit", "load", "match", "merge", "minus", "mod", "natural", "not",
          "notnull", "null", "offset", "on", "or", "order", "outer", "outfile", "procedure", "regexp", "replace",
          "revoke", "right", "rlike", "select", "set", "similar", "some", "sounds", "then", "top", "true", "truncate",
          "union", "update", "using", "values", "waitfor", "when", "where", "xor");

}  // namespace

bool sql_keyword(std::string_view word) noexcept { return keywords.has(word); }

void SqlLexer::skip() noexcept {
  for (;;) {
    const char c = at(text_, at_);
    if (at_ >= text_.size()) return;
    if (is_space(c)) {
      ++at_;
    } else if (c == '/' && at(text_, at_ + 1) == '*') {
      if (at(text_, at_ + 2) == '!') {
        // MySQL runs what stands inside; five or six digits are a version.
        at_ += 3;
        for (int digits = 0; digits < 6 && is_digit(at(text_, at_)); ++digits) ++at_;
      } else {
        const auto end = text_.substr(at_ + 2, max_token).find("*/");
        if (end == std::string_view::npos) return;
        at_ += end + 4;
      }
      commented_ = true;
    } else if (c == '*' && at(text_, at_ + 1) == '/') {
      at_ += 2;
    } else if (c == '+' && is_letter(at(text_, at_ + 1))) {
      // A plus that a form would have decoded to a space.
      const auto end = word_end(text_, at_ + 1);
      if (!keywords.has(text_.substr(at_ + 1, end - at_ - 1))) return;
      ++at_;
    } else {
      return;
    }
  }
}

SqlToken SqlLexer::next() noexcept {
  const bool after_keyword = kind_ == SqlToken::word && keywords.has(token());
  skip();
  while (after_keyword && at(text_, at_) == '+') {
    ++at_;
    skip();
  }
  begin_ = at_;
  if (at_ >= text_.size()) return kind_ = SqlToken::end;
  const char c = text_[at_];
  if (is_digit(c) || (c == '.' && is_digit(at(text_, at_ + 1)))) return kind_ = number();
  if (is_quote(c)) return kind_ = string(c);
  const auto prefix = lower(c);
  if ((prefix == 'n' || prefix == 'x' || prefix == 'b' || prefix == 'e') && at(text_, at_ + 1) == '\'') {
    ++at_;
    return kind_ = string('\'');
  }
  if (is_word(c)) {
    at_ = word_end(text_, at_);
    return kind_ = SqlToken::word;
  }
  if (c == '@') {
    while (at(text_, at_) == '@') ++at_;
    at_ = word_end(text_, at_);
    return kind_ = at_ - begin_ > 1 ? SqlToken::variable : SqlToken::other;
  }
  if (c == '[') {
    const auto end = word_end(text_, at_ + 1);
    if (end > at_ + 1 && at(text_, end) == ']' && !is_digit(text_[at_ + 1])) {
      at_ = end + 1;
      return kind_ = SqlToken::word;
    }
  }
  return kind_ = symbol(c);
}

SqlToken SqlLexer::number() noexcept {
  if (text_[at_] == '0' && (lower(at(text_, at_ + 1)) == 'x' || lower(at(text_, at_ + 1)) == 'b')) {
    at_ += 2;
    while (is_hex(at(text_, at_))) ++at_;
  } else {
    while (is_digit(at(text_, at_)) || at(text_, at_) == '.') ++at_;
    if (lower(at(text_, at_)) == 'e') {
      std::size_t end = at_ + 1;
      if (at(text_, end) == '+' || at(text_, end) == '-') ++end;
      const std::size_t digits = end;
      while (is_digit(at(text_, end))) ++end;
      // MySQL takes "1e" for a number: 1e union select.
      if (end > digits || !is_word(at(text_, end))) at_ = end > digits ? end : at_ + 1;
    }
  }
  // 1st, 3d, 5kg: no number. Only a keyword may stand directly after one.
  const auto end = word_end(text_, at_);
  if (end == at_ || keywords.has(text_.substr(at_, end - at_))) return SqlToken::number;
  at_ = end;
  return SqlToken::other;
}

SqlToken SqlLexer::string(char quote) noexcept {
  const std::size_t last = std::min(text_.size(), at_ + max_token);
  for (std::size_t i = at_ + 1; i < last; ++i) {
    if (text_[i] == '\\') {
      ++i;
    } else if (text_[i] == quote) {
      if (at(text_, i + 1) != quote) {
        at_ = i + 1;
        return SqlToken::string;
      }
      ++i;
    }
  }
  at_ = text_.size();
  return outer_ == '*' || outer_ == quote ? SqlToken::open_string : SqlToken::other;
}

void SqlLexer::to_line_end() noexcept {
  const auto end = text_.substr(at_, max_token).find('\n');
  at_ = end == std::string_view::npos ? text_.size() : at_ + end;
}

SqlToken SqlLexer::symbol(char c) noexcept {
  const char d = at(text_, at_ + 1);
  ++at_;
  switch (c) {
    case '(':
      return SqlToken::open;
    case ')':
      return SqlToken::close;
    case ',':
      return SqlToken::comma;
    case '.':
      return SqlToken::dot;
    case ';':
      return SqlToken::semicolon;
    case '#':
      to_line_end();
      return SqlToken::comment;
    case '/':
      if (d != '*') return SqlToken::arithmetic;
      at_ = text_.size();
      return SqlToken::comment;
    case '-': {
      if (d != '-') return SqlToken::arithmetic;
      ++at_;
      const char after = at(text_, at_);
      const bool wide = at_ >= text_.size() || is_space(after) || after == '+' || after == '-';
      to_line_end();
      return wide ? SqlToken::comment : SqlToken::tight_comment;
    }
    case '&':
    case '|':
      if (d != c) return SqlToken::arithmetic;
      ++at_;
      return SqlToken::logic;
    case '=':
    case '<':
    case '>':
    case '!':
    case ':':
    case '~':
      if (c == ':' && d != '=') return SqlToken::other;
      if (c == '!' && d != '=' && d != '~' && d != '<' && d != '>') return SqlToken::arithmetic;
      while (at(text_, at_) == '=' || at(text_, at_) == '>' || at(text_, at_) == '<' || at(text_, at_) == '~') ++at_;
      return SqlToken::compare;
    case '+':
    case '*':
    case '%':
    case '^':
      return SqlToken::arithmetic;
    default:
      break;  // any other byte, not an enum
  }
  return SqlToken::other;
}

}  // namespace sallyport::detectors
