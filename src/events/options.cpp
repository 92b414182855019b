#include "events/options.hpp"

#include <ctime>

#include <cstdio>
#include <string>

namespace sallyport::events {

std::int64_t system_now_us() {
  timespec now{};
  static_cast<void>(::clock_gettime(CLOCK_REALTIME, &now));
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

void complain_on_stderr(std::string_view line) {
  std::string text = "sallyport: events: ";
  text += line;
  text += '\n';
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

}  // namespace sallyport::events
