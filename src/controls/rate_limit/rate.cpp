#include "controls/rate_limit/rate.hpp"

#include <charconv>

namespace sallyport::controls::rate_limit {

std::optional<Rate> parse_rate(std::string_view text) {
  if (text == "off") return Rate{};
  Rate rate;
  const auto number = std::from_chars(text.data(), text.data() + text.size(), rate.amount);
  if (number.ec != std::errc{} || rate.amount == 0 || rate.amount > shared::Limit::max_amount) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(number.ptr - text.data()));
  if (!text.starts_with('/')) return std::nullopt;
  text.remove_prefix(1);
  if (text == "day" || text == "month") {
    rate.period = text == "day" ? shared::Period::day : shared::Period::month;
    return rate;
  }
  const bool unit_alone = !text.empty() && (text.front() < '0' || text.front() > '9');
  const auto window = config::parse_duration(unit_alone ? "1" + std::string(text) : std::string(text));
  if (!window || window->count() < 1 || window->count() > shared::Limit::max_window_us / 1000) return std::nullopt;
  rate.window = *window;
  return rate;
}

std::string format_rate(const Rate& rate) {
  if (rate.off()) return "off";
  std::string window;
  if (rate.period) {
    window = *rate.period == shared::Period::day ? "day" : "month";
  } else {
    window = config::format_duration(rate.window);
    if (window.size() > 1 && window[0] == '1' && (window[1] < '0' || window[1] > '9') &&
        config::parse_duration(window.substr(1)) == std::nullopt &&
        window.find_first_of("0123456789", 1) == std::string::npos) {
      window.erase(0, 1);
    }
  }
  return std::to_string(rate.amount) + "/" + window;
}

}  // namespace sallyport::controls::rate_limit
