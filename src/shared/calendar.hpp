// Calendar periods in a time zone: when does this day, or this month, end there?
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sallyport/result.hpp>

namespace sallyport::shared {

enum class Period : std::uint8_t { hour, day, month };

class TimeZone {
 public:
  // UTC.
  TimeZone() = default;
  // "UTC", or a name of the IANA database, read from /usr/share/zoneinfo (TZif, RFC 8536). After
  // the last transition of the file its last offset holds.
  [[nodiscard]] static Result<TimeZone> load(std::string_view name, const std::string& folder = "/usr/share/zoneinfo");

  // Seconds that local time is ahead of UTC at that moment, given in seconds since 1970.
  [[nodiscard]] std::int64_t offset(std::int64_t at) const noexcept;
  // The end of the period that holds that moment, in microseconds since 1970: the first moment of the next.
  [[nodiscard]] std::int64_t end_of(Period period, std::int64_t now_us) const noexcept;

 private:
  struct Transition {
    std::int64_t from;
    std::int64_t offset;
  };
  std::int64_t first_ = 0;               // offset before all transitions
  std::vector<Transition> transitions_;  // by time
};

}  // namespace sallyport::shared
