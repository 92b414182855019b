// XML 1.0 (fifth edition) with namespaces (1.0, third edition), without document types.
//
// Read strictly, in one pass and without recursion: what is not well-formed or not namespace
// well-formed is refused. A DOCTYPE is refused as such: with it go external entities (CWE-611),
// entity expansion (CWE-776) and fetched schemas. Only the five predefined entities and character
// references exist.
//
// The tree keeps everything that could carry something: order, comments, CDATA sections and
// processing instructions. Walk it in document order with XmlNode::next.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "decode/refusal.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::decode {

enum class XmlKind : std::uint8_t { element, text, cdata, comment, instruction };

struct XmlAttribute {
  std::string_view name;        // as written: "xsi:type"
  std::string_view local;       // "type"
  std::string_view namespace_;  // URI; empty for unprefixed ones
  std::string_view value;       // references resolved, white space normalised (XML 1.0 §3.3.3)
  std::uint32_t offset = 0;     // of the name
};

struct XmlNode {
  XmlKind kind = XmlKind::element;
  std::uint16_t depth = 0;                   // of the root: 0
  std::uint32_t offset = 0;                  // of the '<', or of the first character of text
  std::string_view name;                     // of an element, as written; target of an instruction
  std::string_view local;                    // of an element
  std::string_view namespace_;               // URI of an element, or empty
  std::string_view text;                     // of everything but elements; references resolved
  std::span<const XmlAttribute> attributes;  // namespace declarations among them
  const XmlNode* parent = nullptr;
  const XmlNode* first_child = nullptr;
  const XmlNode* next_sibling = nullptr;

  // The node behind this one in document order, or null behind the last. Amortised constant.
  [[nodiscard]] const XmlNode* next() const noexcept {
    if (first_child != nullptr) return first_child;
    const XmlNode* at = this;
    while (at != nullptr && at->next_sibling == nullptr) at = at->parent;
    return at == nullptr ? nullptr : at->next_sibling;
  }
  [[nodiscard]] bool is(std::string_view uri, std::string_view local_name) const noexcept {
    return kind == XmlKind::element && namespace_ == uri && local == local_name;
  }
  // The first child element of that name, or null.
  [[nodiscard]] const XmlNode* child(std::string_view uri, std::string_view local_name) const noexcept;
  // The first attribute of that name without a namespace, or null.
  [[nodiscard]] const XmlAttribute* attribute(std::string_view local_name) const noexcept;
};

struct XmlDocument {
  const XmlNode* first = nullptr;  // of the prolog, its siblings are root and epilog; begin here
  const XmlNode* root = nullptr;
  std::string_view encoding;  // as declared, or empty
};

struct XmlLimits {
  std::uint32_t depth = 64;       // elements inside each other
  std::uint32_t nodes = 20'000;   // of all kinds
  std::uint32_t attributes = 64;  // of one element
  std::uint32_t all_attributes = 20'000;
  std::uint32_t name_bytes = 1024;
  std::uint32_t text_bytes = 1 << 20;  // of one text, value, comment
  std::uint32_t namespaces = 32;       // declared and in scope at one place
};

// `text`: UTF-8 without byte order mark (charset.hpp). Linear, but for attributes and namespaces,
// which are few. Rules: "xml" (not well-formed), "xml_dtd", "xml_entity", "xml_namespace",
// "xml_version", "utf8", and the names of XmlLimits.
[[nodiscard]] std::expected<XmlDocument, Refusal> parse_xml(std::string_view text, Arena& arena,
                                                            const XmlLimits& limits = {});

}  // namespace sallyport::decode
