// What one segment of a path looks like: for telling names that an API has from values that
// callers put there.
#pragma once

#include <cstdint>
#include <string_view>

namespace sallyport::inventory {

enum class Segment : std::uint8_t {
  word,     // could be either
  version,  // v1, v2beta1, 1.2
  integer,  // digits, perhaps with a sign
  uuid,
  date,    // 2024-11-23, with or without a time
  hash,    // 12 or more hexadecimal digits, as of git, SHA-256, MongoDB
  code,    // an id of letters and digits: thread_8fA31xb, AC0123…, ULID, base64
  locale,  // en-US
  other,   // holds what no name of an API holds: "@", ":", "%", "main...dev"
};

// The segment without what stands behind the last dot, when that is a format: "17.json".
struct Parts {
  std::string_view stem;
  std::string_view extension;  // ".json", or empty
};
[[nodiscard]] Parts split_extension(std::string_view segment);
[[nodiscard]] Segment kind_of_segment(std::string_view stem);
// Is a value of this kind one, without looking at its neighbours?
[[nodiscard]] constexpr bool is_value(Segment kind) {
  return kind != Segment::word && kind != Segment::version && kind != Segment::locale;
}
[[nodiscard]] std::string_view word(Segment kind);

}  // namespace sallyport::inventory
