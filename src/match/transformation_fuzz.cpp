// Every transformation is total and keeps its bound; the body readers and detectors are total too.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "match/body_reader.hpp"
#include "match/rule_set.hpp"
#include "match/sqli.hpp"
#include "match/transformation.hpp"
#include "match/xss.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  match::Scratch scratch;
  for (int t = 0; t <= static_cast<int>(match::Transformation::utf8_to_unicode); ++t) {
    const auto out = match::transform(static_cast<match::Transformation>(t), text, scratch);
    if (out.size() > 6 * text.size() + 64) std::abort();
  }
  (void)match::find_sqli(text);
  (void)match::finds_xss(text);
  static const auto rules = match::RuleSet::compile({}, {.paranoia = 1, .prefilter = false, .cache_folder = {}});
  Arena arena;
  auto* evaluation = match::Evaluation::begin(**rules, arena, 1);
  switch (data[0] % 4) {
    case 0:
      (void)match::read_form(*evaluation, text, match::ArgumentsFrom::body);
      break;
    case 1:
      (void)match::read_json(*evaluation, text);
      break;
    case 2:
      (void)match::read_xml(*evaluation, text);
      break;
    default:
      (void)match::read_multipart(*evaluation, "multipart/form-data; boundary=b", text);
  }
  return 0;
}
