// UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, then a counter that makes the ids of one source
// grow within a millisecond (§6.2, method 1), then 62 random bits. Not a secret.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <sallyport/operation.hpp>

#include <sallyport/event.hpp>

namespace sallyport {

// One per thread. Ids of one source grow strictly, also when the clock steps back.
class UuidSource {
 public:
  // Seeded by getrandom(2).
  UuidSource();
  // `now_us`: microseconds since 1970.
  [[nodiscard]] CallId next(std::int64_t now_us);

 private:
  std::uint64_t random();
  std::uint64_t state_[4] = {};
  std::uint64_t last_ms_ = 0;
  std::uint32_t counter_ = 0;
};

inline constexpr std::size_t uuid_text_bytes = 36;
// Writes "0190e5a0-7b1c-7c3e-8a55-0123456789ab", lower case, without a terminating zero.
void format_uuid(const CallId& id, std::span<char, uuid_text_bytes> out);
// Accepts exactly that form, in either case, of any version.
[[nodiscard]] std::optional<CallId> parse_uuid(std::string_view text);

}  // namespace sallyport
