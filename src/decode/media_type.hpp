// The Content-Type field (RFC 9110 §8.3.1): `type/subtype; name=value; name="value"`.
#pragma once

#include <optional>
#include <string_view>

namespace sallyport::decode {

struct MediaType {
  std::string_view essence;     // "application/json" in the case it was sent in: compare with is()
  std::string_view parameters;  // from the first ';', or empty

  // ASCII case-insensitive.
  [[nodiscard]] bool is(std::string_view name) const noexcept;
  // "application/json" and everything that ends in "+json" (RFC 6839).
  [[nodiscard]] bool is_json() const noexcept;
  // The value of a parameter as it was sent, without quotes; escapes ("\x") are kept. Nothing when
  // it is not there.
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const noexcept;
};

// Nothing when it is not of that form: also for a parameter that is named twice.
[[nodiscard]] std::optional<MediaType> parse_media_type(std::string_view text) noexcept;

}  // namespace sallyport::decode
