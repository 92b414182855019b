// The text of an API key: "slp_", eight letters and digits that name it, "_", thirty-two that are the
// secret (190 bits), and six of a checksum. So it is recognised wherever it turns up, and a mistyped one
// is told from a wrong one without a look at any file.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <sallyport/result.hpp>

namespace sallyport::identity {

struct ApiKeyText {
  static constexpr std::string_view prefix = "slp_";
  static constexpr std::size_t id_letters = 8;
  static constexpr std::size_t secret_letters = 32;
  static constexpr std::size_t checksum_letters = 6;
  static constexpr std::size_t bytes = prefix.size() + id_letters + 1 + secret_letters + checksum_letters;

  std::string_view whole;
  std::string_view id;  // no secret: it may be shown and stored
};

// A new key, from the kernel's randomness.
[[nodiscard]] Result<std::string> make_api_key();
// Null when it has not that form, or its checksum is wrong.
[[nodiscard]] std::optional<ApiKeyText> read_api_key(std::string_view text);

}  // namespace sallyport::identity
