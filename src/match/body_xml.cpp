#include <array>
#include <vector>

#include "http/characters.hpp"
#include "match/body_reader.hpp"

namespace sallyport::match {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

constexpr std::size_t longest_reference = 64;  // bytes; a longer one is text

class XmlReader {
 public:
  XmlReader(Evaluation& evaluation, std::string_view text) : evaluation_(evaluation), rest_(text) {
    // Text is at most as long as the document.
    text_ = evaluation.arena().array<char>(text.size() + 1);
  }

  const char* read() {
    const char* wrong = document();
    evaluation_.input().add(evaluation_.arena(), Variable::xml, "/*", {text_.data(), text_bytes_});
    return wrong;
  }

 private:
  const char* document() {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
    bool element = false;
    while (!rest_.empty()) {
      if (rest_[0] != '<') {
        const std::string_view part = rest_.substr(0, rest_.find('<'));
        rest_.remove_prefix(part.size());
        if (depth_ == 0) {
          if (part.find_first_not_of(" \t\r\n") != std::string_view::npos) return "text outside of the XML element";
          continue;
        }
        if (!characters(part)) return "no XML reference";
      } else if (rest_.starts_with("<!--")) {
        if (!past("-->", 4)) return "an XML comment is not closed";
      } else if (rest_.starts_with("<![CDATA[")) {
        const std::size_t end = rest_.find("]]>", 9);
        if (end == std::string_view::npos || depth_ == 0) return "an XML CDATA section is not closed";
        add(rest_.substr(9, end - 9));
        rest_.remove_prefix(end + 3);
      } else if (rest_.starts_with("<?")) {
        if (!past("?>", 2)) return "an XML instruction is not closed";
      } else if (rest_.starts_with("<!")) {
        if (!doctype()) return "an XML declaration is not closed";
      } else if (rest_.starts_with("</")) {
        const std::size_t end = rest_.find('>');
        if (end == std::string_view::npos || depth_ == 0) return "an XML end tag without a start";
        std::string_view name = rest_.substr(2, end - 2);
        while (!name.empty() && is_space(name.back())) name.remove_suffix(1);
        if (names_[--depth_] != name) return "an XML end tag of another name";
        rest_.remove_prefix(end + 1);
      } else {
        if (element && depth_ == 0) return "a second XML element";
        element = true;
        if (const char* wrong = start_tag(); wrong != nullptr) return wrong;
      }
    }
    return depth_ == 0 && element ? nullptr : "an XML element is not closed";
  }

  bool past(std::string_view close, std::size_t from) {
    const std::size_t end = rest_.find(close, from);
    if (end == std::string_view::npos) return false;
    rest_.remove_prefix(end + close.size());
    return true;
  }

  // With its internal subset, which is passed over.
  bool doctype() {
    int brackets = 0;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] == '[') ++brackets;
      if (rest_[i] == ']') --brackets;
      if (rest_[i] == '>' && brackets <= 0) {
        rest_.remove_prefix(i + 1);
        return true;
      }
    }
    return false;
  }

  const char* start_tag() {
    std::size_t end = 1;
    while (end < rest_.size() && !is_space(rest_[end]) && rest_[end] != '>' && rest_[end] != '/') ++end;
    const std::string_view name = rest_.substr(1, end - 1);
    if (name.empty()) return "an XML tag without a name";
    rest_.remove_prefix(end);
    while (true) {
      while (!rest_.empty() && is_space(rest_[0])) rest_.remove_prefix(1);
      if (rest_.empty()) return "an XML tag is not closed";
      if (rest_.starts_with("/>")) {
        rest_.remove_prefix(2);
        return nullptr;
      }
      if (rest_[0] == '>') {
        rest_.remove_prefix(1);
        if (depth_ == names_.size()) return "XML is nested too deep";
        names_[depth_++] = name;
        return nullptr;
      }
      const std::size_t equals = rest_.find_first_of("=>");
      if (equals == std::string_view::npos || rest_[equals] != '=') return "an XML attribute without a value";
      rest_.remove_prefix(equals + 1);
      while (!rest_.empty() && is_space(rest_[0])) rest_.remove_prefix(1);
      if (rest_.empty() || (rest_[0] != '"' && rest_[0] != '\'')) return "an XML attribute without quotes";
      const std::size_t quote = rest_.find(rest_[0], 1);
      if (quote == std::string_view::npos) return "an XML attribute is not closed";
      const std::size_t before = text_bytes_;
      const bool good = characters(rest_.substr(1, quote - 1));
      const std::string_view value(text_.data() + before, text_bytes_ - before);
      evaluation_.input().add(evaluation_.arena(), Variable::xml, "//@*", evaluation_.arena().copy(value));
      text_bytes_ = before;
      rest_.remove_prefix(quote + 1);
      if (!good) return "no XML reference";
    }
  }

  void add(std::string_view part) {
    for (const char c : part) text_[text_bytes_++] = c;
  }

  bool characters(std::string_view part) {
    struct Named {
      std::string_view name;
      char value;
    };
    constexpr auto named =
        std::to_array<Named>({{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}});
    bool good = true;
    for (std::size_t i = 0; i < part.size(); ++i) {
      const std::size_t length = part[i] == '&' ? part.substr(i, longest_reference).find(';') : std::string_view::npos;
      const std::size_t end = i + length;
      if (length == std::string_view::npos) {
        good = good && part[i] != '&';
        text_[text_bytes_++] = part[i];
        continue;
      }
      const std::string_view reference = part.substr(i + 1, end - i - 1);
      std::size_t known = 0;
      while (known < named.size() && named[known].name != reference) ++known;
      if (known < named.size()) {
        text_[text_bytes_++] = named[known].value;
      } else if (reference.starts_with('#')) {
        number(reference.substr(1));
      } else {
        // An entity of the document is never expanded.
        add(part.substr(i, end - i + 1));
      }
      i = end;
    }
    return good;
  }

  void number(std::string_view digits) {
    const bool hex = digits.starts_with('x');
    std::uint32_t code = 0;
    for (const char c : digits.substr(hex ? 1 : 0)) {
      const int digit = http::hex_value(c);
      if (digit < 0 || (!hex && digit > 9)) return;
      code = (code * (hex ? 16u : 10u) + static_cast<std::uint32_t>(digit)) & 0x1fffff;
    }
    // "&#1;" has four bytes at least, as much as any character in UTF-8.
    const auto put = [this](std::uint32_t byte) { text_[text_bytes_++] = static_cast<char>(byte); };
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xc0 | code >> 6);
      put(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
      put(0xe0 | code >> 12);
      put(0x80 | (code >> 6 & 0x3f));
      put(0x80 | (code & 0x3f));
    } else {
      put(0xf0 | (code >> 18 & 7));
      put(0x80 | (code >> 12 & 0x3f));
      put(0x80 | (code >> 6 & 0x3f));
      put(0x80 | (code & 0x3f));
    }
  }

  Evaluation& evaluation_;
  std::string_view rest_;
  std::span<char> text_;
  std::size_t text_bytes_ = 0;
  std::array<std::string_view, max_xml_depth> names_;
  std::size_t depth_ = 0;
};

}  // namespace

const char* read_xml(Evaluation& evaluation, std::string_view text) { return XmlReader(evaluation, text).read(); }

}  // namespace sallyport::match
