// Any text is rules or an error with a place; rules that compile can be run.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "match/http_input.hpp"
#include "match/rule_set.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const std::string text(reinterpret_cast<const char*>(data), size);
  // Files of this machine are none of the fuzzer's.
  for (const char* word : {"nclude", "rom", "pmf", "ipmatchf", "PMF", "NCLUDE", "ROM"}) {
    if (text.find(word) != std::string::npos) return 0;
  }
  match::Options options;
  options.prefilter = false;
  const std::vector<match::Source> sources{match::Source::rules(text, "fuzz")};
  const auto rules = match::RuleSet::compile(sources, options);
  if (!rules) {
    if (rules.error().where.empty()) std::abort();
    return 0;
  }
  Arena arena;
  auto* evaluation = match::Evaluation::begin(**rules, arena, 1);
  Request request;
  request.method_token = "GET";
  request.target = "/a/b.php?x=1&y=%41<b>";
  request.query = "x=1&y=%41<b>";
  match::fill_request_head(*evaluation, request, Connection{}, "id");
  match::fill_request_body(*evaluation, {});
  for (int phase = 1; phase <= 5; ++phase) evaluation->run(phase);
  return 0;
}
