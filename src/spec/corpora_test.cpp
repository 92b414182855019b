// Runs over a folder of real API descriptions, when the environment variable SALLYPORT_SHARED
// names one: every .json and .yaml file below it must load or be refused for a reason that stands
// here. Each that loads must also route: every operation is found by a path made from its template.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "spec/openapi.hpp"
#include "spec/path_template.hpp"
#include "spec/router.hpp"

namespace sallyport {
namespace {

namespace fs = std::filesystem;

// Refusals that are right.
constexpr std::array<std::string_view, 2> reasons{
    "no OpenAPI description",         // parts that others refer to, and the JSON Schemas of OpenAPI
    "variable 'id' stands twice in",  // parameters-common of the readme examples
};

bool is_known(const Error& error) {
  for (const auto reason : reasons) {
    if (error.message.starts_with(reason)) return true;
  }
  return false;
}

// A path that the template matches: every variable stands for "~0", which no literal text holds.
std::string example(const PathTemplate& path) {
  std::string out;
  for (const auto& segment : path.segments) {
    out += '/';
    for (const char c : segment.text) {
      if (c == variable_mark) {
        out += "~0";
      } else {
        out += c;
      }
    }
  }
  return out;
}

void route_all(const Spec& spec, const fs::path& file) {
  auto mounted = mount(spec);
  ASSERT_TRUE(mounted) << file << mounted.error().text();
  Api api;
  api.name = spec.title;
  api.hosts = {"*"};
  api.base_path = mounted->base_path;
  api.has_spec = true;
  api.operations = std::move(mounted->operations);
  const auto router = Router::build({&api});
  ASSERT_TRUE(router) << file << ": " << router.error().text();
  for (const Operation& operation : api.operations) {
    const auto path = parse_path_template(operation.path_template);
    if (!path->reachable()) continue;
    const Route route = router->find("h", example(*path), operation.method, operation.method_token);
    ASSERT_EQ(route.operation, &operation) << file << ": " << operation.label << " -> " << route.path_template;
  }
  std::printf("%-60s %-14s %5zu operations, %3zu warnings, worst case %u\n", file.filename().c_str(),
              spec.dialect.c_str(), spec.operations.size(), spec.warnings.size(), router->worst_case());
}

TEST(Corpora, RealDescriptionsLoadAndRoute) {
  const char* shared = std::getenv("SALLYPORT_SHARED");
  if (shared == nullptr) GTEST_SKIP() << "skipped: no corpora";
  const fs::path folder = fs::path(shared) / "corpora/openapi";
  ASSERT_TRUE(fs::is_directory(folder)) << folder;
  std::size_t loaded = 0, refused = 0;
  for (const auto& file : fs::recursive_directory_iterator(folder)) {
    const auto extension = file.path().extension();
    if (!file.is_regular_file() || (extension != ".json" && extension != ".yaml")) continue;
    const auto start = std::chrono::steady_clock::now();
    const auto spec = load_openapi(file.path().string());
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    if (!spec) {
      ++refused;
      EXPECT_TRUE(is_known(spec.error())) << spec.error().text();
      continue;
    }
    ++loaded;
    if (file.file_size() > 400'000) std::printf("%7.1f ms %9ju bytes ", took.count(), std::uintmax_t{file.file_size()});
    route_all(*spec, file.path());
    for (const auto& warning : spec->warnings)
      std::printf("  %s: %s\n", warning.where.c_str(), warning.message.c_str());
  }
  std::printf("%zu loaded, %zu refused\n", loaded, refused);
  EXPECT_GT(loaded, 0u);
}

}  // namespace
}  // namespace sallyport
