// Builds a router from lines of the input and looks every line up as a path. Checked: what is
// found matches its own template, results are consistent, and nothing crashes.
//
// A line is "host base template" to declare, anything else is a path to look for.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "spec/path_template.hpp"
#include "spec/router.hpp"

namespace {

using namespace sallyport;

void check(bool condition) {
  if (!condition) std::abort();
}

std::string_view word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view out = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return out;
}

void check_template(std::string_view path_template, std::string_view path) {
  const auto parsed = parse_path_template(path_template);
  check(parsed.has_value());
  for (const auto& segment : parsed->segments) {
    check(path.starts_with('/'));
    const std::size_t end = std::min(path.find('/', 1), path.size());
    const std::string_view text = path.substr(1, end - 1);
    switch (segment.kind()) {
      case SegmentKind::concrete:
        check(text == segment.text);
        break;
      case SegmentKind::mixed:
        check(matches_mixed(segment.text, text));
        break;
      case SegmentKind::variable:
        check(!text.empty());
        break;
    }
    path.remove_prefix(end);
  }
  check(path.empty());
}

void check_route(const Route& route, std::string_view path) {
  check((route.api == nullptr) == (route.kind == RouteKind::no_api));
  check((route.operation != nullptr) == (route.kind == RouteKind::operation));
  check(route.allowed_methods.empty() == (route.kind != RouteKind::unknown_method));
  if (!route.path_template.empty()) check_template(route.path_template, path);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::unique_ptr<Api>> apis;
  std::vector<std::string_view> paths;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    paths.push_back(line);
    const std::string_view host = word(line);
    const std::string_view base = word(line);
    if (line.empty()) continue;
    if (apis.empty() || apis.back()->base_path != base || apis.back()->hosts.front() != host) {
      apis.push_back(std::make_unique<Api>());
      apis.back()->hosts = {std::string(host), "*"};
      if (apis.size() > 1) apis.back()->hosts.pop_back();
      apis.back()->base_path = base;
      apis.back()->has_spec = base.size() % 4 != 3;
    }
    Operation operation;
    operation.method = line.size() % 2 == 0 ? Method::get : Method::post;
    operation.method_token = line.size() % 2 == 0 ? "GET" : "POST";
    operation.path_template = line;
    apis.back()->operations.push_back(operation);
  }
  std::vector<const Api*> pointers;
  for (const auto& api : apis) pointers.push_back(api.get());
  const auto router = Router::build(pointers);
  if (!router) return 0;
  check(router->worst_case() <= Router::max_visits);
  for (const std::string_view path : paths) {
    check_route(router->find("h", path, Method::get, "GET"), path);
    if (!apis.empty()) check_route(router->find(apis.front()->hosts.front(), path, Method::patch, "PATCH"), path);
  }
  return 0;
}
