// Long because the tokenizer and what it finds in tags belong together.
#include "detectors/markup.hpp"

#include <algorithm>
#include <array>

#include "detectors/script.hpp"
#include "detectors/text.hpp"

namespace sallyport::detectors {
namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t max_tag = 4096;  // bytes of one tag
constexpr int max_attributes = 64;

// Events that fire without anybody's help, or on the slightest move of the mouse.
constexpr auto self_firing =
    words("onload", "onerror", "onfocus", "onfocusin", "onblur", "onanimationstart", "onanimationend", "ontoggle",
          "onpageshow", "onbegin", "onend", "onrepeat", "onstart", "onfinish", "onmouseover", "onmouseenter",
          "onmousemove", "onpointerenter", "onpointerover", "onpointermove", "onwheel", "onscroll", "onhashchange",
          "onpopstate", "onloadstart", "onloadeddata", "oncanplay", "onplay", "ontransitionend", "ontransitionrun",
          "onresize", "onreadystatechange", "onpropertychange", "onbeforetoggle", "oncontentvisibilityautostatechange",
          "onwebkitanimationstart", "onunload", "onbeforeunload", "onmessage", "onscrollend", "onloadedmetadata");

constexpr auto url_attributes =
    words("href", "src", "action", "formaction", "data", "background", "poster", "lowsrc", "dynsrc", "xlink:href",
          "from", "to", "values", "by", "code", "codebase", "srcset", "longdesc", "cite", "ping", "manifest", "icon",
          "profile", "usemap", "content");

constexpr auto embedding =
    words("iframe", "frame", "object", "embed", "applet", "frameset", "base", "portal", "fencedframe");

struct Attribute {
  std::string_view name;
  std::string_view value;
  char quote = '\0';  // NUL: none
};

bool separator(char c) { return is_space(c) || c == '/'; }

// HTML5 attribute by attribute; a tag ends at > or at the end of the text.
class Tag {
 public:
  Tag(std::string_view text, std::size_t from)
      : text_(text.substr(0, std::min(text.size(), from + max_tag))), at_(from) {}

  bool next(Attribute& out) {
    while (at_ < text_.size() && (separator(text_[at_]) || is_quote(text_[at_]))) ++at_;
    if (at_ >= text_.size() || text_[at_] == '>') return false;
    const std::size_t begin = at_;
    if (text_[at_] == '=') ++at_;
    while (at_ < text_.size() && !separator(text_[at_]) && text_[at_] != '=' && text_[at_] != '>') ++at_;
    out = {text_.substr(begin, at_ - begin), {}, '\0'};
    std::size_t i = skip_space(text_, at_);
    if (at(text_, i) != '=') return true;
    i = skip_space(text_, i + 1);
    const char quote = at(text_, i);
    if (is_quote(quote)) {
      const auto end = text_.find(quote, i + 1);
      at_ = end == npos ? text_.size() : end + 1;
      out.value = text_.substr(i + 1, (end == npos ? text_.size() : end) - i - 1);
      out.quote = quote;
      return true;
    }
    std::size_t end = i;
    while (end < text_.size() && !is_space(text_[end]) && text_[end] != '>') ++end;
    // At the end of a tag a handler without quotes may hold spaces: a=b c(d)
    out.value = text_.substr(i, end - i);
    at_ = end;
    return true;
  }
  [[nodiscard]] std::size_t position() const { return at_; }

 private:
  std::string_view text_;
  std::size_t at_;
};

// The value as a browser reads a URL: entities resolved, control bytes and spaces dropped.
std::string_view url_text(std::string_view value, std::array<char, 64>& buffer) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < value.size() && size < buffer.size();) {
    const char c = value[i];
    if (c == '&') {
      std::size_t j = i + 1;
      char named = '\0';
      if (at(value, j) == '#') {
        ++j;
        unsigned code = 0;
        const bool hex = lower(at(value, j)) == 'x';
        if (hex) ++j;
        std::size_t digits = 0;
        for (; digits < 10 && (hex ? is_hex(at(value, j)) : is_digit(at(value, j))); ++digits, ++j) {
          code = std::min(code * (hex ? 16u : 10u) + hex_digit(value[j]), 0x110000u);
        }
        named = digits > 0 && code < 128 ? static_cast<char>(code) : '\0';
        if (digits > 0) {
          if (at(value, j) == ';') ++j;
          i = j;
          if (static_cast<unsigned char>(named) > ' ') buffer[size++] = named;
          continue;
        }
      } else if (begins(value.substr(j), "colon;")) {
        buffer[size++] = ':';
        i = j + 6;
        continue;
      } else if (begins(value.substr(j), "tab;") || begins(value.substr(j), "newline;")) {
        i = value.find(';', j) + 1;
        continue;
      } else if (begins(value.substr(j), "lpar;")) {
        buffer[size++] = '(';
        i = j + 5;
        continue;
      }
    }
    if (static_cast<unsigned char>(c) > ' ') buffer[size++] = lower(c);
    ++i;
  }
  return {buffer.data(), size};
}

class MarkupSearch {
 public:
  MarkupSearch(const Subject& subject, Findings& findings) noexcept
      : subject_(subject), text_(subject.text()), findings_(findings) {}

  void run() noexcept {
    if (subject_.has(mark::angle)) {
      for (std::size_t i = text_.find('<'); i != npos;) {
        const std::size_t end = tag(i);
        i = text_.find('<', std::max(end, i + 1));
      }
    }
    if (subject_.has(mark::equals)) loose_handlers();
    if (subject_.has_all(mark::close_angle | mark::quote)) attribute_breakout();
  }

 private:
  void add(Strength strength, Strength weak, std::string_view rule, std::size_t begin, std::size_t end) noexcept {
    // Code that is shown or told about is displayed, not run; a tag in plain prose would run.
    findings_.add(Attack::markup, subject_.shown(begin) ? std::min(strength, weak) : strength, rule,
                  around(text_, begin, end));
  }

  // Judges the tag at `begin`; returns where to look on.
  std::size_t tag(std::size_t begin) noexcept {
    std::size_t i = begin + 1;
    while (at(text_, i) == '<' || at(text_, i) == '\0') {
      if (i >= text_.size()) return text_.size();
      ++i;
    }
    const bool closing = at(text_, i) == '/';
    if (closing) ++i;
    const char first = at(text_, i);
    if (!is_letter(first) && !(first == '%' && is_letter(at(text_, i + 3)))) return i;
    std::size_t name_end = i;
    while (name_end < text_.size() && name_end - i < 32 &&
           (is_word(text_[name_end]) || text_[name_end] == ':' || text_[name_end] == '-')) {
      ++name_end;
    }
    const auto name = text_.substr(i, name_end - i);
    const char after = at(text_, name_end);
    if (closing) {
      if (same(name, "script")) add(5, 2, "markup_script", begin, name_end + 1);
      return name_end;
    }
    // A tag's name ends here in HTML; else it is an address (<a@b.c>) or a comparison.
    if (name_end < text_.size() && !separator(after) && after != '>' && static_cast<unsigned char>(after) > ' ' &&
        after != '<') {
      if (holds(name, "script")) add(4, 2, "markup_script", begin, name_end);
      if (!is_quote(after)) return name_end;
    }
    const std::size_t colon = name.rfind(':');
    const auto local = colon == npos ? name : name.substr(colon + 1);
    Attribute attribute;
    Tag attributes(text_, name_end);
    if (same(local, "script")) return script(begin, name_end);
    const bool embeds = embedding.has(local);
    if (embeds) {
      add(same(local, "base") || same(local, "embed") || same(local, "object") || same(local, "applet") ? 6 : 4, 3,
          "markup_embed", begin, name_end + 40);
    } else if (same(local, "isindex") || same(local, "xss")) {
      add(5, 3, "markup_embed", begin, name_end + 20);
    }
    for (int n = 0; n < max_attributes && attributes.next(attribute); ++n) judge(local, attribute, begin);
    if (same(local, "style")) style(text_.substr(attributes.position(), 512), begin);
    return std::max(attributes.position(), name_end);
  }

  std::size_t script(std::size_t begin, std::size_t name_end) noexcept {
    Attribute attribute;
    Tag attributes(text_, name_end);
    bool local_source = false;
    bool inert = false;
    for (int n = 0; n < max_attributes && attributes.next(attribute); ++n) {
      if (same(attribute.name, "src")) {
        local_source = !attribute.value.empty() && attribute.quote != '\0' && attribute.value.find(':') == npos &&
                       !begins(attribute.value, "//") && !begins(attribute.value, "\\");
      }
      inert = inert || (same(attribute.name, "type") && holds(attribute.value, "json"));
    }
    add(inert ? 3 : local_source ? 5 : 8, inert ? 1 : 3, "markup_script", begin, attributes.position() + 24);
    return std::max(attributes.position(), name_end);
  }

  void judge(std::string_view tag, const Attribute& a, std::size_t begin) noexcept {
    if (a.name.size() > 3 && begins(a.name, "on") && handler_name(a.name)) {
      const Strength code = script_strength(a.value);
      const bool fires = self_firing.has(a.name);
      // A page's own <a onclick="track('x')"> is quoted and calls what it named itself.
      Strength strength = 3;
      if (code >= 5)
        strength = 9;
      else if (a.quote == '\0' && !a.value.empty())
        strength = 7;
      else if (fires && !a.value.empty())
        strength = 4;
      else if (a.value.empty())
        strength = 3;
      if (a.quote == '`') strength = std::max<Strength>(strength, 7);
      add(strength, code >= 8 && a.quote == '\0' ? 4 : 3, "markup_handler", begin, begin + 48);
      return;
    }
    if (a.value.empty()) return;
    if (url_attributes.has(a.name) || a.name.find(':') != npos) return url(tag, a, begin);
    if (same(a.name, "srcdoc")) add(7, 3, "markup_embed", begin, begin + 48);
    if (same(a.name, "style")) style(a.value, begin);
    if (same(tag, "meta") && same(a.name, "http-equiv") &&
        (begins(a.value, "refresh") || begins(a.value, "set-cookie") || begins(a.value, "link") ||
         begins(a.value, "content-sec"))) {
      add(6, 3, "markup_embed", begin, begin + 48);
    }
    if (same(tag, "link") && same(a.name, "rel") && (same(a.value, "import") || same(a.value, "stylesheet"))) {
      add(5, 2, "markup_embed", begin, begin + 48);
    }
    if (same(a.name, "attributename") && (begins(a.value, "on") || holds(a.value, "href"))) {
      add(7, 3, "markup_embed", begin, begin + 48);
    }
  }

  // onload, on-anything by letters; the tokenizer also takes what is no event yet.
  static bool handler_name(std::string_view name) noexcept {
    return name.size() <= 40 && std::ranges::all_of(name, [](char c) { return is_letter(c) || c == '-'; });
  }

  void url(std::string_view tag, const Attribute& a, std::size_t begin) noexcept {
    std::array<char, 64> buffer;
    const auto plain = url_text(a.value, buffer);
    for (const std::string_view scheme :
         {"javascript:", "vbscript:", "livescript:", "jar:javascript:", "feed:javascript:", "mocha:"}) {
      if (plain.starts_with(scheme)) return add(9, 4, "markup_url", begin, begin + 48);
    }
    if (same(a.name, "content") && plain.find("url=javascript:") != npos)
      return add(9, 4, "markup_url", begin, begin + 48);
    if (plain.starts_with("data:") && (plain.find("html") != npos || plain.find("svg") != npos ||
                                       plain.find("xml") != npos || plain.find("script") != npos)) {
      const bool image = same(tag, "img") && plain.find("image/svg") != npos;
      return add(image ? 2 : 8, 4, "markup_url", begin, begin + 48);
    }
    if (same(a.name, "formaction")) add(5, 3, "markup_url", begin, begin + 48);
  }

  void style(std::string_view css, std::size_t begin) noexcept {
    if (holds(css, "expression(") || holds(css, "javascript:") || holds(css, "behavior:") ||
        holds(css, "-moz-binding") || holds(css, "@import")) {
      add(7, 3, "markup_style", begin, begin + 48);
    }
  }

  // A handler without its tag: what stands in an attribute already. " autofocus onfocus=alert(1)
  void loose_handlers() noexcept {
    int tried = 0;
    for (std::size_t i = 0; i + 4 < text_.size() && tried < 16; ++i) {
      if (lower(text_[i]) != 'o' || lower(text_[i + 1]) != 'n' || (i > 0 && is_word(text_[i - 1]))) continue;
      std::size_t end = i + 2;
      while (end < text_.size() && is_letter(text_[end])) ++end;
      const std::size_t equals = skip_space(text_, end);
      if (end - i < 5 || end - i > 40 || at(text_, equals) != '=' || at(text_, equals + 1) == '=') {
        i = end - 1;
        continue;
      }
      ++tried;
      if (in_own_tag(i)) {
        i = end;
        continue;
      }
      const auto name = text_.substr(i, end - i);
      std::size_t value = skip_space(text_, equals + 1);
      const char quote = at(text_, value);
      if (is_quote(quote)) ++value;
      const auto rest = text_.substr(value, 256);
      const auto code = rest.substr(0, is_quote(quote) ? rest.find(quote) : rest.find('>'));
      const Strength strength = script_strength(code);
      const char before = i == 0 ? '\0' : text_[i - 1];
      // The quote of the attribute that was open before: "onwheel=, " onx=
      std::size_t back = i;
      while (back > 0 && i - back < 64 && text_[back - 1] != '\'' && text_[back - 1] != '"' && text_[back - 1] != '<' &&
             text_[back - 1] != '\n') {
        --back;
      }
      const bool closes = back > 0 && (text_[back - 1] == '\'' || text_[back - 1] == '"') &&
                          (back - 1 == 0 || !is_space(text_[back - 2]));
      const bool calls = code.find('(') != npos || code.find('`') != npos || code.find('=') != npos;
      if (closes && (strength >= 4 || calls) && !subject_.prose()) {
        add(8, 3, "markup_breakout", back - 1, i + 40);
      } else if (strength >= 5 && !subject_.told(i)) {
        add(self_firing.has(name) || before == '/' || i == 0 || is_space(before) ? 6 : 4, 3, "markup_handler", i,
            i + 40);
      }
      i = end;
    }
  }

  // The value itself opened the tag around: it was judged with its tag.
  [[nodiscard]] bool in_own_tag(std::size_t i) const noexcept {
    for (std::size_t n = 0; n < max_tag && i > 0; ++n) {
      --i;
      if (text_[i] == '>') return false;
      if (text_[i] == '<') return is_letter(at(text_, i + 1));
    }
    return false;
  }

  // "> or '/> at the start of what follows: the tag around was left.
  void attribute_breakout() noexcept {
    for (std::size_t i = 0; i + 1 < text_.size(); ++i) {
      if (text_[i] != '\'' && text_[i] != '"') continue;
      std::size_t j = skip_space(text_, i + 1);
      if (at(text_, j) == '/') j = skip_space(text_, j + 1);
      if (at(text_, j) != '>') return;
      // Only at the value's start is it not the value's own markup.
      const auto before = text_.substr(0, i);
      if (before.size() > 64 || before.find('<') != npos) return;
      j = skip_space(text_, j + 1);
      if (at(text_, j) == '<' && (is_letter(at(text_, j + 1)) || at(text_, j + 1) == '/'))
        add(6, 3, "markup_breakout", i, j + 32);
      return;
    }
  }

  const Subject& subject_;
  std::string_view text_;
  Findings& findings_;
};

}  // namespace

void find_markup(const Subject& subject, Findings& findings) noexcept {
  if (!subject.has(mark::angle | mark::equals | mark::close_angle)) return;
  MarkupSearch(subject, findings).run();
}

}  // namespace sallyport::detectors
