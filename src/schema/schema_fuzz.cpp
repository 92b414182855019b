// Any schema (first line) and any value (the rest): compiling and judging end within their bounds.
#include <cstdlib>
#include <string>

#include "decode/json.hpp"
#include "decode/pointer.hpp"
#include "schema/compiler.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace sallyport;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto line = text.find('\n');
  if (line == std::string::npos) return 0;
  Arena arena;
  const auto own = decode::parse_json(std::string_view(text).substr(0, line), arena);
  const auto value = decode::parse_json(std::string_view(text).substr(line + 1), arena);
  if (!own || !value) return 0;
  for (const auto version :
       {schema::Version::draft4, schema::Version::draft7, schema::Version::draft2020, schema::Version::openapi30}) {
    schema::Resources resources([](const std::string&) -> Result<const decode::Value*> { return nullptr; });
    const auto resource = resources.add_schema("f", **own, schema::Dialect{version, true, true});
    if (!resource) continue;
    schema::Compiler compiler(resources, {.closed = true, .direction = schema::Direction::request});
    const auto id = compiler.compile(**own, *resource);
    if (!id) continue;
    const auto program = compiler.finish();
    if (!program) continue;
    const auto judged = schema::validate(*program, *id, **value, arena, {.steps = 10'000});
    if (judged.judgement == schema::Judgement::good) continue;
    if (judged.failure.value == nullptr || judged.failure.rule.empty()) std::abort();
    (void)decode::pointer_to(**value, *judged.failure.value, judged.failure.name);
  }
  return 0;
}
