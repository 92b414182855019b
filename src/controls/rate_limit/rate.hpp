// Rate: how much within how long, as people write it: "10/m", "100/10s", "5/h", "1000/day",
// "20000/month", or "off". With a unit of time the window slides; day and month are calendar
// periods.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/scalar.hpp"
#include "shared/calendar.hpp"
#include "shared/limit.hpp"

namespace sallyport::controls::rate_limit {

struct Rate {
  std::uint32_t amount = 0;  // 0: off
  config::Duration window{};
  std::optional<shared::Period> period;  // instead of a window
  [[nodiscard]] bool off() const { return amount == 0; }
  friend bool operator==(const Rate&, const Rate&) = default;
};

[[nodiscard]] std::optional<Rate> parse_rate(std::string_view text);
// The shortest text that parses to the same.
[[nodiscard]] std::string format_rate(const Rate& rate);

}  // namespace sallyport::controls::rate_limit

template <>
struct sallyport::config::Scalar<sallyport::controls::rate_limit::Rate> {
  using Rate = controls::rate_limit::Rate;
  static constexpr std::string_view name = "rate";
  static constexpr std::string_view pattern = "^(off|[0-9]+/([0-9]*(d|h|m|s|ms)|day|month))$";
  static Result<Rate> parse(std::string_view text) {
    if (const auto rate = controls::rate_limit::parse_rate(text)) return *rate;
    return fail(ErrorCode::invalid, "expected a rate such as 10/m, 100/10s, 5/h, 1000/day or off");
  }
  static std::string format(const Rate& rate) { return controls::rate_limit::format_rate(rate); }
};
