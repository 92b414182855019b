// Long because a token, the reader and the shapes belong together: one is meaningless without the others.
#include "match/sqli.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "base/ascii.hpp"
#include "http/characters.hpp"
#include "match/transformation.hpp"

#include <sallyport/message.hpp>

namespace sallyport::match {
namespace {

enum class Token : std::uint8_t {
  number,
  string,
  name,
  variable,  // @a, @@version
  op,        // + - * / = < like …
  logic,     // and or xor && ||
  open,
  close,
  comma,
  end_of_statement,
  comment,        // to the end: "--", "#", "/*" that is not closed
  set_operation,  // union, except, intersect
  verb,           // select, insert, …
  clause,         // order by, group by, having, limit, procedure, into
  keyword,        // from, where, set, table, …
  function,       // of those that attacks call
  wait,           // waitfor, shutdown, xp_…: commands of Transact-SQL
};

struct Word {
  std::string_view text;
  Token token;
};
// Sorted, lower case.
constexpr auto words = std::to_array<Word>({
    {"all", Token::keyword},
    {"alter", Token::verb},
    {"and", Token::logic},
    {"ascii", Token::function},
    {"begin", Token::keyword},
    {"benchmark", Token::function},
    {"between", Token::op},
    {"by", Token::keyword},
    {"case", Token::keyword},
    {"cast", Token::function},
    {"char", Token::function},
    {"chr", Token::function},
    {"coalesce", Token::function},
    {"concat", Token::function},
    {"concat_ws", Token::function},
    {"convert", Token::function},
    {"count", Token::function},
    {"create", Token::verb},
    {"current_user", Token::function},
    {"database", Token::function},
    {"declare", Token::verb},
    {"delete", Token::verb},
    {"distinct", Token::keyword},
    {"div", Token::op},
    {"drop", Token::verb},
    {"else", Token::keyword},
    {"elt", Token::function},
    {"except", Token::set_operation},
    {"exec", Token::verb},
    {"execute", Token::verb},
    {"exists", Token::function},
    {"extractvalue", Token::function},
    {"from", Token::keyword},
    {"group", Token::clause},
    {"group_concat", Token::function},
    {"having", Token::clause},
    {"hex", Token::function},
    {"if", Token::function},
    {"ifnull", Token::function},
    {"in", Token::op},
    {"insert", Token::verb},
    {"intersect", Token::set_operation},
    {"into", Token::clause},
    {"is", Token::op},
    {"length", Token::function},
    {"like", Token::op},
    {"limit", Token::clause},
    {"load_file", Token::function},
    {"lower", Token::function},
    {"make_set", Token::function},
    {"merge", Token::verb},
    {"mid", Token::function},
    {"mod", Token::op},
    {"not", Token::keyword},
    {"null", Token::number},
    {"nvl", Token::function},
    {"or", Token::logic},
    {"ord", Token::function},
    {"order", Token::clause},
    {"pg_sleep", Token::function},
    {"procedure", Token::clause},
    {"randomblob", Token::function},
    {"regexp", Token::op},
    {"replace", Token::verb},
    {"rlike", Token::op},
    {"select", Token::verb},
    {"set", Token::keyword},
    {"shutdown", Token::wait},
    {"sleep", Token::function},
    {"sounds", Token::op},
    {"substr", Token::function},
    {"substring", Token::function},
    {"system_user", Token::function},
    {"table", Token::keyword},
    {"then", Token::keyword},
    {"truncate", Token::verb},
    {"unhex", Token::function},
    {"union", Token::set_operation},
    {"update", Token::verb},
    {"updatexml", Token::function},
    {"upper", Token::function},
    {"user", Token::function},
    {"utl_http", Token::function},
    {"utl_inaddr", Token::function},
    {"values", Token::keyword},
    {"version", Token::function},
    {"waitfor", Token::wait},
    {"when", Token::keyword},
    {"where", Token::keyword},
    {"xmltype", Token::function},
    {"xor", Token::logic},
});
static_assert(std::ranges::is_sorted(words, {}, &Word::text));

// Functions that no value of an application calls at its very start.
constexpr auto strong_functions = std::to_array<std::string_view>(
    {"benchmark", "extractvalue", "load_file", "pg_sleep", "sleep", "updatexml", "utl_http", "utl_inaddr", "xmltype"});

struct Lexeme {
  Token token = Token::name;
  std::string_view text;
  bool closed = true;  // of a string
};

// Words without which text outside of quotes injects nothing. A function has to be called, too.
constexpr bool carries(Token token) {
  return token == Token::set_operation || token == Token::verb || token == Token::wait || token == Token::logic ||
         token == Token::clause;
}
constexpr auto first_word = [] {  // by first letter
  std::array<std::uint8_t, 26> table{};
  for (std::size_t i = words.size(); i-- > 0;)
    table[static_cast<std::size_t>(words[i].text[0] - 'a')] = static_cast<std::uint8_t>(i);
  return table;
}();
// By first letter: the lengths of such words, a bit each.
constexpr auto lengths = [] {
  std::array<std::uint32_t, 26> table{};
  for (const Word& word : words) {
    if (carries(word.token)) table[static_cast<std::size_t>(word.text[0] - 'a')] |= 1u << word.text.size();
  }
  return table;
}();

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0' || c == '\xa0'; }
bool is_word(char c) {
  return is_digit(c) || is_letter(c) || c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}
bool same(std::string_view text, std::string_view lower) { return same_name(text, lower); }

class Reader {
 public:
  Reader(std::string_view text, char quote) : rest_(text) {
    if (quote != 0) add(string_to(quote));
    while (count_ < lexemes_.size() && skip_space()) add(next());
  }
  [[nodiscard]] std::span<const Lexeme> lexemes() const { return {lexemes_.data(), count_}; }

 private:
  void add(Lexeme lexeme) {
    // Signs before a number, and repeated operators, are one.
    if (lexeme.token == Token::op && count_ > 0 && lexemes_[count_ - 1].token == Token::op) return;
    if (lexeme.token == Token::keyword &&
        (same(lexeme.text, "not") || same(lexeme.text, "all") || same(lexeme.text, "distinct")))
      return;
    // NOW(), a parenthesis behind a name: a function call of any name.
    lexemes_[count_++] = lexeme;
  }

  // False at the end. Passes over comments that are closed, and into MySQL's conditional ones.
  bool skip_space() {
    while (!rest_.empty()) {
      if (is_space(rest_[0])) {
        rest_.remove_prefix(1);
      } else if (rest_.starts_with("/*!")) {
        rest_.remove_prefix(3);
        while (!rest_.empty() && is_digit(rest_[0])) rest_.remove_prefix(1);
      } else if (rest_.starts_with("*/")) {
        rest_.remove_prefix(2);
      } else if (rest_.starts_with("/*") && rest_.find("*/", 2) != std::string_view::npos) {
        rest_.remove_prefix(rest_.find("*/", 2) + 2);
      } else {
        return true;
      }
    }
    return false;
  }

  Lexeme take(Token token, std::size_t size) {
    const Lexeme lexeme{token, rest_.substr(0, size), true};
    rest_.remove_prefix(std::min(size, rest_.size()));
    return lexeme;
  }

  // Up to the closing quote; doubled and escaped ones belong to the string.
  Lexeme string_to(char quote) {
    std::size_t at = 0;
    while (at < rest_.size() && rest_[at] != quote) {
      at += rest_[at] == '\\' ? 2 : 1;
      while (at + 1 < rest_.size() && rest_[at] == quote && rest_[at + 1] == quote) at += 2;
    }
    const bool closed = at < rest_.size();
    Lexeme lexeme{Token::string, rest_.substr(0, std::min(at, rest_.size())), closed};
    rest_.remove_prefix(closed ? at + 1 : rest_.size());
    return lexeme;
  }

  Lexeme next() {
    const char c = rest_[0];
    switch (c) {
      case '\'':
      case '"':
      case '`':
        rest_.remove_prefix(1);
        return string_to(c);
      case '(':
        return take(Token::open, 1);
      case ')':
        return take(Token::close, 1);
      case ',':
        return take(Token::comma, 1);
      case ';':
        return take(Token::end_of_statement, 1);
      case '#':
        return take(Token::comment, rest_.size());
      case '@': {
        std::size_t end = rest_.find_first_not_of('@');
        while (end < rest_.size() && is_word(rest_[end])) ++end;
        return take(Token::variable, end);
      }
      default:
        break;
    }
    if (rest_.starts_with("--") && (rest_.size() == 2 || !is_digit(rest_[2])))
      return take(Token::comment, rest_.size());
    if (rest_.starts_with("/*")) return take(Token::comment, rest_.size());
    if (rest_.starts_with("&&") || rest_.starts_with("||")) return take(rest_[0] == '&' ? Token::logic : Token::op, 2);
    if (is_digit(c) || (c == '.' && rest_.size() > 1 && is_digit(rest_[1]))) return number();
    if (is_word(c) || c == '[') return word();
    return take(Token::op, 1);
  }

  Lexeme number() {
    std::size_t end = 1;
    if (rest_.size() > 2 && rest_[0] == '0' && http::lower(rest_[1]) == 'x') {
      end = 2;
      while (end < rest_.size() && http::hex_value(rest_[end]) >= 0) ++end;
    } else {
      while (end < rest_.size() && (is_digit(rest_[end]) || rest_[end] == '.')) ++end;
      // 1e0: a mantissa. 1st, 2nd …: a word.
      const std::size_t digits = end;
      while (end < rest_.size() && is_word(rest_[end])) ++end;
      const bool exponent = http::lower(rest_[digits < rest_.size() ? digits : 0]) == 'e' && end > digits;
      if (end > digits && !exponent && rest_[digits - 1] != '.') return take(Token::name, end);
    }
    return take(Token::number, end);
  }

  Lexeme word() {
    if (rest_[0] == '[') {
      const std::size_t end = rest_.find(']');
      return end == std::string_view::npos ? take(Token::op, 1) : take(Token::name, end + 1);
    }
    std::size_t end = 0;
    while (end < rest_.size() &&
           (is_word(rest_[end]) || (rest_[end] == '.' && end + 1 < rest_.size() && is_word(rest_[end + 1]))))
      ++end;
    std::array<char, 20> lower{};
    const std::string_view text = rest_.substr(0, end);
    if (text.size() > lower.size()) return take(Token::name, end);
    std::ranges::transform(text, lower.begin(), http::lower);
    const std::string_view name(lower.data(), text.size());
    if (name.starts_with("xp_") || name.starts_with("sp_")) return take(Token::wait, end);
    // n'…', x'…': a string with a prefix.
    if (text.size() == 1 && rest_.size() > 1 && rest_[1] == '\'' &&
        (name == "n" || name == "x" || name == "b" || name == "e")) {
      rest_.remove_prefix(2);
      return string_to('\'');
    }
    const auto found = std::ranges::lower_bound(words, name, {}, &Word::text);
    return take(found != words.end() && found->text == name ? found->token : Token::name, end);
  }

  std::string_view rest_;
  std::array<Lexeme, sqli_tokens> lexemes_;
  std::size_t count_ = 0;
};

class Shape {
 public:
  Shape(std::span<const Lexeme> lexemes, bool quoted) : all_(lexemes), quoted_(quoted) {}

  [[nodiscard]] const char* injection() const {
    if (all_.size() < 2) return nullptr;
    if (quoted_ && !all_[0].closed) return nullptr;
    const std::size_t after = operand(0);
    for (std::size_t i = 0; i + 1 < all_.size(); ++i) {
      if (is(i, Token::set_operation) &&
          (select(i + 1) || (is(i + 1, Token::open) && select(skip(i + 1, Token::open)))))
        return "union";
      if (is(i, Token::end_of_statement) && statement(i + 1)) return "stacked statement";
      if (is(i, Token::open) && i > 0 && subselect(i)) return "subselect";
    }
    if (statement(0)) return "statement";
    if (is(0, Token::function) && is(1, Token::open) && strong(0)) return "function";
    if (after == 0) return nullptr;
    if (is(after, Token::logic) && condition(after)) return "condition";
    if (is(after, Token::wait)) return "command";
    if (is(after, Token::clause) && clause(after)) return "clause";
    if (is(after, Token::op) && is(after + 1, Token::function) && is(after + 2, Token::open) &&
        (quoted_ || strong(after + 1)))
      return "function";
    if (!quoted_) return nullptr;
    if (is(after, Token::function) && is(after + 1, Token::open)) return "function";
    if (is(after, Token::comment)) return "comment";
    if (is(after, Token::end_of_statement) && (is(after + 1, Token::comment))) return "comment";
    return concatenated(after) ? "expression" : nullptr;
  }

 private:
  [[nodiscard]] bool is(std::size_t i, Token token) const { return i < all_.size() && all_[i].token == token; }
  [[nodiscard]] bool value(std::size_t i) const {
    return is(i, Token::number) || is(i, Token::string) || is(i, Token::name) || is(i, Token::variable);
  }
  [[nodiscard]] bool word(std::size_t i, std::string_view text) const {
    return i < all_.size() && same(all_[i].text, text);
  }
  [[nodiscard]] std::size_t skip(std::size_t i, Token token) const {
    while (is(i, token)) ++i;
    return i;
  }
  [[nodiscard]] bool strong(std::size_t i) const {
    return std::ranges::any_of(strong_functions, [&](std::string_view name) { return word(i, name); });
  }

  // Behind the first operand and what closes parentheses; 0 when there is none.
  [[nodiscard]] std::size_t operand(std::size_t i) const {
    if (is(i, Token::op)) ++i;  // -1
    if (!value(i)) return 0;
    return skip(i + 1, Token::close);
  }

  [[nodiscard]] bool select(std::size_t i) const { return word(i, "select") || word(i, "values"); }

  // "(select …" behind an operator, a comparison or the like.
  [[nodiscard]] bool subselect(std::size_t i) const {
    if (!word(i + 1, "select")) return false;
    return is(i - 1, Token::op) || is(i - 1, Token::logic) || is(i - 1, Token::comma) || is(i - 1, Token::open) ||
           is(i - 1, Token::function) || (quoted_ && i == 1);
  }

  // A statement that is more than a verb of prose.
  [[nodiscard]] bool statement(std::size_t i) const {
    if (is(i, Token::wait)) return i > 0 || word(i, "waitfor") || is(i + 1, Token::string);
    if (!is(i, Token::verb) || i + 1 >= all_.size()) return false;
    if (word(i, "select")) {
      if (is(i + 1, Token::op) || is(i + 1, Token::variable) || is(i + 1, Token::function) || is(i + 1, Token::string))
        return i > 0 || is(i + 2, Token::open) || from_within(i + 2, 4);
      return is(i + 1, Token::number)  ? (i > 0 || from_within(i + 2, 4) || is(i + 2, Token::comma))
             : is(i + 2, Token::comma) ? from_within(i + 3, 6)
                                       : is(i + 2, Token::keyword) && word(i + 2, "from") &&
                                             (i + 4 >= all_.size() || !is(i + 4, Token::name));
    }
    if (word(i, "insert") || word(i, "merge") || word(i, "replace"))
      return word(i + 1, "into") && is(i + 2, Token::name) &&
             (i > 0 || is(i + 3, Token::open) || word(i + 3, "values"));
    if (word(i, "delete")) return word(i + 1, "from") && is(i + 2, Token::name) && (i > 0 || word(i + 3, "where"));
    if (word(i, "update")) return is(i + 1, Token::name) && word(i + 2, "set") && is(i + 4, Token::op);
    if (word(i, "drop") || word(i, "alter") || word(i, "create") || word(i, "truncate"))
      return (is(i + 1, Token::keyword) || is(i + 1, Token::function) || word(i + 1, "view") || word(i + 1, "index")) &&
             (i > 0 || is(i + 3, Token::end_of_statement) || is(i + 3, Token::comment) || is(i + 3, Token::open));
    if (word(i, "declare")) return is(i + 1, Token::variable);
    return is(i + 1, Token::wait) || (i > 0 && (is(i + 1, Token::string) || is(i + 1, Token::open)));
  }
  [[nodiscard]] bool from_within(std::size_t i, std::size_t distance) const {
    for (std::size_t k = i; k < i + distance; ++k) {
      if (word(k, "from")) return true;
    }
    return false;
  }

  // What follows "and" is a condition and not the next word of a sentence.
  [[nodiscard]] bool condition(std::size_t logic) const {
    std::size_t i = logic + 1;
    const bool parenthesis = is(i, Token::open);
    i = skip(i, Token::open);
    if (is(i, Token::op)) ++i;
    if (select(i)) return true;
    if (is(i, Token::function) && is(i + 1, Token::open)) return true;
    if (!value(i)) return false;
    const std::size_t next = skip(i + 1, Token::close);
    const bool prose = is(0, Token::name) && !quoted_;
    if (is(next, Token::op) && !word(next, "is") && !word(next, "in")) {
      // A comparison of something.
      if (!value(next + 1) && !is(next + 1, Token::open) && !is(next + 1, Token::function)) return quoted_ && !prose;
      if (!prose) return true;
      return is(i, Token::number) || is(i, Token::string) || is(next + 1, Token::number) || is(next + 1, Token::string);
    }
    if (is(i, Token::name) && is(i + 1, Token::open)) return quoted_ || parenthesis;
    if (prose) return false;
    if (is(next, Token::comment) || is(next, Token::logic)) return quoted_ || is(i, Token::number);
    // "' or 1", "' or ''", "1 or 1".
    if (next < all_.size()) return false;
    return quoted_ ? is(i, Token::number) || is(i, Token::string)
                   : is(0, Token::number) && is(i, Token::number) && parenthesis;
  }

  [[nodiscard]] bool clause(std::size_t i) const {
    if (word(i, "order") || word(i, "group"))
      return word(i + 1, "by") && (quoted_ || is(0, Token::number) || all_[0].closed) && i + 2 < all_.size() &&
             !is(0, Token::name);
    if (word(i, "having")) return value(i + 1) && is(i + 2, Token::op);
    if (word(i, "limit")) return quoted_ && is(i + 1, Token::number);
    if (word(i, "into")) return word(i + 1, "outfile") || word(i + 1, "dumpfile");
    return word(i, "procedure") && is(i + 2, Token::open);
  }

  // "' = '", "'||x||'": an expression that closes a string and opens the next.
  [[nodiscard]] bool concatenated(std::size_t after) const {
    if (!is(after, Token::op) || all_.size() < after + 2) return false;
    const std::string_view sign = all_[after].text;
    const bool compares = sign == "=" || sign == "<" || sign == ">" || sign == "||" || sign == "|" || sign == "&" ||
                          sign == "!" || sign == "^" || same(sign, "like");
    if (is(after + 1, Token::string) && after + 2 >= all_.size()) return compares;
    if (is(after + 1, Token::string) && is(after + 2, Token::op)) return compares;
    const Lexeme& last = all_.back();
    return compares && last.token == Token::string && !last.closed && is(all_.size() - 2, Token::op) &&
           all_.size() > after + 3;
  }

  std::span<const Lexeme> all_;
  bool quoted_;
};

}  // namespace

std::optional<std::string_view> find_sqli(std::string_view value) noexcept {
  // A value without any of these is a word or a number.
  if ((traits_of(value) & (trait::quote | trait::shell | trait::comment | trait::space | trait::other |
                           trait::percent_plus | trait::slash | trait::ampersand)) == 0)
    return std::nullopt;
  for (const char quote : {'\0', '\'', '"'}) {
    if (quote != 0 && value.find(quote) == std::string_view::npos) continue;
    const Reader reader(value, quote);
    if (const char* found = Shape(reader.lexemes(), quote != 0).injection(); found != nullptr) return found;
  }
  return std::nullopt;
}

bool sqli_possible(std::string_view value) noexcept {
  for (std::size_t i = 0; i < value.size();) {
    const char c = value[i];
    if (c == '\'' || c == '"') return true;
    const char next = i + 1 < value.size() ? value[i + 1] : '\0';
    // A call; "&&"; "/*!" opens what is no comment; a word may follow a hexadecimal number at once.
    if (c == '(' || (c == '&' && next == '&') || (c == '/' && next == '*') || (c == '0' && lower(next) == 'x'))
      return true;
    if (!is_letter(c) && !is_digit(c) && c != '_') {
      ++i;
      continue;
    }
    std::size_t end = i + 1;
    while (end < value.size() && (is_letter(value[end]) || is_digit(value[end]) || value[end] == '_')) ++end;
    const std::string_view word = value.substr(i, end - i);
    i = end;
    const char first = lower(c);
    if (!is_lower(first)) continue;
    if (word.size() > 2 && word[2] == '_' && (first == 'x' || first == 's') && lower(word[1]) == 'p') return true;
    // "order.id" is one name.
    if (end + 1 < value.size() && value[end] == '.' && is_word(value[end + 1])) continue;
    if (word.size() >= 32 || (lengths[static_cast<std::size_t>(first - 'a')] >> word.size() & 1u) == 0) continue;
    for (std::size_t k = first_word[static_cast<std::size_t>(first - 'a')];
         k < words.size() && words[k].text[0] == first; ++k) {
      if (words[k].text.size() == word.size() && carries(words[k].token) && same(word, words[k].text)) return true;
    }
  }
  return false;
}

std::string sqli_needs() {
  std::string names;
  for (const Word& word : words) {
    if (carries(word.token)) names += (names.empty() ? "" : "|") + std::string(word.text);
  }
  return "['\"(]|&&|/\\*|0x|\\b[xs]p_|\\b(?:" + names + ")\\b(?:[^.]|\\.[^\\w$\\x80-\\xff])";
}

}  // namespace sallyport::match
