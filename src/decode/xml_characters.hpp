// Characters of XML 1.0 §2.2 and §2.3.
#pragma once

#include <cstddef>
#include <string_view>

namespace sallyport::decode {

[[nodiscard]] bool is_xml_character(char32_t code) noexcept;
// Length in bytes of the Name (§2.3) that `text` begins with; 0 for none. `text` is UTF-8.
[[nodiscard]] std::size_t xml_name_length(std::string_view text) noexcept;
// The offset of the first character that XML does not have, or npos. `text` is UTF-8.
[[nodiscard]] std::size_t find_not_xml(std::string_view text) noexcept;

[[nodiscard]] constexpr bool is_xml_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace sallyport::decode
