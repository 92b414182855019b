#include "events/secret_scan.hpp"

#include <algorithm>
#include <span>
#include <string>

#include "base/ascii.hpp"
#include "base/base64.hpp"

namespace sallyport::events {
namespace {

enum Class : std::uint8_t {
  letter = 1,   // of base64, base64url and identifiers: [A-Za-z0-9+/_-]
  mark = 2,     // = : @
  escape = 4,   // % and backslash
  divider = 8,  // ends the name in front of = or :
  phrase = 16,  // says that a value is no form: pairs cannot be told apart by '&'
};

constexpr std::array<std::uint8_t, 256> classes = [] {
  std::array<std::uint8_t, 256> table{};
  const auto set = [&](std::string_view chars, std::uint8_t bit) {
    for (const char c : chars) table[static_cast<unsigned char>(c)] |= bit;
  };
  set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-", letter);
  set("=:@", mark);
  set("%\\", escape);
  set(" \t\r\n&;,?#=:{}()<>\"'/@|`", divider);
  set(" \t\"{", phrase);
  return table;
}();

bool is(char c, std::uint8_t bits) { return (classes[static_cast<unsigned char>(c)] & bits) != 0; }

bool any(std::string_view text, std::uint8_t bits) {
  std::uint8_t found = 0;
  for (const char c : text) found |= classes[static_cast<unsigned char>(c)];
  return (found & bits) != 0;
}

bool digit(char c) { return c >= '0' && c <= '9'; }
bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool lower(char c) { return c >= 'a' && c <= 'z'; }

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : hex_value(text[i]) < 0) return false;
  }
  return true;
}

// Long, and no word or usual id: mixed case and digits that change often, or at least 32 letters
// and digits in a row. UUIDs, ULIDs and 24 hex digits pass.
bool looks_random(std::string_view text) {
  if (text.size() < 20 || is_uuid(text)) return false;
  int changes = 0;
  int kinds = 0;
  int last = 0;
  std::size_t row = 0;
  int row_kinds = 0;
  bool long_row = false;
  for (const char c : text) {
    const int kind = upper(c) ? 1 : lower(c) ? 2 : digit(c) ? 4 : 0;
    if (kind == 0) {
      row = 0;
      row_kinds = 0;
      last = 0;
      continue;
    }
    ++row;
    row_kinds |= kind;
    long_row = long_row || (row >= 32 && (row_kinds & 4) != 0 && (row_kinds & 3) != 0);
    if (last != 0 && kind != last) ++changes;
    kinds |= kind;
    last = kind;
  }
  return long_row || (kinds == 7 && static_cast<std::size_t>(changes) * 3 >= text.size());
}

// Undoes one layer of percent-encoding, or of JSON's string escapes. False when nothing changed.
bool unescape(std::string_view text, std::string& out) {
  out.clear();
  bool changed = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      out.push_back(static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
      i += 2;
      changed = true;
    } else if (text[i] == '\\' && i + 5 < text.size() && text[i + 1] == 'u' && hex_value(text[i + 4]) >= 0 &&
               hex_value(text[i + 5]) >= 0) {
      out.push_back(static_cast<char>(hex_value(text[i + 4]) * 16 + hex_value(text[i + 5])));
      i += 5;
      changed = true;
    } else if (text[i] == '\\' && i + 1 < text.size()) {
      changed = true;  // the next one stands for itself
    } else {
      out.push_back(text[i]);
    }
  }
  return changed;
}

bool printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t' || c == '\n' || c == '\r';
  });
}

bool equals_lower(std::string_view text, std::string_view word) {
  return std::ranges::equal(text, word, [](char a, char b) { return (upper(a) ? a | 0x20 : a) == b; });
}

// Where a JWT may begin: 'J' is rare, so it is what is searched for.
std::size_t find_jwt(std::string_view text) {
  for (std::size_t at = text.find('J'); at != std::string_view::npos; at = text.find('J', at + 1)) {
    if (at >= 2 && text[at - 1] == 'y' && text[at - 2] == 'e') return at - 2;
  }
  return std::string_view::npos;
}

// Base64 of text begins with ASCII; of what is no base64 few words pass this.
bool front_is_text(std::string_view letters) {
  char front[16];
  const auto size = decode_base64(letters.substr(0, letters.size() < 12 ? 4 : 12), Base64::lenient, front);
  return size && std::ranges::all_of(front, front + *size, [](char c) {
           return (c >= 0x20 && c < 0x7f) || c == '\t' || c == '\n' || c == '\r';
         });
}

// Does the text end with the name of an authentication scheme?
bool after_scheme(std::string_view text) {
  if (text.empty()) return false;
  const auto ends_with = [text](std::string_view scheme) {
    return text.size() >= scheme.size() && equals_lower(text.substr(text.size() - scheme.size()), scheme);
  };
  switch (text.back() | 0x20) {  // no two schemes end alike
    case 'r':
      return ends_with("bearer");
    case 'c':
      return ends_with("basic");
    case 'n':
      return ends_with("token");
    case 't':
      return ends_with("digest");
    case 'p':
      return ends_with("dpop");
    case 'y':
      return ends_with("apikey");
    case 'e':
      return ends_with("negotiate");
    default:
      return false;
  }
}

// After a scheme: not a word of a sentence.
bool looks_like_credential(std::string_view text) {
  return text.size() >= 6 && (text.size() >= 20 || !std::ranges::all_of(text, lower));
}

// Could base64 of text begin in front or behind a slash?
bool has_text_front(std::string_view letters) {
  while (letters.size() >= 12) {
    if (front_is_text(letters)) return true;
    const std::size_t slash = letters.find('/');
    if (slash == std::string_view::npos) return false;
    letters.remove_prefix(slash + 1);
  }
  return false;
}

}  // namespace

void SecretParts::add(std::size_t begin, std::size_t end) {
  if (begin >= end) return;
  if (count_ == parts_.size()) {
    overflow_ = true;
    parts_.back().begin = std::min(parts_.back().begin, begin);
    return;
  }
  parts_[count_++] = {begin, end};
}

void SecretParts::finish(std::size_t text_size) {
  const std::span used(parts_.data(), count_);
  if (overflow_) used.back().end = text_size;
  std::ranges::sort(used, {}, &Part::begin);
  std::size_t kept = 0;
  for (const Part part : used) {
    if (kept != 0 && part.begin <= parts_[kept - 1].end) {
      parts_[kept - 1].end = std::max(parts_[kept - 1].end, part.end);
    } else {
      parts_[kept++] = part;
    }
  }
  count_ = kept;
}

bool worth_scanning(std::string_view text) {
  const char* at = text.data();
  std::size_t left = text.size();
  const auto telling = [](char c) {
    return static_cast<unsigned>(c == '=') | static_cast<unsigned>(c == ':') | static_cast<unsigned>(c == '@') |
           static_cast<unsigned>(c == '%') | static_cast<unsigned>(c == '\\');
  };
  unsigned found = 0;
  for (; left >= 16; left -= 16, at += 16) {
    for (std::size_t i = 0; i < 16; ++i) found |= telling(at[i]);
  }
  for (std::size_t i = 0; i < left; ++i) found |= telling(at[i]);
  if (found != 0) return true;
  if (text.size() < 12) return false;
  // A JWT, a scheme and its credential, or base64 as the whole value.
  return find_jwt(text) != std::string_view::npos || equals_lower(text.substr(0, 7), "bearer ") ||
         equals_lower(text.substr(0, 6), "basic ") ||
         (has_text_front(text) && std::ranges::all_of(text, [](char c) { return is(c, letter); }));
}

bool SecretScan::hidden(std::string_view coded, int depth) const {
  std::string plain;
  if (!unescape(coded, plain)) return false;
  if (depth >= max_depth) return true;
  SecretParts parts;
  layer(plain, depth + 1, parts);
  return !parts.empty();
}

bool SecretScan::hidden_in_base64(std::string_view letters, int depth) const {
  if (letters.size() < 12) return false;
  if (!front_is_text(letters)) return false;
  if (letters.size() % 4 == 1) letters.remove_suffix(1);  // cut text
  auto plain = decode_base64(letters, Base64::lenient);
  if (!plain || !printable(*plain)) return false;
  if (depth >= max_depth) return true;
  SecretParts parts;
  layer(*plain, depth + 1, parts);
  return !parts.empty();
}

// A run of base64 letters: a JWT, base64 of text, or a long random string.
void SecretScan::letters(std::string_view text, std::size_t begin, std::size_t end, int depth,
                         SecretParts& parts) const {
  const std::string_view run = text.substr(begin, end - begin);
  if (const std::size_t jwt = find_jwt(run); jwt != std::string_view::npos && run.size() - jwt >= 8) {
    std::size_t last = end;
    std::size_t dots = 0;
    while (last < text.size() && (is(text[last], letter) || text[last] == '.' || text[last] == '=')) {
      dots += text[last] == '.' ? 1 : 0;
      ++last;
    }
    if (dots >= 1 || (cut_ && depth == 0 && last == text.size()) || hidden_in_base64(run.substr(jwt), depth)) {
      parts.add(begin + jwt, last);
      return;
    }
  }
  if (kind_ == TextKind::query || kind_ == TextKind::path) {
    for (std::size_t from = 0; from < run.size();) {
      const std::size_t to = std::min(run.find_first_of("/+", from), run.size());
      if (looks_random(run.substr(from, to - from))) {
        parts.add(begin, end);
        return;
      }
      from = to + 1;
    }
  }
  // Base64 may begin after a slash that is no letter of it.
  int starts = 0;
  for (std::size_t from = 0; from + 12 <= run.size();) {
    if (hidden_in_base64(run.substr(from), depth) || ++starts > 16) {
      parts.add(begin + from, end);
      return;
    }
    const std::size_t slash = run.find('/', from);
    if (slash == std::string_view::npos) return;
    from = slash + 1;
  }
}

// At text[at] stands '=', ':' or '@'.
void SecretScan::assignment(std::string_view text, std::size_t begin, std::size_t at, std::size_t end,
                            SecretParts& parts) const {
  const char sign = text[at];
  std::size_t name_end = at;
  if (sign == '@') {  // user:password@host, or //user@host
    std::size_t from = at;
    bool colon = false;
    while (from > begin && (!is(text[from - 1], divider) || text[from - 1] == ':')) colon |= text[--from] == ':';
    if (from < at && (colon || (from >= 2 && text.substr(from - 2, 2) == "//"))) parts.add(from, at);
    return;
  }
  if (sign == ':' && text.substr(at + 1, 2) == "//") {
    if (cut_ && text.find_first_of("/?# \"'@", at + 3) == std::string_view::npos) parts.add(std::min(at + 3, end), end);
    return;
  }
  while (name_end > begin && (text[name_end - 1] == ' ' || text[name_end - 1] == '\\')) --name_end;
  std::size_t name = name_end;
  const bool quoted = name_end > begin && (text[name_end - 1] == '"' || text[name_end - 1] == '\'');
  if (quoted) {
    const char quote = text[--name_end];
    while (name_end > begin && text[name_end - 1] == '\\') --name_end;
    name = name_end;
    while (name > begin && text[name - 1] != quote && name_end - name <= 128) --name;
  } else {
    while (name > begin && !is(text[name - 1], divider) && name_end - name <= 128) --name;
  }
  if (name == name_end) return;
  const std::string_view word = text.substr(name, name_end - name);
  // "token: expired" of the gateway's own prose gives nothing away; "X-Api-Key: …" would.
  if (kind_ == TextKind::prose && sign == ':' && !quoted && text.substr(at + 1, 1) == " " &&
      std::ranges::all_of(word, lower) && !word.contains("pass") && !word.contains("secret"))
    return;
  if (names_.contain(word, kind_ == TextKind::query)) parts.add(at + 1, end);
}

void SecretScan::chunk(std::string_view text, std::size_t begin, std::size_t end, int depth, SecretParts& parts) const {
  const std::string_view whole = text.substr(0, end);
  std::size_t run = begin;  // start of the present run of letters
  std::size_t value = begin;
  bool assigned = false;
  bool escaped = false;
  for (std::size_t i = begin; i < end; ++i) {
    const std::uint8_t bits = classes[static_cast<unsigned char>(text[i])];
    if ((bits & letter) != 0) continue;
    if (i - run >= 12) letters(whole, run, i, depth, parts);
    run = i + 1;
    if ((bits & mark) != 0) {
      assignment(whole, begin, i, end, parts);
      if (text[i] == '=' && !assigned) {
        assigned = true;
        if (escaped && hidden(text.substr(begin, i - begin), depth)) parts.add(begin, end);
        value = i + 1;
        escaped = false;
      }
    } else if ((bits & escape) != 0) {
      escaped = true;
    } else if (text[i] == ' ') {
      const std::size_t from = i + 1;
      const std::size_t to = std::min(whole.find_first_of(" ,;\"'", from), end);
      if (after_scheme(whole.substr(begin, i - begin)) && looks_like_credential(whole.substr(from, to - from)))
        parts.add(from, to);
    }
  }
  if (end - run >= 12) letters(whole, run, end, depth, parts);
  if (escaped && hidden(text.substr(value, end - value), depth)) parts.add(value, end);
}

void SecretScan::layer(std::string_view text, int depth, SecretParts& parts) const {
  char separator = '&';
  switch (kind_) {
    case TextKind::query:
      break;
    case TextKind::path:
      separator = depth == 0 ? '/' : '&';
      break;
    case TextKind::value:
    case TextKind::prose:
      if (any(text, phrase)) separator = '\0';
      break;
  }
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = separator == '\0' ? text.size() : std::min(text.find(separator, begin), text.size());
    chunk(text, begin, end, depth, parts);
    if (depth > 0 && !parts.empty()) return;
    begin = end + 1;
  }
}

}  // namespace sallyport::events
