// The letters of attacks: ASCII classes, case-blind comparison and word lists. All lists are lower
// case and sorted; all functions are linear in what they look at.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "base/ascii.hpp"

namespace sallyport::detectors {

constexpr bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }
// What languages skip between words; with the vertical tab and the no-break space of Latin-1.
constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0' || c == '\xa0'; }
constexpr bool is_quote(char c) { return c == '\'' || c == '"' || c == '`'; }
constexpr unsigned hex_digit(char c) { return static_cast<unsigned>(hex_value(c)); }

// The byte at `i`, or NUL outside.
constexpr char at(std::string_view text, std::size_t i) { return i < text.size() ? text[i] : '\0'; }

constexpr bool begins(std::string_view text, std::string_view low) {
  if (text.size() < low.size()) return false;
  for (std::size_t i = 0; i < low.size(); ++i) {
    if (lower(text[i]) != low[i]) return false;
  }
  return true;
}
constexpr bool same(std::string_view text, std::string_view low) {
  return text.size() == low.size() && begins(text, low);
}

// The first place of `low` at or after `from`, or npos.
inline std::size_t find(std::string_view text, std::string_view low, std::size_t from = 0) {
  if (text.size() < low.size()) return std::string_view::npos;
  const std::array<char, 2> first{low[0], is_letter(low[0]) ? static_cast<char>(low[0] - 32) : low[0]};
  const std::size_t last = text.size() - low.size();
  for (std::size_t i = from; i <= last; ++i) {
    if ((text[i] == first[0] || text[i] == first[1]) && begins(text.substr(i), low)) return i;
  }
  return std::string_view::npos;
}
inline bool holds(std::string_view text, std::string_view low) { return find(text, low) != std::string_view::npos; }
// Any of them, anywhere.
inline std::size_t find_any(std::string_view text, std::span<const std::string_view> lows, std::string_view* which) {
  for (const auto low : lows) {
    if (const auto at = find(text, low); at != std::string_view::npos) {
      *which = low;
      return at;
    }
  }
  return std::string_view::npos;
}

// A word list; `in` is binary search without regard to case.
template <std::size_t N>
struct Words {
  std::array<std::string_view, N> list;
  consteval explicit Words(std::array<std::string_view, N> words) : list(words) { std::ranges::sort(list); }
  [[nodiscard]] bool has(std::string_view word) const {
    std::array<char, 40> low;
    if (word.empty() || word.size() > low.size()) return false;
    std::ranges::transform(word, low.begin(), lower);
    return std::ranges::binary_search(list, std::string_view(low.data(), word.size()));
  }
};
template <class... S>
consteval auto words(S... s) {
  return Words<sizeof...(S)>(std::array<std::string_view, sizeof...(S)>{std::string_view(s)...});
}

constexpr std::size_t skip_space(std::string_view text, std::size_t i) {
  while (i < text.size() && is_space(text[i])) ++i;
  return i;
}
constexpr std::size_t word_end(std::string_view text, std::size_t i) {
  while (i < text.size() && is_word(text[i])) ++i;
  return i;
}
// Around a match, for people: not before `begin`, at most 48 bytes.
constexpr std::string_view around(std::string_view text, std::size_t begin, std::size_t end) {
  end = end < begin + 48 ? end : begin + 48;
  return text.substr(begin, end - begin);
}

}  // namespace sallyport::detectors
