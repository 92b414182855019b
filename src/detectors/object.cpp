#include "detectors/object.hpp"

#include <array>

#include "detectors/search.hpp"

namespace sallyport::detectors {
namespace {

constexpr std::size_t max_lookup = 512;  // bytes of one look-up that are resolved

// Writes what Log4j would read: ${lower:x}, ${::-x}, ${env:NAME:-x} give x.
std::size_t resolve(std::string_view text, std::array<char, max_lookup>& out) {
  std::array<std::size_t, 32> opened{};  // where in `out` each look-up began
  std::size_t depth = 0;
  std::size_t size = 0;
  for (std::size_t i = 0; i < text.size() && size + 2 < out.size(); ++i) {
    if (text[i] == '$' && at(text, i + 1) == '{') {
      if (depth == opened.size()) break;
      opened[depth++] = size;
      out[size++] = '$';
      out[size++] = '{';
      ++i;
    } else if (text[i] == '}' && depth > 1) {
      // An inner one: keep its default, or its argument for lower and upper.
      const std::size_t begin = opened[--depth];
      const std::string_view inner(out.data() + begin + 2, size - begin - 2);
      auto value = inner;
      if (const auto fallback = inner.rfind(":-"); fallback != std::string_view::npos)
        value = inner.substr(fallback + 2);
      else if (const auto colon = inner.find(':'); colon != std::string_view::npos)
        value = inner.substr(colon + 1);
      const std::size_t length = value.size();
      std::copy(value.begin(), value.end(), out.begin() + static_cast<std::ptrdiff_t>(begin));
      size = begin + length;
    } else if (text[i] == '}') {
      break;
    } else {
      out[size++] = lower(text[i]);
    }
  }
  return size;
}

struct Sign {
  std::string_view text;
  Strength strength;
  bool starts;  // counts at the start of the value only
};
constexpr std::array<Sign, 30> signs = {{
    {"rO0AB", 9, false},
    {std::string_view("\xac\xed\x00\x05", 4), 9, false},
    {"aced0005", 8, true},
    {"ACED0005", 8, true},
    {"H4sIAAAAAAAAAJVS", 4, true},
    {"AAEAAAD/////", 9, false},
    {std::string_view("\x00\x01\x00\x00\x00\xff\xff\xff\xff", 9), 9, true},
    {"/wEyx", 5, true},
    {"BAhv", 7, true},
    {"BAh7", 6, true},
    {"\x04\x08o:", 8, true},
    {"\x04\x08{", 6, true},
    {"gASV", 8, true},
    {"gAJj", 8, true},
    {"\x80\x04\x95", 8, true},
    {"\x80\x02c", 8, true},
    {"_$$ND_FUNC$$_", 9, false},
    {"!!python/", 9, false},
    {"!ruby/", 8, false},
    {"!!javax.", 9, false},
    {"!!com.sun", 9, false},
    {"!!java.", 8, false},
    {"org.apache.commons.collections", 7, false},
    {"com.sun.rowset.JdbcRowSetImpl", 9, false},
    {"org.springframework.context.support.ClassPath", 9, false},
    {"com.sun.org.apache.xalan", 8, false},
    {"System.Windows.Data.ObjectDataProvider", 9, false},
    {"System.Diagnostics.Process", 7, false},
    {"ysoserial", 8, false},
    {"java.beans.XMLDecoder", 8, false},
}};

// O:4:"Name":1:{ and a:1:{i:0;… of PHP
bool php_object(std::string_view text, std::size_t i) {
  const char kind = text[i];
  if ((kind != 'O' && kind != 'C' && kind != 'a') || at(text, i + 1) != ':') return false;
  std::size_t j = i + 2;
  if (at(text, j) == '+') ++j;
  const std::size_t digits = j;
  while (is_digit(at(text, j))) ++j;
  if (j == digits || at(text, j) != ':') return false;
  if (kind == 'a')
    return at(text, j + 1) == '{' && (at(text, j + 2) == 'i' || at(text, j + 2) == 's') && at(text, j + 3) == ':';
  return at(text, j + 1) == '"';
}

// cos\nsystem\n, cposix\nsystem\n, c__builtin__\neval\n: protocol 0 of pickle
bool pickle(std::string_view text) {
  if (text.size() < 8 || text[0] != 'c') return false;
  const auto line = text.find('\n');
  if (line == std::string_view::npos || line > 32 || line < 2) return false;
  if (word_end(text, 1) != line && text.substr(1, line - 1).find('.') == std::string_view::npos) return false;
  const auto second = text.find('\n', line + 1);
  return second != std::string_view::npos && second - line < 32 && at(text, second + 1) == '(';
}

}  // namespace

void find_jndi(const Subject& subject, Findings& findings) noexcept {
  if (!subject.has_all(mark::dollar | mark::brace | mark::colon)) return;
  Search s(Attack::jndi, subject, findings);
  std::array<char, max_lookup> plain;
  int tried = 0;
  for (std::size_t i = s.text.find("${"); i != Search::npos && tried < 16; i = s.text.find("${", i + 2), ++tried) {
    const std::string_view read(plain.data(), resolve(s.text.substr(i), plain));
    const auto inner = read.substr(2);
    if (inner.find("jndi:") != Search::npos) return s.add(10, 6, "jndi_lookup", i, i + 48);
    for (const std::string_view prefix :
         {"env:", "sys:", "java:", "ctx:", "lower:", "upper:", "main:", "bundle:", "::-",
          "date:", "docker:", "k8s:", "log4j:", "script:", "url:", "dns:", "base64decoder:"}) {
      if (inner.starts_with(prefix)) {
        const bool runs = prefix == "script:" || prefix == "url:" || prefix == "dns:" || prefix == "base64decoder:";
        s.add(runs ? 8 : prefix == "date:" ? 3 : 5, 2, "jndi_nested_lookup", i, i + 48);
      }
    }
  }
}

void find_serialized(const Subject& subject, Findings& findings) noexcept {
  const auto text = subject.text();
  if (text.size() < 4) return;
  Search s(Attack::deserialization, subject, findings);
  const auto head = text.substr(0, 65536);
  const bool plain = subject.has(mark::dot | mark::bang | mark::dollar);
  for (const Sign& sign : signs) {
    if (sign.starts) {
      if (text.starts_with(sign.text) && (sign.strength < 9 || text.size() > 8))
        s.add(sign.strength, sign.strength, "serialized_object", 0, 24);
    } else if (sign.text.size() < 14 ? text.starts_with(sign.text) ||
                                           (plain && sign.text.size() > 5 && head.find(sign.text) != Search::npos)
                                     : plain && head.find(sign.text) != Search::npos) {
      s.add(sign.strength, 3, "serialized_object", 0, 24);
    }
  }
  if (subject.has_all(mark::colon | mark::brace | mark::digit)) {
    for (std::size_t i = 0, n = 0; i < head.size() && n < 64; ++i) {
      if (head[i] != ':' || i == 0) continue;
      ++n;
      if (i >= 2 && is_word(head[i - 2])) continue;
      if (php_object(head, i - 1)) s.add(head[i - 1] == 'a' ? (i == 1 ? 4 : 2) : 8, 3, "serialized_php", i - 1, i + 32);
    }
  }
  if (subject.has(mark::line) && pickle(text)) s.add(8, 4, "serialized_pickle", 0, 24);
  if (subject.has_all(mark::quote | mark::colon)) {
    // Types that a JSON reader would make: {"@type":"com.…"}, {"$type":"System.…"}
    for (const std::string_view key : {"\"@type\"", "\"$type\"", "\"@class\"", "'@type'"}) {
      const auto at = head.find(key);
      if (at != Search::npos && holds(head.substr(at, 64), ".")) s.add(5, 3, "serialized_type", at, at + 48);
    }
  }
}

void find_prototype(std::string_view name, Findings& findings) noexcept {
  if (name.size() < 9 || name.size() > 512) return;
  if (const auto at = find(name, "__proto__"); at != std::string_view::npos)
    return findings.add(Attack::prototype, 8, "prototype_key", name);
  if (const auto at = find(name, "constructor");
      at != std::string_view::npos && holds(name.substr(at + 11), "prototype")) {
    findings.add(Attack::prototype, 8, "prototype_key", name);
  }
}

}  // namespace sallyport::detectors
