#include "detectors/template.hpp"

#include <array>

#include "detectors/search.hpp"

namespace sallyport::detectors {
namespace {

// What no page's own placeholder reaches for.
constexpr std::array<std::string_view, 62> reaches = {
    "__class__",
    "__mro__",
    "__globals__",
    "__subclasses__",
    "__builtins__",
    "__import__",
    "__init__",
    "__base__",
    "__bases__",
    "__getattribute__",
    "getclass(",
    ".class.",
    "forname(",
    "runtime",
    ".exec(",
    "processbuilder",
    "java.lang",
    "java.util",
    "javax.",
    "classloader",
    "popen",
    "os.system",
    "subprocess",
    "system(",
    "config.items",
    "config.__",
    "self.__",
    "cycler.",
    "lipsum.",
    "joiner.",
    "request.application",
    "request.args",
    "get_flashed_messages",
    "url_for.",
    "_self.env",
    "registerundefinedfiltercallback",
    "getfilter(",
    "|filter(",
    "|map('",
    "|sort('",
    "|attr(",
    "freemarker.",
    "?new()",
    "?api",
    "constructor",
    "process.",
    "require(",
    "mainmodule",
    "@print",
    "phpinfo(",
    "file_get_contents",
    "shell_exec",
    "passthru(",
    "eval(",
    "t(java",
    "new java",
    "#context",
    "#_memberaccess",
    "@java.",
    "ognl.",
    "$class.",
    "%x(",
};

struct Form {
  std::string_view open;
  std::string_view close;
};
constexpr std::array<Form, 12> forms = {{
    {"{{", "}}"},
    {"${", "}"},
    {"#{", "}"},
    {"*{", "}"},
    {"@{", "}"},
    {"~{", "}"},
    {"%{", "}"},
    {"<%", "%>"},
    {"{%", "%}"},
    {"[[", "]]"},
    {"{=", "}"},
    {"@(", ")"},
}};

// 7*7, 7*'7', 1338+1, "a".concat("b"): computes without a name.
bool computes(std::string_view inner) {
  std::size_t i = 0;
  while (i < inner.size() && (is_space(inner[i]) || inner[i] == '=' || inner[i] == '(' || inner[i] == '-' ||
                              inner[i] == '{' || inner[i] == '$'))
    ++i;
  const char first = at(inner, i);
  if (!is_digit(first) && first != '\'' && first != '"') return false;
  if (is_digit(first)) {
    while (is_digit(at(inner, i)) || at(inner, i) == '.') ++i;
  } else {
    i = inner.find(first, i + 1);
    if (i == std::string_view::npos) return false;
    ++i;
    if (at(inner, i) == '.' || at(inner, i) == '|') return true;
  }
  i = skip_space(inner, i);
  const char op = at(inner, i);
  if (op != '*' && op != '+' && op != '-' && op != '/' && op != '%' && op != '~' && op != '^') return false;
  i = skip_space(inner, i + 1);
  if (at(inner, i) == op) i = skip_space(inner, i + 1);
  return is_digit(at(inner, i)) || is_quote(at(inner, i));
}

void judge(Search& s, std::size_t begin, const Form& form) {
  const std::size_t from = begin + form.open.size();
  const auto rest = s.text.substr(from, 512);
  const auto end = rest.find(form.close);
  const auto inner = rest.substr(0, end);
  if (inner.empty()) return;
  const std::size_t behind = from + inner.size() + form.close.size();
  std::string_view which;
  if (find_any(inner, reaches, &which) != Search::npos) return s.add(9, 4, "template_reach", begin, behind);
  if (end == Search::npos) return;
  if (computes(inner)) {
    // ${1+1} in prose is a question about templates; alone it is a probe.
    return s.add(7, 3, "template_expression", begin, behind);
  }
  const bool erb = form.open == "<%";
  if (erb) return s.add(6, 3, "template_expression", begin, behind);
  if (form.open == "{%") {
    const auto word = inner.substr(skip_space(inner, 0));
    if (begins(word, "import") || begins(word, "include") || begins(word, "extends") || begins(word, "debug"))
      s.add(5, 3, "template_directive", begin, behind);
    return;
  }
  const auto dot = skip_space(inner, 0);
  // {{config}}, {{self}}, {{settings.SECRET_KEY}}, {{dump(app)}}, #{…}, ${T(…)}
  if (form.open == "{{" && begin == 0 && behind >= s.text.size()) {
    const auto word = inner.substr(dot, word_end(inner, dot) - dot);
    for (const std::string_view known : {"config", "self", "settings", "app", "dump", "request", "debug", "cycler",
                                         "lipsum", "joiner", "namespace", "_self", "_context"}) {
      if (same(word, known)) return s.add(5, 2, "template_expression", begin, behind);
    }
  }
  if (begins(inner.substr(dot), "t(") || begins(inner.substr(dot), "new "))
    s.add(6, 3, "template_expression", begin, behind);
}

}  // namespace

void find_template(const Subject& subject, Findings& findings) noexcept {
  if (!subject.has(mark::brace | mark::angle | mark::bracket | mark::hash | mark::dollar | mark::paren)) return;
  Search s(Attack::template_, subject, findings);
  const auto text = s.text;
  int tried = 0;
  for (std::size_t i = 0; i + 2 < text.size() && tried < 64; ++i) {
    const char d = text[i + 1];
    if (d != '{' && d != '%' && d != '[' && d != '=' && d != '(') continue;
    for (const Form& form : forms) {
      if (text[i] == form.open[0] && d == form.open[1]) {
        ++tried;
        judge(s, i, form);
        break;
      }
    }
  }
  // Directives that need no braces: Freemarker, Velocity, Smarty, Razor, Thymeleaf's preprocessing.
  static constexpr std::array<std::string_view, 12> directives = {"<#assign", "<#include",    "<#import", "<#list",
                                                                  "<@",       "#set(",        "#set (",   "#evaluate(",
                                                                  "{php}",    "{include_php", "{fetch ",  "@{system."};
  if (subject.has(mark::hash | mark::at_sign | mark::brace)) {
    std::string_view which;
    const auto at = find_any(text.substr(0, 16384), directives, &which);
    if (at != Search::npos && which != "<@") s.add(which == "#set (" ? 5 : 7, 3, "template_directive", at, at + 40);
  }
  if (subject.has_all(mark::underscore | mark::dollar)) {
    const auto at = text.find("__${");
    if (at != Search::npos) s.add(8, 4, "template_expression", at, at + 40);
  }
}

}  // namespace sallyport::detectors
