// Whatever the bytes: in one piece and in many the same goes on, and the same is refused. What goes on is always a
// start of what came.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "websocket/frames.hpp"

namespace {

using namespace sallyport::websocket;

struct Outcome {
  std::string passed;
  CloseCode code = close_code::none;
  bool closed = false;
  std::uint64_t messages = 0;
  std::uint32_t cost = 0;
};

Outcome feed(std::string_view bytes, Sender sender, std::size_t step) {
  FrameReader reader(sender, 1000);
  Outcome outcome;
  for (std::size_t at = 0; at < bytes.size() && outcome.code == close_code::none && !outcome.closed; at += step) {
    const auto seen = reader.take(bytes.substr(at, step));
    outcome.passed += seen.before;
    outcome.passed += seen.go_on;
    outcome.code = seen.violation.code;
    outcome.closed = seen.closed;
    outcome.cost += seen.cost;
  }
  outcome.messages = reader.messages();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const Sender sender = (data[0] & 1u) != 0 ? Sender::client : Sender::server;
  const std::size_t step = 1 + data[0] / 2u % 13;
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  const Outcome whole = feed(bytes, sender, bytes.size());
  const Outcome parts = feed(bytes, sender, step);
  if (!bytes.starts_with(whole.passed) || !bytes.starts_with(parts.passed)) std::abort();
  if (whole.code != parts.code || whole.closed != parts.closed || whole.messages != parts.messages) std::abort();
  // A text that turns out bad in a later piece may have gone on in part.
  if (!std::string_view(parts.passed).starts_with(whole.passed)) std::abort();
  if (whole.code == close_code::none && (whole.passed != parts.passed || whole.cost != parts.cost)) std::abort();
  return 0;
}
