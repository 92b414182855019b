// Writing JSON (RFC 8259): strings and integers.
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

namespace sallyport {

// The text in quotes. '"', '\' and control characters are escaped; each maximal part that is not
// valid UTF-8 (RFC 3629) becomes U+FFFD, so the output is valid whatever the input.
void append_json(std::string& out, std::string_view text);
// The same at `at`, where json_bound() bytes must have room; returns the end.
char* write_json(char* at, std::string_view text);
[[nodiscard]] constexpr std::size_t json_bound(std::size_t bytes) { return 6 * bytes + 2; }

template <std::integral T>
void append_number(std::string& out, T value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

}  // namespace sallyport
