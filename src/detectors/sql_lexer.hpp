// SqlLexer: the words of SQL in a text that somebody else's statement goes on with. It knows the
// comments, strings and operators of ANSI, MySQL, PostgreSQL, MSSQL, Oracle and SQLite at once: what
// one of them reads as code is a token. One pass, no memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sallyport::detectors {

enum class SqlToken : std::uint8_t {
  end,
  number,
  string,       // closed
  open_string,  // reaches to the end: the statement around closes it
  word,
  variable,    // @x, @@x
  compare,     // = < > <= >= <> != <=> ~ := LIKE and the like are words
  logic,       // && ||
  arithmetic,  // + - * / % ^ | & ~ !
  open,        // (
  close,       // )
  comma,
  dot,
  semicolon,
  comment,        // -- and a space or the end, #, or /* that does not end
  tight_comment,  // -- and something else: a comment but for MySQL
  other,
};

class SqlLexer {
 public:
  // `outer`: the quote that the statement around will close at the end; NUL: none, '*': any. A string
  // that opens with another one and does not end is no SQL.
  SqlLexer(std::string_view text, std::size_t from, char outer = '*') noexcept
      : text_(text), at_(from), outer_(outer) {}

  SqlToken next() noexcept;  // moves on
  [[nodiscard]] SqlToken peek() const noexcept {
    SqlLexer copy = *this;
    return copy.next();
  }
  [[nodiscard]] SqlToken kind() const noexcept { return kind_; }
  [[nodiscard]] std::string_view token() const noexcept { return text_.substr(begin_, at_ - begin_); }
  [[nodiscard]] std::size_t begin() const noexcept { return begin_; }
  [[nodiscard]] std::size_t position() const noexcept { return at_; }
  // A comment stood where a space could have been: nobody writes values like that.
  [[nodiscard]] bool commented() const noexcept { return commented_; }

 private:
  // A longer string or comment counts as one that does not end: keeps many starts linear.
  static constexpr std::size_t max_token = 4096;

  void skip() noexcept;
  void to_line_end() noexcept;
  SqlToken string(char quote) noexcept;
  SqlToken number() noexcept;
  SqlToken symbol(char c) noexcept;

  std::string_view text_;
  std::size_t at_;
  char outer_;
  std::size_t begin_ = 0;
  SqlToken kind_ = SqlToken::end;
  bool commented_ = false;
};

// SELECT, OR, UNION …: the words that have a meaning of their own.
[[nodiscard]] bool sql_keyword(std::string_view word) noexcept;

}  // namespace sallyport::detectors
