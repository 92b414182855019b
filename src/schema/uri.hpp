// URI references (RFC 3986 §5) as JSON Schema needs them: resolving one against a base.
#pragma once

#include <string>
#include <string_view>

namespace sallyport::schema {

// `reference` resolved against `base`, with its fragment. Neither is checked.
[[nodiscard]] std::string resolve_uri(std::string_view base, std::string_view reference);

// "a#b" -> "a" and "b".
struct SplitUri {
  std::string_view document;
  std::string_view fragment;
};
[[nodiscard]] SplitUri split_fragment(std::string_view uri) noexcept;

// "%7E" -> "~". A '%' that begins no encoding is kept.
[[nodiscard]] std::string percent_decoded(std::string_view text);

}  // namespace sallyport::schema
