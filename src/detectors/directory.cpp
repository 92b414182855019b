#include "detectors/directory.hpp"

#include <array>

#include "detectors/search.hpp"

namespace sallyport::detectors {
namespace {

// attr=, attr~=, attr>=, attr:=, attr:rule:= (RFC 4515 §3)
bool filter_item(std::string_view text, std::size_t i) {
  i = skip_space(text, i);
  const std::size_t begin = i;
  while (is_word(at(text, i)) || at(text, i) == '-' || at(text, i) == '.' || at(text, i) == ';') ++i;
  if (i == begin && at(text, i) != ':') return false;
  while (at(text, i) == ':') {
    ++i;
    while (is_word(at(text, i)) || at(text, i) == '.') ++i;
  }
  const char c = at(text, i);
  if (c == '=') return at(text, i + 1) != '=' && at(text, i + 1) != '>';
  return (c == '~' || c == '>' || c == '<') && at(text, i + 1) == '=';
}

bool filter(std::string_view text, std::size_t i) {
  i = skip_space(text, i);
  if (at(text, i) != '(') return false;
  const char op = at(text, i + 1);
  if (op == '&' || op == '|' || op == '!') {
    const std::size_t next = skip_space(text, i + 2);
    if (at(text, next) == ')') return true;  // absolute true and false, RFC 4526
    return at(text, next) == '(' && (filter_item(text, next + 1) || at(text, next + 1) == '&' ||
                                     at(text, next + 1) == '|' || at(text, next + 1) == '!');
  }
  return filter_item(text, i + 1);
}

// 2.5.13.18:= and :dn:=
void matching_rule(Search& s) {
  for (std::size_t i = s.text.find(":="), n = 0; i != Search::npos && n < 8; i = s.text.find(":=", i + 2), ++n) {
    std::size_t begin = i;
    std::size_t dots = 0;
    while (begin > 0 && (is_digit(s.text[begin - 1]) || s.text[begin - 1] == '.')) {
      --begin;
      dots += s.text[begin] == '.' ? 1 : 0;
    }
    if (dots >= 3) s.add(8, 4, "ldap_matching_rule", begin, i + 8);
    if (i >= 3 && same(s.text.substr(i - 3, 3), ":dn")) s.add(7, 3, "ldap_matching_rule", i - 3, i + 8);
  }
}

}  // namespace

void find_ldap(const Subject& subject, Findings& findings) noexcept {
  if (subject.has_all(mark::colon | mark::equals)) {
    Search s(Attack::ldap, subject, findings);
    matching_rule(s);
  }
  // A closing parenthesis has no mark of its own; filters need "=" or "*" anyway.
  if (!subject.has(mark::equals | mark::star | mark::pipe)) return;
  Search s(Attack::ldap, subject, findings);
  const auto text = s.text;
  if (subject.has(mark::paren)) {
    const std::size_t begin = skip_space(text, 0);
    const char op = at(text, begin + 1);
    if (at(text, begin) == '(' && (op == '&' || op == '|' || op == '!') && filter(text, begin)) {
      s.add(8, 4, "ldap_filter", begin, begin + 40);
    } else if (at(text, begin) == '(' && filter(text, begin) && text.back() == ')' && !subject.has(mark::space)) {
      s.add(5, 2, "ldap_filter", begin, begin + 40);
    }
  }
  int open = 0;
  int tried = 0;
  for (std::size_t i = 0; i < text.size() && tried < 64; ++i) {
    if (text[i] == '(') ++open;
    if (text[i] != ')') continue;
    --open;
    const bool unbalanced = open < 0;
    if (unbalanced) open = 0;
    const bool star = i > 0 && text[i - 1] == '*';
    ++tried;
    std::size_t next = skip_space(text, i + 1);
    while (at(text, next) == ')') next = skip_space(text, next + 1);
    if (at(text, next) == '(' && (unbalanced || star) && filter(text, next)) {
      s.add(star || at(text, next + 1) == '&' || at(text, next + 1) == '|' ? 8 : 7, 4, "ldap_breakout", i, next + 32);
    } else if (unbalanced && star && (next >= text.size() || at(text, next) == '\0')) {
      s.add(i <= 2 ? 6 : 5, 3, "ldap_breakout", i - 1, next);
    } else if (unbalanced && (at(text, next) == '&' || at(text, next) == '|') && at(text, next + 1) == '(') {
      s.add(7, 3, "ldap_breakout", i, next + 16);
    }
  }
}

void find_xpath(const Subject& subject, Findings& findings) noexcept {
  if (!subject.has(mark::quote | mark::slash | mark::colon | mark::paren)) return;
  Search s(Attack::xpath, subject, findings);
  const auto text = s.text;
  static constexpr std::array<std::string_view, 14> functions = {
      "count(/",     "string-length(/",    "substring(/",   "name(/",        "substring-before(",
      "position()=", "position() =",       "child::node()", "text()=",       "last()]",
      "//*[",        "string-length(name", "doc('",         "unparsed-text("};
  if (subject.has(mark::paren | mark::bracket)) {
    std::string_view which;
    if (const auto at = find_any(text.substr(0, 8192), functions, &which); at != Search::npos) {
      const bool broken = subject.has(mark::quote) && at > 0;
      s.add(broken ? 6 : 4, 2, "xpath_function", at, at + 32);
    }
  }
  static constexpr std::array<std::string_view, 12> axes = {"child::",      "parent::",
                                                            "ancestor::",   "ancestor-or-self::",
                                                            "descendant::", "descendant-or-self::",
                                                            "following::",  "following-sibling::",
                                                            "preceding::",  "preceding-sibling::",
                                                            "attribute::",  "self::"};
  if (subject.has(mark::colon)) {
    std::string_view which;
    if (const auto at = find_any(text.substr(0, 8192), axes, &which);
        at != Search::npos && (at == 0 || !is_word(text[at - 1]))) {
      const char after = detectors::at(text, at + which.size());
      if (after == '*' || after == 'n' || after == 't' || after == '/' || is_letter(after)) {
        const bool path = at > 0 && (text[at - 1] == '/' || text[at - 1] == '[' || text[at - 1] == '(');
        s.add(path || after == '*' || holds(text.substr(at, 40), "node()") ? 6 : 3, 2, "xpath_axis", at, at + 32);
      }
    }
  }
  // Leaving the predicate: '] | //*  ']/../*
  if (!subject.has(mark::quote)) return;
  int tried = 0;
  for (std::size_t i = 0; i < text.size() && tried < 16; ++i) {
    if (text[i] != '\'' && text[i] != '"') continue;
    ++tried;
    std::size_t j = skip_space(text, i + 1);
    if (at(text, j) == ')') j = skip_space(text, j + 1);
    if (at(text, j) != ']') continue;
    j = skip_space(text, j + 1);
    const auto rest = text.substr(j, 4);
    const std::size_t k = at(text, j) == '|' ? skip_space(text, j + 1) : j;
    if (rest.starts_with("//") || rest.starts_with("/..") || rest.starts_with("/*") ||
        (at(text, j) == '|' && (at(text, k) == '/' || at(text, k) == '*'))) {
      s.add(7, 3, "xpath_breakout", i, j + 24);
    }
  }
}

}  // namespace sallyport::detectors
