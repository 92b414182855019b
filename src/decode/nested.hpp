// Values within values: what else a string can be read as. A JSON text in a string, base64 of
// JSON, a percent-encoded script in a base64 of a JWT: attacks hide where one decoder fewer looks.
//
//   Unwrapper unwrapper(arena);
//   for (const Nested& form : unwrapper.unwrap(value)) inspect(form.text);
//   if (!unwrapper.skipped().nothing()) ...   // some of it was not looked into
//
// For inspection only: what goes to the API is what the client sent. One Unwrapper a message: its
// limits are those of all values together. Nothing is dropped silently: skipped() counts.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <sallyport/arena.hpp>

namespace sallyport::decode {

enum class Wrapping : std::uint8_t {
  percent,    // %41, %u0041
  backslash,  // \u0041, \x41
  html,       // &#65;
  base64,     // either alphabet; also behind "data:…;base64," and "Basic "
  utf16,      // text of two bytes a character in base64
  gzip,       // in base64
  jwt,        // head and claims
  json,       // a name or a string of a JSON text
  xml,        // text, attribute, comment or CDATA of an XML document
};
[[nodiscard]] std::string_view wrapping_name(Wrapping wrapping) noexcept;

struct NestedLimits {
  static constexpr std::size_t max_depth = 6;
  std::uint32_t depth = 4;           // wrappings inside each other; at most max_depth
  std::uint32_t forms = 256;         // found in one value
  std::uint32_t all_forms = 4096;    // found in all values
  std::uint32_t bytes = 2u << 20;    // made of all values
  std::uint32_t json_values = 2000;  // of one JSON text inside a value
};

struct Nested {
  std::string_view text;
  std::string_view name;  // of the member, element or attribute that holds it, when there is one
  std::array<Wrapping, NestedLimits::max_depth> wrappings{};  // outermost first
  std::uint8_t depth = 0;                                     // how many of them
  bool is_name = false;                                       // text is itself a name

  [[nodiscard]] std::span<const Wrapping> path() const noexcept { return {wrappings.data(), depth}; }
};

// What was there and was not looked into.
struct Skipped {
  std::uint32_t forms = 0;  // found, and over the limit
  std::uint64_t bytes = 0;  // that would have had to be decoded
  std::uint32_t deep = 0;   // forms at the last depth that hold further ones
  [[nodiscard]] bool nothing() const noexcept { return forms == 0 && bytes == 0 && deep == 0; }
};

class Unwrapper {
 public:
  explicit Unwrapper(Arena& arena, const NestedLimits& limits = {});

  // The forms of `text` besides itself; mostly none, which costs one look at each byte. Linear in
  // the limits. They live as long as `text` and the arena; equal ones are given once.
  [[nodiscard]] std::span<const Nested> unwrap(std::string_view text);
  [[nodiscard]] const Skipped& skipped() const noexcept { return skipped_; }

 private:
  struct Work;
  void open(Work& work, const Nested& outer);
  bool afford(std::size_t bytes);

  Arena& arena_;
  NestedLimits limits_;
  Skipped skipped_;
  std::uint64_t bytes_ = 0;
  std::uint32_t forms_ = 0;
};

}  // namespace sallyport::decode
