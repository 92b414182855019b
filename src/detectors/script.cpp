#include "detectors/script.hpp"

#include <algorithm>
#include <array>

#include "detectors/text.hpp"

namespace sallyport::detectors {
namespace {

constexpr std::size_t npos = std::string_view::npos;

// Functions that a payload calls.
constexpr auto sinks =
    words("alert", "atob", "confirm", "eval", "execscript", "fetch", "function", "import", "importscripts", "print",
          "prompt", "setinterval", "settimeout", "setimmediate", "unescape", "decodeuricomponent", "xmlhttprequest",
          "websocket", "find", "open", "write", "writeln", "sendbeacon", "postmessage", "$", "getscript",
          "insertadjacenthtml", "fromcharcode", "constructor", "createelement");
// Those that prove nothing when a whole value is only their call.
constexpr auto proofs =
    words("alert", "confirm", "eval", "prompt", "execscript", "setinterval", "settimeout", "function");
// Objects whose properties payloads read or set.
constexpr auto objects = words("document", "window", "self", "top", "parent", "frames", "globalthis", "location",
                               "localstorage", "sessionstorage", "this");
constexpr auto properties =
    words("cookie", "domain", "location", "write", "writeln", "body", "documentelement", "href", "eval", "alert",
          "name", "innerhtml", "constructor", "getitem", "defaultview", "url", "baseuri", "referrer", "createelement",
          "open", "hash", "prompt", "confirm", "settimeout", "origin");

// Between the name of a function and its arguments: (, ?.(, .call(, .apply(, .bind(, a template.
std::size_t call_begin(std::string_view text, std::size_t i) {
  i = skip_space(text, i);
  for (int hop = 0; hop < 3; ++hop) {
    while (text.substr(i, 2) == "/*") {
      const auto end = text.substr(i, 256).find("*/", 2);
      if (end == npos) break;
      i = skip_space(text, i + end + 2);
    }
    if (text.substr(i, 2) == "?.") i += 2;
    const char c = at(text, i);
    if (c == '(' || c == '`') return i;
    if (text.substr(i, 5) == "&lpar" || text.substr(i, 4) == "&#40") return i;
    if (c == ')') {  // (alert)(1)
      i = skip_space(text, i + 1);
      continue;
    }
    if (c != '.' && !is_letter(c)) return npos;
    const std::size_t begin = c == '.' ? i + 1 : i;
    const std::size_t end = word_end(text, begin);
    const auto word = text.substr(begin, end - begin);
    if (word != "call" && word != "apply" && word != "bind" && word != "constructor") return npos;
    i = skip_space(text, end);
  }
  return npos;
}

// document.cookie, window['alert'], top["al"+"ert"], self?.name
bool reads_object(std::string_view text, std::size_t end) {
  std::size_t i = skip_space(text, end);
  if (text.substr(i, 2) == "?.") ++i;
  if (at(text, i) == '.') {
    const std::size_t begin = skip_space(text, i + 1);
    return properties.has(text.substr(begin, word_end(text, begin) - begin));
  }
  if (at(text, i) == '[') {
    const char c = at(text, skip_space(text, i + 1));
    return is_quote(c) || c == '/' || c == '(' || c == '\\' || c == '8';
  }
  return false;
}

// A script without letters, as encoders of the JSFuck kind write it.
bool only_punctuation(std::string_view text) {
  if (text.size() < 24) return false;
  std::size_t brackets = 0;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == '(' || c == ')' || c == '!' || c == '+') {
      ++brackets;
    } else if (is_letter(c) || is_digit(c) || is_space(c)) {
      return false;
    }
  }
  return brackets * 10 >= text.size() * 9;
}

}  // namespace

Strength script_strength(std::string_view code) noexcept {
  code = code.substr(0, 2048);
  Strength best = 0;
  const auto keep = [&](Strength s) { best = std::max(best, s); };
  if (only_punctuation(code)) return 9;
  for (std::size_t i = 0; i < code.size();) {
    const char c = code[i];
    if (c == '\\' && (at(code, i + 1) == 'u' || at(code, i + 1) == 'x')) keep(6);
    if (c == '`' && i + 1 < code.size() && i > 0 && is_word(code[i - 1])) keep(5);
    if (!is_letter(c) && c != '$' && c != '_') {
      ++i;
      continue;
    }
    const std::size_t end = std::max(word_end(code, i), i + 1);
    const auto word = code.substr(i, end - i);
    if (proofs.has(word) && call_begin(code, end) != npos)
      keep(9);
    else if (sinks.has(word) && word != "$" && call_begin(code, end) != npos)
      keep(same(word, "print") || same(word, "open") || same(word, "find") ? 6 : 7);
    if (objects.has(word) && reads_object(code, end)) keep(same(word, "this") ? 4 : 8);
    if (same(word, "location") && at(code, skip_space(code, end)) == '=') keep(7);
    if (same(word, "javascript") && at(code, skip_space(code, end)) == ':') keep(8);
    if (same(word, "throw") || same(word, "onerror")) keep(5);
    // [1].find(alert), Array.from`1`, set.constructor
    if (proofs.has(word) && i > 0 && (code[i - 1] == '(' || code[i - 1] == '=' || code[i - 1] == ',')) keep(7);
    i = end;
  }
  return best;
}

namespace {

class ScriptSearch {
 public:
  ScriptSearch(const Subject& subject, Findings& findings) noexcept
      : subject_(subject), text_(subject.text()), findings_(findings) {}

  void run() noexcept {
    if (only_punctuation(text_)) add(8, 8, "script_encoded", 0, text_.size());
    const std::uint32_t calls = mark::paren | mark::tick | mark::bracket | mark::equals;
    if (subject_.has(mark::letter) && subject_.has(calls | mark::colon)) scan();
    if (subject_.has(mark::quote | mark::semicolon) && subject_.has(calls)) breakouts();
  }

 private:
  void add(Strength strength, Strength weak, std::string_view rule, std::size_t begin, std::size_t end) noexcept {
    findings_.add(Attack::script, subject_.told(begin) ? std::min(strength, weak) : strength, rule,
                  around(text_, begin, end));
  }

  void scan() noexcept {
    std::size_t i = 0;
    while (i < text_.size()) {
      if (!is_letter(text_[i])) {
        ++i;
        continue;
      }
      const std::size_t begin = i;
      i = word_end(text_, i);
      const std::size_t size = i - begin;
      const char first = lower(text_[begin]);
      if (size < 3 || size > 18) continue;
      switch (first) {
        case 'j':
        case 'v':
        case 'l':
          url(begin, i);
          break;
        case 'a':
        case 'c':
        case 'e':
        case 'p':
        case 's':
        case 'f':
        case 'x':
        case 'i':
        case 'd':
        case 'w':
        case 't':
        case 'g':
          break;
        default:
          continue;
      }
      const auto word = text_.substr(begin, size);
      if (proofs.has(word)) {
        proof(word, begin, i);
      } else if (objects.has(word)) {
        object(word, begin, i);
      } else if (same(word, "string") || same(word, "fromcharcode")) {
        if (holds(text_.substr(begin, 22), "fromcharcode(")) add(7, 3, "script_encoded", begin, begin + 40);
      } else if (same(word, "constructor")) {
        constructor(begin, i);
      }
    }
  }

  // javascript: at the start, or where an attribute, a header or a function takes a URL.
  void url(std::size_t begin, std::size_t end) noexcept {
    const auto word = text_.substr(begin, end - begin);
    if (!same(word, "javascript") && !same(word, "vbscript") && !same(word, "livescript")) return;
    const std::size_t colon = skip_space(text_, end);
    if (at(text_, colon) != ':') return;
    const bool starts = begin == 0 || skip_space(text_, 0) == begin;
    const char before = begin == 0 ? '\0' : text_[begin - 1];
    const auto code = text_.substr(colon + 1);
    const bool runs = code.find_first_of("(`=[;") != npos || begins(code, "//") || begins(code, "%0");
    if (!runs) return;
    const Strength inner = script_strength(code);
    if (starts) return add(inner >= 5 || !subject_.has(mark::space) ? 9 : 6, 3, "script_url", begin, begin + 40);
    if (is_quote(before) || before == '=' || before == '(' || before == '\n') {
      add(std::max<Strength>(inner, 5), inner >= 5 ? Strength{5} : Strength{3}, "script_url", begin, begin + 40);
    }
  }

  // alert(1) and its spellings: alone, or after what could have ended a string or statement.
  void proof(std::string_view word, std::size_t begin, std::size_t end) noexcept {
    const std::size_t call = call_begin(text_, end);
    if (call == npos) return;
    const bool general =
        same(word, "function") || same(word, "setinterval") || same(word, "settimeout") || same(word, "eval");
    const char argument = at(text_, skip_space(text_, call + 1));
    // alert (or a call) in a text; "function(a, b)" is everybody's.
    if (call > end && at(text_, end) == ' ' && is_letter(argument) && !holds(text_.substr(call, 24), "document"))
      return;
    if (same(word, "function") && !is_quote(argument)) return;
    const char before = begin == 0 ? '\0' : text_[begin - 1];
    if (before == '.' && general) return;
    const bool alone = begin == 0 || is_quote(text_[0]);
    const bool proves = is_digit(argument) || is_quote(argument) || argument == '/' || argument == '%' ||
                        argument == '\0' || argument == ')' || argument == '=' || argument == '`' ||
                        script_strength(text_.substr(call, 64)) >= 4 || text_.substr(end, call - end).find('.') != npos;
    if (alone && !general) return add(proves ? 7 : 5, 3, "script_call", begin, begin + 40);
    if (alone) return add(proves || same(word, "eval") ? 6 : 4, 3, "script_call", begin, begin + 40);
    const bool breaks = is_quote(before) || before == ';' || before == '-' || before == '+' || before == '*' ||
                        before == '/' || before == '>' || before == '=' || before == '(' || before == '}' ||
                        before == ')' || before == '|' || before == '^' || before == ',' || before == '!' ||
                        before == '~' || before == '&' || before == '{' || before == '\n' || before == '?' ||
                        before == ':';
    if (general) return add(breaks && proves ? 5 : 3, 2, "script_call", begin, begin + 40);
    add(breaks ? (proves ? 7 : 5) : (proves ? 4 : 3), 3, "script_call", begin, begin + 40);
  }

  void object(std::string_view word, std::size_t begin, std::size_t end) noexcept {
    if (!reads_object(text_, end)) return;
    if (same(word, "this") || same(word, "parent") || same(word, "top") || same(word, "self") ||
        same(word, "location")) {
      // Words of other languages too: only computed access tells.
      if (at(text_, end) == '[' && is_quote(at(text_, end + 1)) &&
          (script_strength(text_.substr(end, 48)) >= 4 || joined(text_.substr(end, 48)))) {
        add(5, 2, "script_object", begin, begin + 40);
      }
      return;
    }
    const auto member = text_.substr(end, 24);
    const bool secret = holds(member, "cookie") || holds(member, "storage");
    const bool computed = at(text_, end) == '[';
    // In the middle of a program it is the program's; joined to what is left of a statement it is not.
    const char before = begin == 0 ? '\0' : text_[begin - 1];
    const bool joined_on =
        before == '+' || before == '=' || before == '{' || before == '`' || before == '-' || before == '*';
    add(begin == 0 || joined_on ? (computed || secret ? 6 : 5)
        : computed              ? 5
                                : 4,
        3, "script_object", begin, begin + 40);
  }

  // ["al"+"ert"]( and ['a'](: a name put together, or called.
  static bool joined(std::string_view access) noexcept {
    const auto close = access.find(']');
    return close != npos &&
           (access.substr(0, close).find('+') != npos || at(access, close + 1) == '(' || at(access, close + 1) == '`');
  }

  // [].filter.constructor('alert(1)')(), {}.constructor.constructor
  void constructor(std::size_t begin, std::size_t end) noexcept {
    if (begin == 0 || (text_[begin - 1] != '.' && !is_quote(text_[begin - 1]))) return;
    const std::size_t next = skip_space(text_, end);
    const bool called = at(text_, next) == '(' && is_quote(at(text_, next + 1));
    const bool twice = begins(text_.substr(next), ".constructor");
    if (called || twice) add(8, 4, "script_call", begin, begin + 40);
  }

  // A quote or ; that ends something, then an operator, then a call of anything: '-f(1)-'
  void breakouts() noexcept {
    int tried = 0;
    for (std::size_t i = 0; i < text_.size() && tried < 8; ++i) {
      if (text_[i] != '\'' && text_[i] != '"') continue;
      ++tried;
      if (i > 0 && is_space(text_[i - 1]) && subject_.prose()) continue;
      std::size_t j = skip_space(text_, i + 1);
      while (at(text_, j) == ')' || at(text_, j) == '}' || at(text_, j) == ']') ++j;
      const char op = at(text_, j);
      if (op != '-' && op != '+' && op != '*' && op != '/' && op != ';' && op != '^' && op != '|' && op != '&' &&
          op != ',' && op != '?')
        continue;
      j = skip_space(text_, j + 1);
      if (at(text_, j) == op) j = skip_space(text_, j + 1);
      const std::size_t end = word_end(text_, j);
      if (end == j) continue;
      const auto word = text_.substr(j, end - j);
      const std::size_t call = call_begin(text_, end);
      const bool known = sinks.has(word) && call != npos;
      const bool object = objects.has(word) && reads_object(text_, end);
      if (known || object) add(8, 3, "script_breakout", i, j + 32);
    }
  }

  const Subject& subject_;
  std::string_view text_;
  Findings& findings_;
};

}  // namespace

void find_script(const Subject& subject, Findings& findings) noexcept {
  if (!subject.has(mark::paren | mark::tick | mark::bracket | mark::colon | mark::equals)) return;
  ScriptSearch(subject, findings).run();
}

}  // namespace sallyport::detectors
