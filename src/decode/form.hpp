// Query strings and application/x-www-form-urlencoded (WHATWG URL §5.1), read strictly.
//
// Pairs are separated by '&' alone; empty ones are skipped; '+' is a space; a name without '=' has
// an empty value. Equal names are all kept, in order: who must have one value asks for it. A raw
// ';' stays part of its value and is reported, because some old readers split there (CWE-436).
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "decode/refusal.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::decode {

struct Pair {
  std::string_view name;   // decoded
  std::string_view value;  // decoded
  std::size_t offset = 0;  // of the name, in the source
  bool equals = false;     // "a=" and not "a"
};

struct Pairs {
  std::span<const Pair> items;
  bool semicolons = false;  // somewhere stands a raw ';'

  // The first of that name, or null. Linear.
  [[nodiscard]] const Pair* find(std::string_view name) const noexcept;
  // How often the name occurs. Linear.
  [[nodiscard]] std::size_t count(std::string_view name) const noexcept;
};

struct FormLimits {
  std::uint32_t pairs = 255;            // SECURITY.md: arguments of a request
  std::uint32_t name_bytes = 1024;      // of one name, decoded
  std::uint32_t value_bytes = 1 << 20;  // of one value, decoded
};

// Rules: those of decode_percent and the names of FormLimits. Lives as long as `text` and arena.
[[nodiscard]] std::expected<Pairs, Refusal> read_pairs(std::string_view text, Arena& arena,
                                                       const FormLimits& limits = {});

}  // namespace sallyport::decode
