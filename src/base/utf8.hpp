// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sallyport {

// The offset of the first byte that is not UTF-8, or npos. Linear.
[[nodiscard]] std::size_t find_invalid_utf8(std::string_view text) noexcept;
// Appends a code point; it must be a scalar value.
void append_utf8(std::string& out, char32_t code);
// The same at `at`, where four bytes must have room; returns the end.
char* write_utf8(char* at, char32_t code) noexcept;

}  // namespace sallyport
