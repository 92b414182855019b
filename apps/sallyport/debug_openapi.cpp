#include <chrono>
#include <iostream>
#include <memory>
#include <numeric>

#include "controls/contract/plan_builder.hpp"
#include "debug.hpp"

namespace sallyport::cli {
namespace {

// Loads one description, compiles every schema that its operations use, and says what it found.
bool report(const std::string& file) {
  const auto began = std::chrono::steady_clock::now();
  const auto spec = load_openapi(file);
  if (!spec) {
    std::cout << file << ": " << spec.error().text() << "\n";
    return false;
  }
  std::vector<std::uint32_t> origins(spec->operations.size());
  std::iota(origins.begin(), origins.end(), 0u);
  const auto plan = controls::contract::build_plan(*spec, origins, true, true);
  if (!plan) {
    std::cout << file << ": " << spec->dialect << ", " << counted(origins.size(), "operation") << "; "
              << plan.error().text() << "\n";
    return false;
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  std::cout << file << ": " << spec->dialect << ", " << counted(origins.size(), "operation") << ", "
            << counted((*plan)->requests.schemas.size(), "schema") << " of requests, "
            << counted((*plan)->answers.schemas.size(), "schema") << " of answers, "
            << counted(spec->warnings.size(), "warning") << ", " << took.count() << " ms\n";
  return true;
}

}  // namespace

void debug_openapi(CLI::App& debug, int& exit) {
  auto files = std::make_shared<std::vector<std::string>>();
  auto* part =
      debug.add_subcommand("openapi", "Loads OpenAPI files and compiles their schemas; exit 1 when one fails.");
  part->add_option("files", *files, "OpenAPI 3.0, 3.1 or Swagger 2.0, YAML or JSON")->required();
  part->footer("Example: sallyport debug openapi openapi.yaml");
  part->callback([files, &exit] {
    exit = good;
    for (const std::string& file : *files) {
      if (!report(file)) exit = findings;
    }
  });
}

}  // namespace sallyport::cli
