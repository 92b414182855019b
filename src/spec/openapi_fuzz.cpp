// Any text as an OpenAPI description. What loads must mount, and what mounts must route or be
// refused by the router with a reason.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "spec/openapi.hpp"
#include "spec/path_template.hpp"
#include "spec/router.hpp"

namespace {
void check(bool condition) {
  if (!condition) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  auto document = document::parse(std::string(reinterpret_cast<const char*>(data), size), "fuzz");
  if (!document) return 0;
  const auto spec = parse_openapi(std::move(*document));
  if (!spec) {
    check(!spec.error().message.empty() && !spec.error().where.empty());
    return 0;
  }
  check(!spec->base_paths.empty() && spec->sources.size() == spec->operations.size());
  auto mounted = mount(*spec);
  check(mounted.has_value() && mounted->origins.size() == mounted->operations.size());
  Api api;
  api.hosts = {"*"};
  api.has_spec = true;
  api.base_path = mounted->base_path;
  api.operations = std::move(mounted->operations);
  const auto router = Router::build({&api});
  if (!router) {
    check(!router.error().message.empty());
    return 0;
  }
  for (const auto& operation : api.operations) {
    const auto parsed = parse_path_template(operation.path_template);
    check(parsed.has_value());
    check(router->find("h", parsed->shape(), operation.method, operation.method_token).api == &api);
  }
  return 0;
}
