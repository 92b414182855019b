#include "detectors/nosql.hpp"

#include <array>

#include "detectors/search.hpp"

namespace sallyport::detectors {
namespace {

constexpr auto scripted = words("$where", "$function", "$accumulator", "$eval", "$mapreduce", "$expr");
constexpr auto operators =
    words("$all", "$and", "$elemmatch", "$eq", "$exists", "$gt", "$gte", "$in", "$lt", "$lte", "$mod", "$ne", "$nin",
          "$nor", "$not", "$or", "$regex", "$size", "$text", "$type", "$options", "$lookup", "$unionwith", "$out",
          "$merge", "$set", "$unset", "$inc", "$push", "$pull", "$rename", "$natural", "$comment");
// Asked of these by comparison: a log-in without its secret.
constexpr auto secrets =
    words("user", "username", "user_name", "userid", "user_id", "login", "email", "mail", "pass", "passwd", "password",
          "pwd", "pin", "otp", "code", "token", "secret", "key", "api_key", "apikey", "access_token", "reset_token",
          "resettoken", "session", "sessionid", "auth", "account", "uid", "id", "_id", "captcha", "answer");
constexpr auto methods =
    words("find", "findone", "insert", "insertone", "insertmany", "update", "updateone", "remove", "drop", "deleteone",
          "deletemany", "save", "aggregate", "mapreduce", "eval", "dropdatabase", "createuser", "adduser", "count",
          "distinct", "getcollectionnames", "getcollection", "runcommand");

// $or: in a text, with or without quotes around it
void operators_in(Search& s) {
  int tried = 0;
  for (std::size_t i = s.text.find('$'); i != Search::npos && tried < 16; i = s.text.find('$', i + 1), ++tried) {
    const std::size_t end = word_end(s.text, i + 1);
    const auto word = s.text.substr(i, end - i);
    if (word.size() < 3) continue;
    std::size_t next = end;
    if (is_quote(at(s.text, next))) ++next;
    next = skip_space(s.text, next);
    const char after = at(s.text, next);
    if (after != ':' && after != ']') continue;
    if (scripted.has(word)) return s.add(8, 4, "nosql_script", i, i + 32);
    if (!operators.has(word)) continue;
    if (after == ']') {
      if (i > 0 && s.text[i - 1] == '[') s.add(6, 3, "nosql_operator", i, i + 16);
      continue;
    }
    // Behind a quote that ended something: ', $or: [ {}, …
    const auto before = s.text.substr(0, i);
    const std::size_t first = before.find_first_not_of(" \t");
    const bool breaks = first != Search::npos && (is_quote(before[first]) || before[first] == '}' ||
                                                  before[first] == ']' || before[first] == ',');
    s.add(breaks ? 7 : 5, 3, "nosql_operator", i, i + 32);
  }
}

// db.users.find( and this.password.match(
void calls(Search& s) {
  for (std::size_t i = find(s.text, "db."), n = 0; i != Search::npos && n < 8; i = find(s.text, "db.", i + 3), ++n) {
    if (i > 0 && (is_word(s.text[i - 1]) || s.text[i - 1] == '.')) continue;
    std::size_t at_name = i + 3;
    for (int part = 0; part < 4; ++part) {
      const std::size_t end = word_end(s.text, at_name);
      if (end == at_name) break;
      const auto word = s.text.substr(at_name, end - at_name);
      if (at(s.text, end) == '(') {
        if (methods.has(word)) s.add(7, 3, "nosql_script", i, i + 40);
        break;
      }
      if (at(s.text, end) != '.') break;
      at_name = end + 1;
    }
  }
  for (std::size_t i = find(s.text, "this."), n = 0; i != Search::npos && n < 8;
       i = find(s.text, "this.", i + 5), ++n) {
    const std::size_t end = word_end(s.text, i + 5);
    const auto field = s.text.substr(i + 5, end - i - 5);
    const std::size_t next = skip_space(s.text, end);
    const bool compared = s.text.substr(next, 2) == "==" || s.text.substr(next, 2) == "!=" ||
                          begins(s.text.substr(next), ".match(") || at(s.text, next) == '[';
    const char before = i == 0 ? '\0' : s.text[i - 1];
    if (compared && (secrets.has(field) || before == '|' || before == '&')) s.add(6, 2, "nosql_script", i, i + 32);
  }
}

// '; return true; var x='   ' || '1'=='1   ';sleep(5000);'   \'; while(true){}
void breakouts(Search& s) {
  int tried = 0;
  for (std::size_t i = 0; i < s.text.size() && tried < 4; ++i) {
    const char quote = s.text[i];
    if (quote != '\'' && quote != '"') continue;
    ++tried;
    std::size_t j = skip_space(s.text, i + 1);
    while (at(s.text, j) == ')' || at(s.text, j) == '}' || at(s.text, j) == ']') j = skip_space(s.text, j + 1);
    const auto op = s.text.substr(j, 2);
    if (op != "||" && op != "&&" && at(s.text, j) != ';') continue;
    const std::size_t k = skip_space(s.text, op[0] == ';' ? j + 1 : j + 2);
    const auto rest = s.text.substr(k, 48);
    const bool equal = rest.find("==") != Search::npos;
    const bool statement = begins(rest, "return ") || begins(rest, "return(") || begins(rest, "while(") ||
                           begins(rest, "sleep(") || begins(rest, "var ") || begins(rest, "throw ") ||
                           begins(rest, "function");
    if (op[0] == ';' && statement) s.add(7, 3, "nosql_breakout", i, k + 24);
    if (op[0] != ';' && equal && (is_digit(at(rest, 0)) || is_quote(at(rest, 0)) || begins(rest, "this.")))
      s.add(7, 3, "nosql_breakout", i, k + 24);
  }
}

}  // namespace

void find_nosql(const Subject& subject, Findings& findings) noexcept {
  Search s(Attack::nosql, subject, findings);
  if (subject.has(mark::dollar) && subject.has(mark::colon | mark::bracket)) operators_in(s);
  if (subject.has_all(mark::dot | mark::letter) && subject.has(mark::paren | mark::equals)) calls(s);
  if (subject.has(mark::quote) && subject.has(mark::semicolon | mark::pipe)) breakouts(s);
}

void find_nosql_key(std::string_view name, std::string_view field, Findings& findings) noexcept {
  if (name.size() < 3 || name[0] != '$') return;
  if (scripted.has(name)) return findings.add(Attack::nosql, same(name, "$expr") ? 4 : 9, "nosql_script", name);
  if (!operators.has(name)) return;
  findings.add(Attack::nosql, secrets.has(field) ? 8 : 2, "nosql_operator", name);
}

void find_nosql_name(std::string_view name, Findings& findings) noexcept {
  for (std::size_t i = name.find('$'); i != std::string_view::npos; i = name.find('$', i + 1)) {
    const std::size_t end = word_end(name, i + 1);
    const auto word = name.substr(i, end - i);
    const bool bracket = i > 0 && name[i - 1] == '[' && at(name, end) == ']';
    const bool dotted = i > 0 && name[i - 1] == '.';
    if (i != 0 && !bracket && !dotted) continue;
    if (scripted.has(word)) return findings.add(Attack::nosql, 9, "nosql_script", name);
    if (!operators.has(word)) continue;
    std::size_t begin = i > 0 ? i - 1 : 0;
    if (begin > 0 && name[begin - 1] == ']') --begin;
    const std::size_t field_end = begin;
    while (begin > 0 && is_word(name[begin - 1])) --begin;
    const bool secret = secrets.has(name.substr(begin, field_end - begin));
    // Ranges and sets are what open filters offer; not equal, patterns and existence are for guessing.
    const bool guess =
        same(word, "$ne") || same(word, "$regex") || same(word, "$nin") || same(word, "$exists") || same(word, "$not");
    findings.add(Attack::nosql, secret ? 8 : guess ? 5 : 3, "nosql_operator", name);
  }
}

}  // namespace sallyport::detectors
