#include "base/time_text.hpp"

#include <fmt/format.h>

#include <array>
#include <ctime>

namespace sallyport {

std::string rfc3339(std::int64_t time_us, Fraction fraction) {
  const std::time_t seconds = time_us / 1'000'000;
  std::tm parts{};
  static_cast<void>(::gmtime_r(&seconds, &parts));
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  const std::string_view whole(text.data(), size);
  switch (fraction) {
    case Fraction::none:
      return fmt::format("{}Z", whole);
    case Fraction::milliseconds:
      return fmt::format("{}.{:03}Z", whole, time_us / 1000 % 1000);
    case Fraction::microseconds:
      return fmt::format("{}.{:06}Z", whole, time_us % 1'000'000);
  }
  return {};
}

}  // namespace sallyport
