// Character classes of RFC 9110 §5.6 and RFC 3986 §2, one table look-up each.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/ascii.hpp"

namespace sallyport::http {

namespace character {
inline constexpr std::uint8_t tchar = 1;        // of a token, RFC 9110 §5.6.2
inline constexpr std::uint8_t field_value = 2;  // VCHAR, SP, HTAB, obs-text
inline constexpr std::uint8_t unreserved = 4;   // RFC 3986 §2.3
inline constexpr std::uint8_t path = 8;         // pchar and '/', without '%', RFC 3986 §3.3
inline constexpr std::uint8_t query = 16;       // VCHAR but '#': what clients send in queries
inline constexpr std::uint8_t host = 32;        // of a reg-name, without percent-encoding and sub-delims
inline constexpr std::uint8_t digit = 64;
inline constexpr std::uint8_t hex = 128;
}  // namespace character

inline constexpr std::array<std::uint8_t, 256> classes = [] {
  std::array<std::uint8_t, 256> table{};
  const auto add = [&table](std::string_view set, std::uint8_t bit) {
    for (const char c : set) table[static_cast<unsigned char>(c)] |= bit;
  };
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view digits = "0123456789";
  using namespace character;
  for (const std::uint8_t bit : {tchar, unreserved, path, host}) {
    add(letters, bit);
    add(digits, bit);
  }
  add("!#$%&'*+-.^_`|~", tchar);
  add("-._~", unreserved);
  add("-._~!$&'()*+,;=:@/", path);
  add("-._", host);
  add(digits, digit);
  add("0123456789abcdefABCDEF", hex);
  for (unsigned c = 0x20; c < 0x100; ++c) {
    if (c != 0x7f) table[c] |= field_value;
  }
  table['\t'] |= field_value;
  for (unsigned c = 0x21; c < 0x7f; ++c) {
    if (c != '#') table[c] |= query;
  }
  return table;
}();

[[nodiscard]] constexpr bool is(char c, std::uint8_t set) noexcept {
  return (classes[static_cast<unsigned char>(c)] & set) != 0;
}

[[nodiscard]] constexpr bool all(std::string_view text, std::uint8_t set) noexcept {
  for (const char c : text) {
    if (!is(c, set)) return false;
  }
  return true;
}

using sallyport::hex_value;
using sallyport::lower;

// Without the optional white space around it (OWS, RFC 9110 §5.6.3).
[[nodiscard]] constexpr std::string_view trim_blanks(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace sallyport::http
