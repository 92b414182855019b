// Any bytes: no finding leaves the text, none overlaps another, and a second scan says the same.
#include <cstdint>
#include <cstdlib>

#include "classify/scan.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport::classify;
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  // The first line is the field's name.
  const std::size_t line = text.find('\n');
  const std::string_view name = line == std::string_view::npos ? std::string_view() : text.substr(0, line);
  if (line != std::string_view::npos) text.remove_prefix(line + 1);
  Findings found;
  found.set_least(Confidence::low);
  scan(text, kinds_of_name(name).kinds, found);
  Findings again;
  again.set_least(Confidence::low);
  scan(text, kinds_of_name(name).kinds, again);
  if (found.all().size() != again.all().size()) std::abort();
  for (std::size_t i = 0; i < found.all().size(); ++i) {
    const Finding& a = found.all()[i];
    if (a.begin > a.end || a.end > text.size()) std::abort();
    for (std::size_t j = 0; j < i; ++j) {
      const Finding& b = found.all()[j];
      if (a.begin < b.end && b.begin < a.end) std::abort();
    }
  }
  return 0;
}
