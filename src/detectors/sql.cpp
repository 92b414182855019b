#include "detectors/sql.hpp"

#include <algorithm>

#include "detectors/sql_grammar.hpp"
#include "detectors/text.hpp"

namespace sallyport::detectors {
namespace {

constexpr std::size_t npos = std::string_view::npos;

// Names that only a database's catalogue, administration or attack has.
constexpr auto catalogue =
    words("all_tables", "all_tab_columns", "dba_users", "dbms_ldap", "dbms_lock", "dbms_pipe", "dbms_xmlgen",
          "information_schema", "msysobjects", "openrowset", "opendatasource", "pg_catalog", "pg_read_file",
          "pg_shadow", "pg_sleep", "pg_user", "pg_ls_dir", "sp_addsrvrolemember", "sp_configure", "sp_executesql",
          "sp_makewebtask", "sp_oacreate", "sp_oamethod", "sqlite_master", "sqlite_schema", "sys_eval", "sys_exec",
          "sysobjects", "syscolumns", "sysdatabases", "user_tables", "user_tab_columns", "utl_file", "utl_http",
          "utl_inaddr", "xp_cmdshell", "xp_dirtree", "xp_fileexist", "xp_regread", "xp_regwrite", "ctxsys");

// What starts a floating pattern; the look-up below refuses other words by their first letter.
constexpr auto starters = words("and", "benchmark", "extractvalue", "having", "if", "into", "load_file", "or",
                                "randomblob", "select", "sleep", "union", "updatexml", "waitfor", "xor", "case", "elt",
                                "gtid_subset", "xmltype", "load", "char", "chr", "concat", "group_concat");

// Lengths of the words of interest by their first letter: most words of a text end here.
template <std::size_t N>
consteval void lengths_of(std::array<std::uint32_t, 26>& table, const Words<N>& list) {
  for (const auto word : list.list) table[static_cast<std::size_t>(word[0] - 'a')] |= 1u << word.size();
}
consteval std::array<std::uint32_t, 26> interesting_lengths() {
  std::array<std::uint32_t, 26> table{};
  lengths_of(table, catalogue);
  lengths_of(table, starters);
  return table;
}
constexpr auto interesting = interesting_lengths();

class SqlSearch {
 public:
  SqlSearch(const Subject& subject, Findings& findings) noexcept
      : subject_(subject), text_(subject.text()), findings_(findings) {}

  void run() noexcept {
    if (subject_.has(mark::quote)) {
      breakout('\'');
      breakout('"');
    }
    if (subject_.has(mark::tick) && !subject_.prose()) breakout('`');
    from_start();
    floating();
  }

 private:
  // `weak` is what is left when the place only tells about it.
  void add(Strength strength, Strength weak, std::string_view rule, std::size_t begin, std::size_t end) noexcept {
    findings_.add(Attack::sql, subject_.told(begin) ? std::min(strength, weak) : strength, rule,
                  around(text_, begin, end));
  }

  // The first quote of a kind ends the string that the value stands in; an apostrophe within a
  // word may have been escaped, then the first one after does.
  void breakout(char quote) noexcept {
    bool first = true;
    int tried = 0;
    for (std::size_t i = text_.find(quote); i != npos && tried < 4; i = text_.find(quote, i + 1)) {
      const char before = i == 0 ? '\0' : text_[i - 1];
      const char after = at(text_, i + 1);
      const bool apostrophe = i > 0 && is_letter(before) && is_letter(after);
      const bool escaped = before == '\\';
      if (first || (!apostrophe && !escaped)) {
        ++tried;
        // A quote after a space that prose opens, or a quote around all of it, ends nothing.
        const bool opening = i > 0 && (is_space(before) || before == '(') && !is_space(after) && subject_.prose();
        judge(read_sql(SqlLexer(text_, i + 1, quote), SqlContext::string), i, opening);
      }
      if (!apostrophe && !escaped) break;
      first = false;
    }
  }

  void judge(SqlReading reading, std::size_t begin, bool opening) noexcept {
    if (reading.strength == 0) return;
    Strength strength = reading.strength;
    const bool punctuation = reading.rule == "sql_comment" || reading.rule == "sql_concatenation";
    if (punctuation && (subject_.opaque() || begin == 0))
      strength = std::min<Strength>(strength, subject_.opaque() ? 2 : 4);
    // $('#menu'), ['--x']: a quote that opens.
    const char before = begin == 0 ? '\0' : text_[begin - 1];
    if (punctuation && (before == '(' || before == '[' || before == '=' || before == ',' || is_space(before))) {
      strength = std::min<Strength>(strength, 3);
    }
    if (opening || subject_.shown(begin)) strength = std::min<Strength>(strength, 3);
    // In prose only what cannot be a slip of the pen.
    if (subject_.prose() && strength < 7) strength = std::min<Strength>(strength, 3);
    findings_.add(Attack::sql, strength, reading.rule, around(text_, begin, reading.end));
  }

  // As a number or a name in a statement.
  void from_start() noexcept {
    SqlLexer lexer(text_, 0, '\0');
    SqlLexer before = lexer;
    SqlToken t = lexer.next();
    while (t == SqlToken::arithmetic && (lexer.token() == "-" || lexer.token() == "+" || lexer.token() == "~")) {
      before = lexer;
      t = lexer.next();
    }
    SqlReading reading;
    if (t == SqlToken::number || t == SqlToken::variable) {
      reading = read_sql(lexer, SqlContext::number);
    } else if (t == SqlToken::word && !sql_keyword(lexer.token())) {
      if (lexer.peek() == SqlToken::open) return;
      reading = read_sql(lexer, SqlContext::word);
    } else if (t == SqlToken::word || t == SqlToken::close || t == SqlToken::semicolon || t == SqlToken::logic) {
      reading = read_sql(before, SqlContext::number);
    }
    if (reading.strength == 0) return;
    if (subject_.told(0) && reading.strength < 9) reading.strength = std::min<Strength>(reading.strength, 3);
    findings_.add(Attack::sql, reading.strength, reading.rule, around(text_, 0, reading.end));
  }

  void floating() noexcept {
    std::size_t i = 0;
    char before = '\0';  // the last byte that is no space
    while (i < text_.size()) {
      const char c = text_[i];
      if (is_letter(c)) {
        const std::size_t end = word_end(text_, i);
        const std::size_t size = end - i;
        if (size < 32 && (interesting[static_cast<std::size_t>(lower(c) - 'a')] >> size & 1u) != 0) {
          word(i, end, before);
        }
        before = text_[end - 1];
        i = end;
        continue;
      }
      if (is_digit(c) || c == '_') {
        i = word_end(text_, i);
        before = '0';
        continue;
      }
      if (c == ';') {
        // After a quote or a bracket that ends something; a script has its verbs at its start.
        if (stacked_ < max_stacked && sql_statement(SqlLexer(text_, i + 1))) {
          ++stacked_;
          add(starts_with_verb() ? 3 : 7, 3, "sql_stacked", i, i + 40);
        }
      }
      if (!is_space(c)) before = c;
      ++i;
    }
  }

  [[nodiscard]] bool starts_with_verb() const noexcept { return sql_statement(SqlLexer(text_, 0)); }

  void word(std::size_t begin, std::size_t end, char before) noexcept {
    const auto word = text_.substr(begin, end - begin);
    if (catalogue.has(word)) {
      const bool used = at(text_, end) == '.' || at(text_, end) == '(' || holds(text_.substr(0, begin), "select") ||
                        holds(text_.substr(0, begin), "exec");
      if (catalogued_++ < max_stacked) add(used ? 8 : 4, used ? 4 : 2, "sql_catalogue", begin, end);
      return;
    }
    if (!starters.has(word)) return;
    SqlLexer lexer(text_, end);
    const bool call = text_[skip_space(text_, end) < text_.size() ? skip_space(text_, end) : end - 1] == '(';
    if (same(word, "union")) {
      union_(lexer, begin, before);
    } else if (same(word, "select")) {
      subquery(lexer, begin, before);
    } else if (same(word, "or") || same(word, "and") || same(word, "xor") || same(word, "having")) {
      tautology(lexer, begin);
    } else if (same(word, "waitfor")) {
      if (lexer.next() == SqlToken::word && same(lexer.token(), "delay") &&
          (lexer.next() == SqlToken::string || lexer.kind() == SqlToken::open_string) &&
          lexer.token().find(':') != npos) {
        add(9, 4, "sql_function", begin, lexer.position());
      }
    } else if (same(word, "into")) {
      if (lexer.next() == SqlToken::word && (same(lexer.token(), "outfile") || same(lexer.token(), "dumpfile")) &&
          (lexer.peek() == SqlToken::string || lexer.peek() == SqlToken::open_string)) {
        add(9, 4, "sql_outfile", begin, lexer.position());
      }
    } else if (same(word, "load")) {
      if (lexer.next() == SqlToken::word && same(lexer.token(), "data") && lexer.next() == SqlToken::word &&
          (same(lexer.token(), "local") || same(lexer.token(), "infile"))) {
        add(5, 3, "sql_outfile", begin, lexer.position());
      }
    } else if (call) {
      function(word, begin, end, before);
    } else if (same(word, "case")) {
      // case when 1=1 then: a condition that asks one bit at a time.
      if (lexer.next() == SqlToken::word && same(lexer.token(), "when") && read_sql_condition(lexer)) {
        add(starts_with_verb() ? 3 : 6, 3, "sql_function", begin, lexer.position());
      }
    }
  }

  static bool read_sql_condition(SqlLexer lexer) noexcept {
    const SqlToken first = lexer.next();
    return first == SqlToken::number || first == SqlToken::open || first == SqlToken::string;
  }

  void union_(SqlLexer lexer, std::size_t begin, char before) noexcept {
    bool noise = false;
    for (int i = 0; i < 4; ++i) {
      const SqlToken t = lexer.next();
      if (t == SqlToken::open) continue;
      if (t != SqlToken::word) return;
      noise = noise || lexer.commented();
      if (same(lexer.token(), "all") || same(lexer.token(), "distinct") || same(lexer.token(), "distinctrow")) continue;
      if (!same(lexer.token(), "select")) return;
      const int list = sql_select_list(lexer);
      if (list == 0 && !noise) return;
      const bool breaks = is_quote(before) || before == ')' || before == '0' || begin == 0;
      if (starts_with_verb() && !breaks) return add(3, 3, "sql_union", begin, lexer.position());
      return add(list == 2 || noise ? 9 : 4, breaks || noise ? 7 : 3, "sql_union", begin, lexer.position());
    }
  }

  void subquery(SqlLexer lexer, std::size_t begin, char before) noexcept {
    const int list = sql_select_list(lexer);
    if (list == 0) return;
    if (before == '(') {
      if (!starts_with_verb()) add(list == 2 ? 7 : 4, 3, "sql_subquery", begin, begin + 32);
    } else if (begin == 0 || before == ';') {
      add(3, 2, "sql_statement", begin, begin + 32);
    }
  }

  void tautology(SqlLexer lexer, std::size_t begin) noexcept {
    const auto constant = [](SqlToken t) { return t == SqlToken::number || t == SqlToken::string; };
    SqlToken left = lexer.next();
    for (int i = 0; i < 3 && left == SqlToken::open; ++i) left = lexer.next();
    if (left == SqlToken::open_string) return;
    if (left == SqlToken::word && sql_probe_function(lexer.token()) && lexer.peek() == SqlToken::open) {
      const auto call = lexer.token();
      lexer.next();
      const SqlToken argument = lexer.next();
      if (argument == SqlToken::close || (argument == SqlToken::number && lexer.peek() != SqlToken::word)) {
        add(same(call, "sleep") || same(call, "benchmark") ? 8 : 6, 3, "sql_function", begin, lexer.position());
      }
      return;
    }
    if (!constant(left)) return;
    const auto a = lexer.token();
    if (lexer.next() != SqlToken::compare && !(lexer.kind() == SqlToken::word && same(lexer.token(), "like"))) return;
    const SqlToken right = lexer.next();
    if (!constant(right) && right != SqlToken::open_string) return;
    // 1=1 decides nothing: it is there to be true.
    const bool alike = right == SqlToken::open_string || same_constant(a, lexer.token());
    if (starts_with_verb()) return add(3, 2, "sql_tautology", begin, lexer.position());
    add(alike ? 6 : 4, 3, "sql_tautology", begin, lexer.position());
  }

  static bool same_constant(std::string_view a, std::string_view b) noexcept {
    return a == b || (is_digit(a[0]) && is_digit(b[0]));
  }

  void function(std::string_view word, std::size_t begin, std::size_t end, char before) noexcept {
    SqlLexer lexer(text_, end);
    lexer.next();
    const SqlToken argument = lexer.next();
    const bool alone = begin == 0;
    const bool in_expression = is_quote(before) || before == '(' || before == ',' || before == '=' || before == '+' ||
                               before == '-' || before == '*' || before == '|' || before == '&' || before == '/';
    if (same(word, "sleep")) {
      // sleep(5) of SQL has one number; in a program it stands after a dot or ends a line.
      if (argument != SqlToken::number || lexer.next() != SqlToken::close) return;
      if (alone && lexer.peek() == SqlToken::end) return add(6, 3, "sql_function", begin, lexer.position());
      if (in_expression) add(starts_with_verb() ? 4 : 7, 3, "sql_function", begin, lexer.position());
    } else if (same(word, "benchmark") || same(word, "randomblob")) {
      if (argument == SqlToken::number) add(8, 3, "sql_function", begin, lexer.position());
    } else if (same(word, "extractvalue") || same(word, "updatexml") || same(word, "load_file") ||
               same(word, "gtid_subset") || same(word, "xmltype")) {
      if (argument != SqlToken::close) add(8, 4, "sql_function", begin, lexer.position());
    } else if (same(word, "if") || same(word, "elt")) {
      // if(1=1,sleep(5),0)
      for (int i = 0; i < 8; ++i) {
        const SqlToken t = lexer.next();
        if (t == SqlToken::end || t == SqlToken::other || t == SqlToken::semicolon) return;
        if (t == SqlToken::word && same(lexer.token(), "sleep") && lexer.peek() == SqlToken::open) {
          return add(8, 3, "sql_function", begin, lexer.position());
        }
      }
    } else if (same(word, "char") || same(word, "chr") || same(word, "concat") || same(word, "group_concat")) {
      // char(97,98,…): text without quotes. concat(0x7e, …)
      if (argument != SqlToken::number) return;
      const bool hex = lexer.token().size() > 2 && lower(lexer.token()[1]) == 'x';
      int numbers = 1;
      while (numbers < 4 && lexer.next() == SqlToken::comma && lexer.next() == SqlToken::number) ++numbers;
      if (hex || numbers >= 3) add(same(word, "concat") && !hex ? 2 : 6, 2, "sql_function", begin, lexer.position());
    }
  }

  static constexpr int max_stacked = 8;

  const Subject& subject_;
  std::string_view text_;
  Findings& findings_;
  int stacked_ = 0;
  int catalogued_ = 0;
};

}  // namespace

void find_sql(const Subject& subject, Findings& findings) noexcept {
  constexpr std::uint32_t separators = mark::space | mark::paren | mark::quote | mark::star | mark::plus |
                                       mark::semicolon | mark::pipe | mark::line | mark::control | mark::tick |
                                       mark::hash;
  if (!subject.has(separators)) return;
  if (!subject.has(mark::letter | mark::digit) && !subject.has(mark::quote)) return;
  SqlSearch(subject, findings).run();
}

}  // namespace sallyport::detectors
