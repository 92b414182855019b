// The decoder finds the same body whether the bytes come at once or one by one.
#include <cstdlib>
#include <string>

#include "http/chunked.hpp"

namespace {

bool decode(std::string_view input, bool slowly, std::string& out) {
  sallyport::http::ChunkedDecoder decoder;
  std::size_t begin = 0;
  std::size_t end = slowly ? 0 : input.size();
  while (!decoder.done()) {
    const auto step = decoder.next(input.substr(begin, end - begin));
    if (!step) return false;
    out += step->data;
    begin += step->consumed;
    if (step->consumed != 0 || !step->data.empty()) continue;
    if (end == input.size()) return false;
    ++end;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string fast, slow;
  const bool fast_done = decode(text, false, fast);
  if (fast_done != decode(text, true, slow) || (fast_done && fast != slow)) std::abort();
  return 0;
}
