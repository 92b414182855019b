#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "spec/openapi.hpp"
#include "spec/servers.hpp"

namespace sallyport {
namespace {

// "/v1" and "/v1/admin" -> "/v1"; "/a" and "/b" -> "/".
std::string common_beginning(std::string_view a, std::string_view b) {
  const auto ends_segment = [](std::string_view path, std::size_t at) { return at >= path.size() || path[at] == '/'; };
  std::size_t end = 0;
  for (std::size_t i = 0; i <= std::min(a.size(), b.size()); ++i) {
    if (ends_segment(a, i) && ends_segment(b, i)) end = i;
    if (i < a.size() && i < b.size() && a[i] != b[i]) break;
  }
  return end == 0 ? "/" : std::string(a.substr(0, end));
}

void mount_at(Mounted& out, const Operation& operation, const std::string& base) {
  Operation mounted = operation;
  mounted.index = static_cast<std::uint32_t>(out.operations.size());
  if (base != "/") mounted.path_template.insert(0, base);
  mounted.label = fmt::format("{} {}", mounted.method_token, mounted.path_template);
  out.base_path = out.operations.empty() ? base : common_beginning(out.base_path, base);
  out.origins.push_back(operation.index);
  out.operations.push_back(std::move(mounted));
}

}  // namespace

Result<Mounted> mount(const Spec& spec, std::optional<std::string_view> base_override) {
  std::vector<std::string> everywhere = spec.base_paths;
  if (base_override) {
    auto plain = plain_base_path(*base_override);
    if (!plain) return std::unexpected(std::move(plain.error()));
    everywhere = {std::move(*plain)};
  }
  Mounted out;
  out.base_path = everywhere.front();
  for (std::size_t i = 0; i < spec.operations.size(); ++i) {
    const auto& own = spec.sources[i].base_paths;
    const auto& bases = base_override || own.empty() ? everywhere : own;
    for (const auto& base : bases) mount_at(out, spec.operations[i], base);
  }
  return out;
}

}  // namespace sallyport
