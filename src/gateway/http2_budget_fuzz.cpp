// Whatever the bytes, the budget says the same of them in one piece and in many.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/http2_budget.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using sallyport::gateway::FrameBudget;
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  FrameBudget whole(FrameBudget::From::client);
  FrameBudget pieces(FrameBudget::From::client);
  const bool allowed = whole.take(bytes, {});
  bool piecewise = true;
  for (std::size_t at = 0; at < size && piecewise; at += 1 + at % 7) {
    piecewise = pieces.take(bytes.substr(at, 1 + at % 7), {});
  }
  if (allowed != piecewise) std::abort();
  if (allowed && (whole.unfinished() != pieces.unfinished() || whole.finished() != pieces.finished())) std::abort();
  return 0;
}
