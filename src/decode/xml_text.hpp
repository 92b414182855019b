// Text of XML as it means: references resolved, line ends and white space normalised.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "decode/refusal.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::decode {

enum class XmlText : std::uint8_t {
  content,    // references; line ends become LF (XML 1.0 §2.11)
  attribute,  // references; white space becomes a space (§3.3.3)
  literal,    // no references: comments, CDATA, instructions
};

// Views `raw` when nothing changes. Linear. Rules: "xml" (a malformed reference, a character that
// XML does not have), "xml_entity" (a name that is none of lt, gt, amp, quot, apos).
[[nodiscard]] std::expected<std::string_view, Refusal> resolve_xml(std::string_view raw, std::size_t at, XmlText form,
                                                                   Arena& arena);

}  // namespace sallyport::decode
