// Long because a grammar is read as a whole: what may follow what in each dialect of SQL.
#include "detectors/sql_grammar.hpp"

#include "detectors/text.hpp"

namespace sallyport::detectors {
namespace {

constexpr int max_depth = 6;     // of parentheses in an operand
constexpr int max_steps = 24;    // operators of one continuation
constexpr int max_skipped = 64;  // tokens of a call's arguments

constexpr auto probe_functions =
    words("benchmark", "bfilename", "char_length", "current_database", "current_user", "database", "dbms_lock",
          "dbms_pipe", "extractvalue", "elt", "exp", "gtid_subset", "group_concat", "load_file", "load_extension",
          "make_set", "master_pos_wait", "name_const", "pg_read_file", "pg_sleep", "pg_ls_dir", "polygon", "randomblob",
          "session_user", "sleep", "system_user", "sys_eval", "sys_exec", "updatexml", "user", "utl_http", "utl_inaddr",
          "utl_smtp", "version", "xmltype", "row_count", "current_setting", "db_name", "has_dbaccess",
          "is_srvrolemember", "lo_import", "query_to_xml", "sqlite_version", "st_latfromgeohash");

constexpr auto ordinary_functions =
    words("abs", "ascii", "cast", "ceil", "char", "chr", "coalesce", "concat", "concat_ws", "convert", "count", "floor",
          "hex", "if", "ifnull", "iif", "instr", "left", "len", "length", "lower", "lpad", "md5", "mid", "nullif",
          "ord", "nvl", "rand", "repeat", "replace", "reverse", "right", "round", "rpad", "substr", "substring", "sum",
          "unhex", "upper", "unicode", "decode", "strcmp", "locate", "position");

constexpr auto likes = words("like", "rlike", "regexp", "ilike", "glob", "match", "similar", "sounds", "between", "in",
                             "is", "div", "mod", "isnull", "notnull", "escape", "collate");

constexpr auto objects = words("table", "database", "schema", "user", "login", "view", "procedure", "proc", "function",
                               "trigger", "index", "column", "role", "assembly", "sequence", "tablespace");

enum class Operand : std::uint8_t { none, constant, open_string, column, call, probe, subquery, variable };

constexpr bool is_constant(Operand o) { return o == Operand::constant || o == Operand::open_string; }

Operand operand(SqlLexer& lexer, int depth) noexcept;

// After "(" to behind its ")"; the end of the text closes it too.
void skip_arguments(SqlLexer& lexer) noexcept {
  int open = 1;
  for (int i = 0; i < max_skipped && open > 0; ++i) {
    const SqlToken t = lexer.next();
    if (t == SqlToken::end || t == SqlToken::open_string) return;
    if (t == SqlToken::open) ++open;
    if (t == SqlToken::close) --open;
  }
}

Operand word_operand(SqlLexer& lexer, int depth) noexcept {
  const auto word = lexer.token();
  if (same(word, "select")) return sql_select_list(lexer) > 0 ? Operand::subquery : Operand::none;
  if (same(word, "null") || same(word, "true") || same(word, "false")) return Operand::constant;
  if (same(word, "case")) {
    return lexer.peek() == SqlToken::word ? Operand::subquery : Operand::none;
  }
  if (same(word, "exists") && lexer.peek() == SqlToken::open) {
    lexer.next();
    return operand(lexer, depth + 1) == Operand::subquery ? Operand::subquery : Operand::none;
  }
  if (lexer.peek() == SqlToken::open) {
    const bool probe = sql_probe_function(word);
    const bool keyword = !ordinary_functions.has(word) && sql_keyword(word);
    if (keyword) return Operand::none;
    lexer.next();
    SqlLexer inside = lexer;
    skip_arguments(lexer);
    if (probe) return Operand::probe;
    // A call of anything that holds a probe or a subquery is one.
    for (int i = 0; i < max_skipped && inside.position() < lexer.position(); ++i) {
      if (inside.next() != SqlToken::word) continue;
      if (same(inside.token(), "select") && sql_select_list(inside) > 0) return Operand::subquery;
      if (sql_probe_function(inside.token()) && inside.peek() == SqlToken::open) return Operand::probe;
    }
    return Operand::call;
  }
  if (sql_keyword(word)) return Operand::none;
  Operand found = Operand::column;
  while (lexer.peek() == SqlToken::dot) {
    lexer.next();
    if (lexer.peek() != SqlToken::word) return Operand::none;
    lexer.next();
    if (lexer.peek() == SqlToken::open) {
      found = Operand::call;
      const bool probe = sql_probe_function(word) || sql_probe_function(lexer.token());
      lexer.next();
      skip_arguments(lexer);
      if (probe) return Operand::probe;
    }
  }
  return found;
}

Operand operand(SqlLexer& lexer, int depth) noexcept {
  if (depth > max_depth) return Operand::none;
  for (;;) {
    const SqlToken t = lexer.next();
    switch (t) {
      case SqlToken::number:
        return Operand::constant;
      case SqlToken::string:
        return Operand::constant;
      case SqlToken::open_string:
        return Operand::open_string;
      case SqlToken::variable:
        return Operand::variable;
      case SqlToken::arithmetic:
        if (lexer.token() == "*" || lexer.token() == "/" || lexer.token() == "%" || lexer.token() == "|") {
          return Operand::none;
        }
        continue;  // a sign
      case SqlToken::word:
        if (same(lexer.token(), "not") || same(lexer.token(), "all") || same(lexer.token(), "any")) continue;
        return word_operand(lexer, depth);
      case SqlToken::open: {
        const Operand inner = operand(lexer, depth + 1);
        if (inner == Operand::subquery || inner == Operand::probe) {
          skip_arguments(lexer);
          return inner;
        }
        if (inner == Operand::none) return Operand::none;
        if (lexer.peek() == SqlToken::close) {
          lexer.next();
          return inner;
        }
        SqlLexer rest = lexer;
        skip_arguments(lexer);
        for (int i = 0; i < max_skipped && rest.position() < lexer.position(); ++i) {
          if (rest.next() == SqlToken::word && rest.peek() == SqlToken::open && sql_probe_function(rest.token())) {
            return Operand::probe;
          }
        }
        return inner == Operand::open_string ? inner : Operand::constant;
      }
      case SqlToken::end:
      case SqlToken::compare:
      case SqlToken::logic:
      case SqlToken::close:
      case SqlToken::comma:
      case SqlToken::dot:
      case SqlToken::semicolon:
      case SqlToken::comment:
      case SqlToken::tight_comment:
      case SqlToken::other:
        return Operand::none;
    }
  }
}

bool comment(SqlToken t) { return t == SqlToken::comment || t == SqlToken::tight_comment; }

// A comparison operator, by sign or by word, is next: moves behind it.
bool comparison(SqlLexer& lexer) noexcept {
  SqlLexer copy = lexer;
  const SqlToken t = copy.next();
  if (t == SqlToken::word && same(copy.token(), "not") && copy.peek() == SqlToken::word) copy.next();
  if (t == SqlToken::compare || (copy.kind() == SqlToken::word && likes.has(copy.token()))) {
    lexer = copy;
    return true;
  }
  return false;
}

// Behind OR, AND, || and the like.
SqlReading condition(SqlLexer& lexer, SqlContext context) noexcept {
  const bool strict = context == SqlContext::word;
  const Operand left = operand(lexer, 0);
  const auto found = [&](Strength strength, std::string_view rule) {
    return SqlReading{strength, rule, lexer.position()};
  };
  switch (left) {
    case Operand::none:
      return {};
    case Operand::probe:
      return found(9, "sql_function");
    case Operand::subquery:
      return found(8, "sql_subquery");
    case Operand::variable:
      return found(strict ? 3 : 6, "sql_condition");
    case Operand::constant:
    case Operand::open_string:
    case Operand::column:
    case Operand::call:
      break;
  }
  while (lexer.peek() == SqlToken::arithmetic || lexer.peek() == SqlToken::close) {
    if (lexer.next() == SqlToken::close) continue;
    const Operand next = operand(lexer, 0);
    if (next == Operand::none) break;
    if (next == Operand::probe) return found(9, "sql_function");
    if (next == Operand::subquery) return found(8, "sql_subquery");
  }
  if (comparison(lexer)) {
    const bool listed = lexer.peek() == SqlToken::open;
    const Operand right = operand(lexer, 0);
    if (right == Operand::none && !listed) return {};
    if (right == Operand::probe || right == Operand::subquery) return found(9, "sql_subquery");
    if (is_constant(left) && is_constant(right)) return found(8, "sql_tautology");
    if (strict) return found(3, "sql_condition");
    const bool certain = is_constant(right) || is_constant(left) || left == Operand::call;
    return found(context == SqlContext::string ? (certain ? 6 : 5) : (certain ? 4 : 3), "sql_condition");
  }
  const SqlToken next = lexer.peek();
  if (is_constant(left)) {
    if (comment(next)) return found(strict ? 5 : 7, "sql_tautology");
    if (left == Operand::open_string) return found(strict ? 2 : 6, "sql_tautology");
    if (next == SqlToken::end) return found(context == SqlContext::string ? 5 : 2, "sql_tautology");
    if (next == SqlToken::semicolon) return found(context == SqlContext::string ? 5 : 2, "sql_tautology");
    return {};
  }
  if (comment(next) && !strict) return found(context == SqlContext::string ? 5 : 3, "sql_condition");
  return {};
}

SqlReading clause(SqlLexer& lexer, SqlContext context) noexcept {
  const auto word = lexer.token();
  const auto found = [&](Strength strength, std::string_view rule) {
    return SqlReading{strength, rule, lexer.position()};
  };
  if (same(word, "union") || same(word, "except") || same(word, "intersect") || same(word, "minus")) {
    const bool noise = lexer.commented();
    while (lexer.peek() == SqlToken::open || lexer.peek() == SqlToken::word) {
      if (lexer.next() == SqlToken::open) continue;
      if (same(lexer.token(), "select")) {
        const int list = sql_select_list(lexer);
        if (list == 0 && !lexer.commented()) return {};
        return found(list == 2 || lexer.commented() || noise || context == SqlContext::string ? 9 : 5, "sql_union");
      }
      if (same(lexer.token(), "values") || same(lexer.token(), "table")) return found(5, "sql_union");
      if (!same(lexer.token(), "all") && !same(lexer.token(), "distinct") && !same(lexer.token(), "distinctrow"))
        return {};
    }
    return {};
  }
  if (same(word, "order") || same(word, "group")) {
    if (lexer.next() != SqlToken::word || !same(lexer.token(), "by")) return {};
    const SqlToken what = lexer.next();
    if (what == SqlToken::number) return found(context == SqlContext::word ? 4 : 7, "sql_order_by");
    const SqlToken after = lexer.peek();
    if (comment(after)) return found(6, "sql_order_by");
    if (what == SqlToken::word && after == SqlToken::word) {
      lexer.next();
      if (same(lexer.token(), "having")) return found(7, "sql_order_by");
    }
    return {};
  }
  if (same(word, "having") || same(word, "where")) {
    SqlReading inner = condition(lexer, context);
    if (inner.strength > 0 && context != SqlContext::string) inner.strength = static_cast<Strength>(inner.strength - 2);
    return inner;
  }
  if (same(word, "limit") && lexer.next() == SqlToken::number) {
    const bool closes = comment(lexer.peek()) || (context == SqlContext::string && lexer.peek() == SqlToken::comma);
    return found(closes ? 6 : 3, "sql_order_by");
  }
  if (same(word, "into") && lexer.next() == SqlToken::word &&
      (same(lexer.token(), "outfile") || same(lexer.token(), "dumpfile"))) {
    return found(9, "sql_outfile");
  }
  if (same(word, "procedure") && lexer.next() == SqlToken::word && same(lexer.token(), "analyse")) {
    return found(8, "sql_function");
  }
  if (same(word, "waitfor") && lexer.next() == SqlToken::word && same(lexer.token(), "delay")) {
    return found(lexer.peek() == SqlToken::string || lexer.peek() == SqlToken::open_string ? 9 : 0, "sql_function");
  }
  return {};
}

}  // namespace

bool sql_probe_function(std::string_view word) noexcept { return probe_functions.has(word); }

int sql_select_list(SqlLexer lexer) noexcept {
  for (int i = 0; i < max_skipped; ++i) {
    const SqlToken t = lexer.next();
    switch (t) {
      case SqlToken::number:
      case SqlToken::variable:
      case SqlToken::string:
      case SqlToken::open_string:
        return 2;
      case SqlToken::open:
        return 2;
      case SqlToken::arithmetic: {
        if (lexer.token() != "*") continue;
        const SqlToken after = lexer.next();
        return after == SqlToken::word && same(lexer.token(), "from") ? 2 : 1;
      }
      case SqlToken::word: {
        const auto word = lexer.token();
        if (same(word, "null") || same(word, "case") || same(word, "exists")) return 2;
        if (same(word, "distinct") || same(word, "all") || same(word, "top")) continue;
        if (sql_keyword(word) && !ordinary_functions.has(word)) return 0;
        const std::size_t word_ends = lexer.position();
        const SqlToken after = lexer.next();
        if (after == SqlToken::dot || after == SqlToken::logic) return 2;
        if (after == SqlToken::arithmetic) return lexer.token() == "&" ? 0 : 1;
        // Calls stand together: "Select Committee (final)" is none.
        if (after == SqlToken::open)
          return lexer.begin() == word_ends || ordinary_functions.has(word) || probe_functions.has(word) ? 2 : 0;
        if (after == SqlToken::comma) {
          // A list: "a, b from c" is SQL, "a, and then" is not.
          for (int more = 0; more < max_skipped; ++more) {
            const SqlToken item = lexer.next();
            if (item == SqlToken::end || item == SqlToken::other) return more > 0 ? 1 : 0;
            if (item == SqlToken::number || comment(item)) return 2;
            if (item == SqlToken::word && same(lexer.token(), "from")) return 2;
            if (item == SqlToken::word && (same(lexer.token(), "null") || lexer.peek() == SqlToken::open)) return 2;
          }
          return 1;
        }
        if (after == SqlToken::word && same(lexer.token(), "from")) {
          return lexer.next() == SqlToken::word ? 2 : 1;
        }
        if (comment(after)) return 2;
        return 0;
      }
      case SqlToken::end:
      case SqlToken::compare:
      case SqlToken::logic:
      case SqlToken::close:
      case SqlToken::comma:
      case SqlToken::dot:
      case SqlToken::semicolon:
      case SqlToken::comment:
      case SqlToken::tight_comment:
      case SqlToken::other:
        return 0;
    }
  }
  return 0;
}

bool sql_statement(SqlLexer lexer) noexcept {
  if (lexer.next() != SqlToken::word) return false;
  const auto verb = lexer.token();
  const SqlToken next = lexer.next();
  const auto object = next == SqlToken::word ? lexer.token() : std::string_view();
  if (same(verb, "drop") || same(verb, "create") || same(verb, "alter") || same(verb, "truncate")) {
    return objects.has(object) && lexer.peek() == SqlToken::word;
  }
  if (same(verb, "insert") || same(verb, "replace")) return same(object, "into") && lexer.peek() == SqlToken::word;
  if (same(verb, "delete")) return same(object, "from") && lexer.peek() == SqlToken::word;
  if (same(verb, "update"))
    return next == SqlToken::word && lexer.next() == SqlToken::word && same(lexer.token(), "set");
  if (same(verb, "exec") || same(verb, "execute")) {
    return begins(object, "xp_") || begins(object, "sp_") || same(object, "immediate") || same(object, "master") ||
           next == SqlToken::variable || next == SqlToken::open || next == SqlToken::string;
  }
  if (same(verb, "declare")) return next == SqlToken::variable;
  if (same(verb, "waitfor")) return same(object, "delay") && lexer.peek() != SqlToken::word;
  if (same(verb, "shutdown")) return next == SqlToken::end || comment(next) || next == SqlToken::semicolon;
  if (same(verb, "grant") || same(verb, "revoke"))
    return same(object, "all") || same(object, "select") || same(object, "dba");
  if (same(verb, "copy"))
    return next == SqlToken::word && lexer.next() == SqlToken::word &&
           (same(lexer.token(), "from") || same(lexer.token(), "to"));
  if (same(verb, "attach") || same(verb, "use")) return same(object, "database") || same(object, "master");
  if (same(verb, "select")) {
    SqlLexer list(lexer);
    if (next == SqlToken::number || next == SqlToken::string || next == SqlToken::variable) return true;
    if (next == SqlToken::arithmetic) return list.next() == SqlToken::word && same(list.token(), "from");
    if (next == SqlToken::word) {
      const SqlToken after = list.next();
      return after == SqlToken::open || (after == SqlToken::word && same(list.token(), "from"));
    }
  }
  return false;
}

SqlReading read_sql(SqlLexer lexer, SqlContext context) noexcept {
  const bool quoted = context == SqlContext::string;
  SqlReading best;
  const auto keep = [&](SqlReading reading) {
    if (reading.strength > best.strength) best = reading;
  };
  bool first = true;
  for (int step = 0; step < max_steps; ++step, first = false) {
    const SqlToken t = lexer.next();
    switch (t) {
      case SqlToken::close:
        continue;
      case SqlToken::comment:
        if (quoted && first) keep({5, "sql_comment", lexer.position()});
        if (!first) keep({quoted ? Strength{5} : Strength{3}, "sql_comment", lexer.position()});
        return best;
      case SqlToken::tight_comment:
        if (quoted) keep({3, "sql_comment", lexer.position()});
        return best;
      case SqlToken::semicolon:
        if (sql_statement(lexer)) {
          keep({context == SqlContext::word ? Strength{6} : Strength{9}, "sql_stacked", lexer.position()});
          return best;
        }
        if (quoted && comment(lexer.peek())) {
          keep({lexer.peek() == SqlToken::comment ? Strength{5} : Strength{3}, "sql_comment", lexer.position()});
        }
        return best;
      case SqlToken::logic: {
        // "||" joins strings in most dialects.
        const bool joins = lexer.token() == "||";
        SqlLexer ahead = lexer;
        SqlReading inner = condition(ahead, context);
        if (joins && inner.strength < 7) {
          ahead = lexer;
          const Operand what = operand(ahead, 0);
          if (what == Operand::none || what == Operand::column) return best;
          inner = {quoted ? (what == Operand::call ? Strength{5} : Strength{4}) : Strength{2}, "sql_concatenation",
                   ahead.position()};
        }
        if (inner.strength == 0) return best;
        keep(inner);
        lexer = ahead;
        continue;
      }
      case SqlToken::arithmetic: {
        const bool star = lexer.token() == "*";
        const Operand what = operand(lexer, 0);
        if (what == Operand::probe) keep({9, "sql_function", lexer.position()});
        if (what == Operand::subquery) keep({8, "sql_subquery", lexer.position()});
        if (what == Operand::call && quoted) keep({4, "sql_concatenation", lexer.position()});
        if (is_constant(what) && quoted && !star) keep({3, "sql_concatenation", lexer.position()});
        if (what == Operand::none || what == Operand::column) return best;
        continue;
      }
      case SqlToken::compare: {
        const bool listed = lexer.peek() == SqlToken::open;
        const Operand right = operand(lexer, 0);
        if (right == Operand::probe || right == Operand::subquery) keep({9, "sql_subquery", lexer.position()});
        if (quoted && is_constant(right)) keep({6, "sql_tautology", lexer.position()});
        if (quoted && right == Operand::call && !listed) keep({5, "sql_condition", lexer.position()});
        // 5 < 6: arithmetic, in a value that nothing was left of.
        if (!quoted || right == Operand::none || right == Operand::column) return best;
        continue;
      }
      case SqlToken::word: {
        const auto word = lexer.token();
        if (same(word, "or") || same(word, "and") || same(word, "xor")) {
          const SqlReading inner = condition(lexer, context);
          if (inner.strength == 0) return best;
          keep(inner);
          if (lexer.commented() && inner.strength >= 3) keep({8, inner.rule, inner.end});
          continue;
        }
        if (quoted && likes.has(word)) {
          const Operand right = operand(lexer, 0);
          if (is_constant(right))
            keep({same(word, "in") || same(word, "is") ? Strength{4} : Strength{6}, "sql_condition", lexer.position()});
          if (right == Operand::probe || right == Operand::subquery) keep({9, "sql_subquery", lexer.position()});
          if (right == Operand::none) return best;
          continue;
        }
        keep(clause(lexer, context));
        return best;
      }
      case SqlToken::comma: {
        // A further item of a list: values('x', (select …
        const Operand what = operand(lexer, 0);
        if (what == Operand::probe || what == Operand::subquery) keep({8, "sql_subquery", lexer.position()});
        if (what == Operand::none) return best;
        continue;
      }
      case SqlToken::string:
      case SqlToken::open_string:
        // 'a' 'b': adjacent strings are one.
        if (!quoted || first) return best;
        continue;
      case SqlToken::number:
      case SqlToken::variable:
      case SqlToken::open:
      case SqlToken::dot:
      case SqlToken::other:
      case SqlToken::end:
        return best;
    }
  }
  return best;
}

}  // namespace sallyport::detectors
