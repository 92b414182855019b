// Long because one document is one state: what has a contract of its own is in xml_text and
// xml_characters.
#include "decode/xml.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <vector>

#include "base/utf8.hpp"
#include "decode/xml_characters.hpp"
#include "decode/xml_text.hpp"
#include "http/characters.hpp"

namespace sallyport::decode {
namespace {

constexpr std::string_view xml_uri = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view xmlns_uri = "http://www.w3.org/2000/xmlns/";

struct Binding {
  std::string_view prefix;
  std::string_view uri;
};

std::string_view prefix_of(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}

class Parser {
 public:
  Parser(std::string_view text, Arena& arena, const XmlLimits& limits) : text_(text), arena_(arena), limits_(limits) {}

  std::expected<XmlDocument, Refusal> run() {
    if (!declaration() || !content()) return std::unexpected(refusal_);
    return document_;
  }

 private:
  bool refuse(std::string_view rule, std::string_view detail, std::size_t at) {
    refusal_ = {rule, detail, at};
    return false;
  }
  bool malformed(std::string_view detail, std::size_t at) { return refuse("xml", detail, at); }

  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
  [[nodiscard]] bool done() const { return at_ == text_.size(); }
  void skip_space() {
    while (!done() && is_xml_space(text_[at_])) ++at_;
  }

  // <?xml version="1.0" encoding="UTF-8" standalone="yes"?> (§2.8).
  bool declaration() {
    if (!rest().starts_with("<?xml") || text_.size() < 6 || !is_xml_space(text_[5])) return true;
    at_ = 5;
    static constexpr auto names = std::to_array<std::string_view>({"version", "encoding", "standalone"});
    std::size_t next = 0;
    for (;;) {
      const std::size_t before = at_;
      skip_space();
      if (rest().starts_with("?>")) break;
      std::size_t which = next;
      while (which < names.size() && !rest().starts_with(names[which])) ++which;
      if (which == names.size() || at_ == before || (next == 0 && which != 0)) {
        return malformed("a malformed XML declaration", at_);
      }
      at_ += names[which].size();
      std::string_view value;
      if (!equals() || !quoted(value)) return false;
      if (which == 0 && value != "1.0") return refuse("xml_version", "only XML 1.0 is read", at_);
      if (which == 1) document_.encoding = value;
      if (which == 1 && !is_encoding_name(value)) return malformed("a malformed encoding name", at_);
      if (which == 2 && value != "yes" && value != "no") return malformed("standalone is yes or no", at_);
      next = which + 1;
    }
    if (next == 0) return malformed("an XML declaration without a version", at_);
    at_ += 2;
    return true;
  }

  static bool is_encoding_name(std::string_view name) {  // §4.3.3
    const auto letter = [](char c) { return http::lower(c) >= 'a' && http::lower(c) <= 'z'; };
    return !name.empty() && letter(name.front()) && std::ranges::all_of(name, [&](char c) {
      return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    });
  }

  bool equals() {
    skip_space();
    if (done() || text_[at_] != '=') return malformed("expected '='", at_);
    ++at_;
    skip_space();
    return true;
  }

  // The raw text between quotes.
  bool quoted(std::string_view& value) {
    if (done() || (text_[at_] != '"' && text_[at_] != '\'')) return malformed("expected a value in quotes", at_);
    const std::size_t end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) return malformed("a value without its closing quote", at_);
    value = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return true;
  }

  bool content() {
    while (!done()) {
      if (text_[at_] != '<') {
        if (!characters()) return false;
        continue;
      }
      const std::string_view ahead = rest();
      bool good = false;
      if (ahead.starts_with("</")) {
        good = end_tag();
      } else if (ahead.starts_with("<!--")) {
        good = comment();
      } else if (ahead.starts_with("<![CDATA[")) {
        good = cdata();
      } else if (ahead.starts_with("<!")) {
        good = refuse(ahead.starts_with("<!DOCTYPE") ? "xml_dtd" : "xml", "a document type, or no XML", at_);
      } else if (ahead.starts_with("<?")) {
        good = instruction();
      } else {
        good = start_tag();
      }
      if (!good) return false;
    }
    if (open_ != nullptr) return malformed("an element that is not closed", at_);
    if (document_.root == nullptr) return malformed("no element", at_);
    return true;
  }

  // Adds a node behind the last one in the open element.
  XmlNode* add(XmlKind kind, std::size_t offset) {
    if (nodes_++ == limits_.nodes) {
      refuse("nodes", "too many nodes", offset);
      return nullptr;
    }
    auto* node = ::new (arena_.allocate(sizeof(XmlNode), alignof(XmlNode))) XmlNode;
    node->kind = kind;
    node->depth = static_cast<std::uint16_t>(depth_);
    node->offset = static_cast<std::uint32_t>(offset);
    node->parent = open_;
    if (last_ != nullptr) {
      last_->next_sibling = node;
    } else if (open_ != nullptr) {
      open_->first_child = node;
    } else {
      document_.first = node;
    }
    last_ = node;
    return node;
  }

  bool characters() {
    const std::size_t begin = at_;
    at_ = std::min(text_.find('<', at_), text_.size());
    const std::string_view raw = text_.substr(begin, at_ - begin);
    if (open_ == nullptr) {
      const auto space = [](char c) { return is_xml_space(c); };
      if (!std::ranges::all_of(raw, space)) return malformed("text outside of the element", begin);
      return true;
    }
    if (const std::size_t end = raw.find("]]>"); end != std::string_view::npos) {
      return malformed("']]>' in text", begin + end);
    }
    return add_text(XmlKind::text, begin, raw, begin, XmlText::content);
  }

  bool add_text(XmlKind kind, std::size_t offset, std::string_view raw, std::size_t at, XmlText form) {
    if (raw.size() > limits_.text_bytes) return refuse("text_bytes", "a text is too long", offset);
    XmlNode* const node = add(kind, offset);
    if (node == nullptr) return false;
    const auto text = resolve_xml(raw, at, form, arena_);
    if (!text) {
      refusal_ = text.error();
      return false;
    }
    node->text = *text;
    return true;
  }

  bool comment() {
    const std::size_t begin = at_;
    const std::size_t end = text_.find("--", begin + 4);
    if (end == std::string_view::npos) return malformed("a comment that does not end", begin);
    if (!text_.substr(end).starts_with("-->")) return malformed("'--' in a comment", end);
    at_ = end + 3;
    return add_text(XmlKind::comment, begin, text_.substr(begin + 4, end - begin - 4), begin + 4, XmlText::literal);
  }

  bool cdata() {
    const std::size_t begin = at_;
    if (open_ == nullptr) return malformed("text outside of the element", begin);
    const std::size_t end = text_.find("]]>", begin + 9);
    if (end == std::string_view::npos) return malformed("a CDATA section that does not end", begin);
    at_ = end + 3;
    return add_text(XmlKind::cdata, begin, text_.substr(begin + 9, end - begin - 9), begin + 9, XmlText::literal);
  }

  bool instruction() {
    const std::size_t begin = at_;
    std::string_view target;
    at_ += 2;
    if (!name(target)) return false;
    if (target.contains(':')) return refuse("xml_namespace", "a colon in the name of an instruction", begin);
    if (std::ranges::equal(target, std::string_view("xml"), {}, http::lower)) {
      return malformed("an XML declaration that is not at the start", begin);
    }
    const std::size_t end = text_.find("?>", at_);
    if (end == std::string_view::npos) return malformed("an instruction that does not end", begin);
    if (end != at_ && !is_xml_space(text_[at_])) return malformed("a malformed instruction", at_);
    skip_space();
    const std::size_t from = std::min(at_, end);
    at_ = end + 2;
    if (!add_text(XmlKind::instruction, begin, text_.substr(from, end - from), from, XmlText::literal)) return false;
    last_->name = target;
    return true;
  }

  bool name(std::string_view& out) {
    const std::size_t length = xml_name_length(rest());
    if (length == 0) return malformed("expected a name", at_);
    if (length > limits_.name_bytes) return refuse("name_bytes", "a name is too long", at_);
    out = text_.substr(at_, length);
    at_ += length;
    return true;
  }

  bool start_tag() {
    const std::size_t begin = at_++;
    if (open_ == nullptr && document_.root != nullptr) return malformed("a second element at the top", begin);
    if (depth_ == limits_.depth) return refuse("depth", "too many levels", begin);
    XmlNode* const node = add(XmlKind::element, begin);
    if (node == nullptr || !name(node->name)) return false;
    if (document_.root == nullptr) document_.root = node;
    attributes_.clear();
    scopes_[depth_] = bindings_.size();
    bool empty = false;
    if (!attributes(empty)) return false;
    if (!declare() || !bind(*node)) return false;
    if (empty) {
      bindings_.resize(scopes_[depth_]);
      return true;
    }
    open_ = node;
    last_ = nullptr;
    ++depth_;
    return true;
  }

  // Up to and with the '>' of a start tag.
  bool attributes(bool& empty) {
    for (;;) {
      const std::size_t before = at_;
      skip_space();
      if (rest().starts_with(">") || rest().starts_with("/>")) {
        empty = text_[at_] == '/';
        at_ += empty ? 2 : 1;
        return true;
      }
      if (at_ == before) return malformed("expected white space, '>' or '/>'", at_);
      XmlAttribute attribute;
      attribute.offset = static_cast<std::uint32_t>(at_);
      if (!name(attribute.name)) return false;
      if (attributes_.size() == limits_.attributes) {
        return refuse("attributes", "an element has too many attributes", attribute.offset);
      }
      if (all_attributes_++ == limits_.all_attributes) {
        return refuse("all_attributes", "too many attributes", attribute.offset);
      }
      std::string_view raw;
      if (!equals() || !quoted(raw)) return false;
      if (raw.size() > limits_.text_bytes) return refuse("text_bytes", "a value is too long", attribute.offset);
      const std::size_t at = at_ - raw.size() - 1;
      if (const std::size_t open = raw.find('<'); open != std::string_view::npos) {
        return malformed("'<' in a value", at + open);
      }
      const auto value = resolve_xml(raw, at, XmlText::attribute, arena_);
      if (!value) {
        refusal_ = value.error();
        return false;
      }
      attribute.value = *value;
      if (std::ranges::find(attributes_, attribute.name, &XmlAttribute::name) != attributes_.end()) {
        return malformed("an attribute stands twice", attribute.offset);
      }
      attributes_.push_back(attribute);
    }
  }

  // The namespace declarations among the attributes (Namespaces §2.2, §3).
  bool declare() {
    for (XmlAttribute& attribute : attributes_) {
      const bool default_ = attribute.name == "xmlns";
      if (!default_ && prefix_of(attribute.name) != "xmlns") continue;
      const std::string_view prefix = default_ ? std::string_view() : attribute.name.substr(6);
      attribute.local = default_ ? attribute.name : prefix;
      attribute.namespace_ = xmlns_uri;
      const std::string_view uri = attribute.value;
      const bool bad_name = !default_ && (prefix.empty() || prefix.contains(':') || xml_name_length(prefix) == 0);
      const bool reserved = prefix == "xmlns" || uri == xmlns_uri || (prefix == "xml") != (uri == xml_uri);
      if (bad_name || reserved || (!default_ && uri.empty())) {
        return refuse("xml_namespace", "a declaration that namespaces forbid", attribute.offset);
      }
      if (bindings_.size() == limits_.namespaces) {
        return refuse("namespaces", "too many namespaces in scope", attribute.offset);
      }
      bindings_.push_back({prefix, uri});
    }
    return true;
  }

  [[nodiscard]] std::optional<std::string_view> uri_of(std::string_view prefix) const {
    for (std::size_t i = bindings_.size(); i-- > 0;) {
      if (bindings_[i].prefix == prefix) return bindings_[i].uri;
    }
    if (prefix.empty()) return std::string_view();
    if (prefix == "xml") return xml_uri;
    return std::nullopt;
  }

  bool qualify(std::string_view name, std::size_t at, bool use_default, std::string_view& local,
               std::string_view& uri) {
    const std::size_t colon = name.find(':');
    const std::string_view prefix = prefix_of(name);
    local = colon == std::string_view::npos ? name : name.substr(colon + 1);
    if (colon != std::string_view::npos && (prefix.empty() || local.contains(':') || xml_name_length(local) == 0)) {
      return refuse("xml_namespace", "a malformed qualified name", at);
    }
    if (prefix.empty() && !use_default) return true;
    const auto found = uri_of(prefix);
    if (!found || prefix == "xmlns") return refuse("xml_namespace", "a prefix that is not declared", at);
    uri = *found;
    return true;
  }

  bool bind(XmlNode& node) {
    if (!qualify(node.name, node.offset, true, node.local, node.namespace_)) return false;
    for (std::size_t i = 0; i < attributes_.size(); ++i) {
      XmlAttribute& attribute = attributes_[i];
      if (attribute.namespace_ == xmlns_uri) continue;
      if (!qualify(attribute.name, attribute.offset, false, attribute.local, attribute.namespace_)) return false;
      if (attribute.namespace_.empty()) continue;
      for (std::size_t k = 0; k < i; ++k) {
        if (attributes_[k].namespace_ == attribute.namespace_ && attributes_[k].local == attribute.local) {
          return refuse("xml_namespace", "an attribute stands twice, by two prefixes", attribute.offset);
        }
      }
    }
    const auto kept = arena_.array<XmlAttribute>(attributes_.size());
    std::ranges::copy(attributes_, kept.begin());
    node.attributes = kept;
    return true;
  }

  bool end_tag() {
    const std::size_t begin = at_;
    at_ += 2;
    std::string_view closed;
    if (!name(closed)) return false;
    if (open_ == nullptr || closed != open_->name) return malformed("the end tag of another element", begin);
    skip_space();
    if (done() || text_[at_] != '>') return malformed("expected '>'", at_);
    ++at_;
    last_ = open_;
    // Nodes are made here and are only const to readers.
    open_ = const_cast<XmlNode*>(open_->parent);
    bindings_.resize(scopes_[--depth_]);
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Arena& arena_;
  const XmlLimits limits_;
  XmlDocument document_;
  Refusal refusal_;
  XmlNode* open_ = nullptr;
  XmlNode* last_ = nullptr;  // in the open element
  std::uint32_t depth_ = 0;
  std::uint32_t nodes_ = 0;
  std::uint32_t all_attributes_ = 0;
  std::vector<XmlAttribute> attributes_;  // of the start tag that is read
  std::vector<Binding> bindings_;
  std::vector<std::size_t> scopes_ = std::vector<std::size_t>(limits_.depth + std::size_t{1});
};

}  // namespace

const XmlNode* XmlNode::child(std::string_view uri, std::string_view local_name) const noexcept {
  for (const XmlNode* at = first_child; at != nullptr; at = at->next_sibling) {
    if (at->is(uri, local_name)) return at;
  }
  return nullptr;
}

const XmlAttribute* XmlNode::attribute(std::string_view local_name) const noexcept {
  const auto same = [&](const XmlAttribute& a) { return a.namespace_.empty() && a.local == local_name; };
  const auto found = std::ranges::find_if(attributes, same);
  return found == attributes.end() ? nullptr : &*found;
}

std::expected<XmlDocument, Refusal> parse_xml(std::string_view text, Arena& arena, const XmlLimits& limits) {
  if (const std::size_t bad = find_invalid_utf8(text); bad != std::string_view::npos) {
    return std::unexpected(Refusal{"utf8", "not UTF-8", bad});
  }
  if (const std::size_t bad = find_not_xml(text); bad != std::string_view::npos) {
    return std::unexpected(Refusal{"xml", "a character that XML does not have", bad});
  }
  return Parser(text, arena, limits).run();
}

}  // namespace sallyport::decode
