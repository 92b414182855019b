#include "match/xss.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/ascii.hpp"
#include "http/characters.hpp"

namespace sallyport::match {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0'; }

// Equal in any case; NUL bytes in the text are passed over, as some browsers did.
bool same(std::string_view text, std::string_view lower) {
  std::size_t k = 0;
  for (const char c : text) {
    if (c == '\0') continue;
    if (k == lower.size() || http::lower(c) != lower[k]) return false;
    ++k;
  }
  return k == lower.size();
}
bool begins(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && same(text.substr(0, lower.size()), lower);
}
template <std::size_t N>
bool one_of(std::string_view text, const std::array<std::string_view, N>& set) {
  return std::ranges::any_of(set, [text](std::string_view name) { return same(text, name); });
}

constexpr auto bad_tags = std::to_array<std::string_view>(
    {"applet", "base",     "comment", "embed",    "frame",  "frameset", "handler", "iframe",   "import", "isindex",
     "link",   "listener", "meta",    "noscript", "object", "script",   "style",   "vmlframe", "xml",    "xss"});

// Attributes whose value is a URL that may run script.
constexpr auto url_attributes =
    std::to_array<std::string_view>({"action", "background", "data", "dynsrc", "formaction", "folder", "from",
                                     "handler", "href", "lowsrc", "poster", "src", "to", "values", "xlink:href", "by"});
// Attributes that are enough by themselves.
constexpr auto bad_attributes =
    std::to_array<std::string_view>({"datasrc", "dataformatas", "filter", "style", "xmlns", "srcdoc", "fscommand"});

bool bad_tag(std::string_view name) {
  if (name.size() < 3) return false;
  if (const std::size_t colon = name.find(':');
      colon != std::string_view::npos && one_of(name.substr(colon + 1), bad_tags))
    return true;
  return one_of(name, bad_tags) || begins(name, "svg") || begins(name, "xsl");
}

// A URL whose scheme runs script, behind white space, control bytes and character references.
bool bad_url(std::string_view url) {
  std::array<char, 16> letters{};
  std::size_t count = 0;
  for (std::size_t i = 0; i < url.size() && count < letters.size(); ++i) {
    char c = url[i];
    if (c == '&' && i + 2 < url.size() && url[i + 1] == '#') {
      const bool hex = http::lower(url[i + 2]) == 'x';
      unsigned code = 0;
      std::size_t k = i + (hex ? 3 : 2);
      for (; k < url.size() && http::hex_value(url[k]) >= 0 && (hex || http::hex_value(url[k]) < 10); ++k)
        code = (code * (hex ? 16 : 10) + static_cast<unsigned>(http::hex_value(url[k]))) & 0xffff;
      i = k < url.size() && url[k] == ';' ? k : k - 1;
      c = static_cast<char>(code);
    }
    if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f) continue;
    letters[count++] = http::lower(c);
  }
  const std::string_view scheme(letters.data(), count);
  return scheme.starts_with("javascript:") || scheme.starts_with("vbscript:") || scheme.starts_with("data:") ||
         scheme.starts_with("view-source:") || scheme.starts_with("java");
}

enum class Context : std::uint8_t { text, bare, single_quoted, double_quoted, back_quoted };

// One pass over the value, from the state that the context puts it in.
class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_(text) {}

  bool run(Context context) {
    switch (context) {
      case Context::text:
        return in_text();
      case Context::bare:
        return attributes() || in_text();
      case Context::single_quoted:
        return behind_quote('\'');
      case Context::double_quoted:
        return behind_quote('"');
      case Context::back_quoted:
        return behind_quote('`');
    }
    return false;
  }

 private:
  bool behind_quote(char quote) {
    at_ = text_.find(quote);
    if (at_ == std::string_view::npos) return false;
    ++at_;
    return attributes() || in_text();
  }

  bool in_text() {
    while (true) {
      at_ = text_.find('<', at_);
      if (at_ == std::string_view::npos) return false;
      ++at_;
      if (markup()) return true;
    }
  }

  // Behind "<".
  bool markup() {
    while (at_ < text_.size() && text_[at_] == '\0') ++at_;
    if (at_ == text_.size()) return false;
    const std::string_view rest = text_.substr(at_);
    if (rest[0] == '!') return declaration(rest);
    if (rest[0] == '?') {
      const std::string_view inner = rest.substr(0, rest.find('>'));
      at_ += inner.size();
      return begins(inner.substr(1), "import") || begins(inner.substr(1), "xml-stylesheet");
    }
    if (rest[0] == '/') {
      at_ += 1;
      return false;
    }
    if (!is_letter(rest[0])) return false;
    std::size_t end = 0;
    while (end < rest.size() && !is_space_or_end(rest[end])) ++end;
    at_ += end;
    if (bad_tag(rest.substr(0, end))) return true;
    return attributes();
  }
  static bool is_space_or_end(char c) { return (is_space(c) && c != '\0') || c == '/' || c == '>'; }

  bool declaration(std::string_view rest) {
    if (begins(rest, "!doctype")) return true;
    const std::size_t end = rest.starts_with("!--") ? rest.find("--", 3) : rest.find('>');
    const std::string_view inner = rest.substr(1, end == std::string_view::npos ? end : end - 1);
    at_ += std::min(rest.size(), inner.size() + 1);
    const std::string_view body = inner.starts_with("--") ? inner.substr(2) : inner;
    return begins(body, "[if") || begins(body, "xml") || begins(body, "import") || begins(body, "entity") ||
           body.find('`') != std::string_view::npos;
  }

  // Attributes up to ">" or the end of the text.
  bool attributes() {
    while (at_ < text_.size()) {
      while (at_ < text_.size() &&
             (is_space(text_[at_]) || text_[at_] == '/' || text_[at_] == '"' || text_[at_] == '\''))
        ++at_;
      if (at_ == text_.size()) return false;
      if (text_[at_] == '>') {
        ++at_;
        return false;
      }
      const std::size_t start = at_;
      while (at_ < text_.size() && !is_space(text_[at_]) && text_[at_] != '=' && text_[at_] != '>' &&
             (text_[at_] != '/' || at_ == start))
        ++at_;
      // A name may begin with "=".
      if (at_ == start) ++at_;
      const std::string_view name = text_.substr(start, at_ - start);
      std::size_t next = at_;
      while (next < text_.size() && is_space(text_[next])) ++next;
      if (next == text_.size() || text_[next] != '=') continue;
      at_ = next + 1;
      if (attribute(name, value())) return true;
    }
    return false;
  }

  std::string_view value() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    if (at_ == text_.size()) return {};
    const char quote = text_[at_];
    std::size_t end = 0;
    if (quote == '"' || quote == '\'' || quote == '`') {
      ++at_;
      end = text_.find(quote, at_);
    } else {
      end = at_;
      while (end < text_.size() && !is_space(text_[end]) && text_[end] != '>') ++end;
    }
    const std::string_view found = text_.substr(at_, end == std::string_view::npos ? end : end - at_);
    at_ = std::min(
        text_.size(),
        at_ + found.size() + (end != std::string_view::npos && end < text_.size() && text_[end] == quote ? 1 : 0));
    return found;
  }

  static bool attribute(std::string_view name, std::string_view value) {
    if (name.size() < 2) return false;
    if (name.size() >= 5 && begins(name, "on") && is_letter(name[2])) return true;
    if (begins(name, "xmlns") || one_of(name, bad_attributes)) return true;
    if (same(name, "attributename")) return one_of(value, url_attributes) || begins(value, "on");
    return one_of(name, url_attributes) && bad_url(value);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

bool finds_xss(std::string_view value) noexcept {
  // Every way needs a tag or an attribute with a value.
  if (value.find_first_of("<=") == std::string_view::npos) return false;
  for (const Context context :
       {Context::text, Context::bare, Context::single_quoted, Context::double_quoted, Context::back_quoted}) {
    if (Tokenizer(value).run(context)) return true;
  }
  return false;
}

}  // namespace sallyport::match
