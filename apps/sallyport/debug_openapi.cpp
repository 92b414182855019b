#include <chrono>
#include <iostream>
#include <memory>
#include <numeric>

#include "controls/contract/examples.hpp"
#include "controls/contract/plan_builder.hpp"
#include "debug.hpp"

namespace sallyport::cli {
namespace {

constexpr std::size_t told = 10;  // examples that do not fit, of each file

// Loads one description, compiles every schema that its operations use, holds its examples against
// them, and says what it found.
bool report(const std::string& file, bool all) {
  const auto began = std::chrono::steady_clock::now();
  const auto spec = load_openapi(file);
  if (!spec) {
    std::cout << file << ": " << spec.error().text() << "\n";
    return false;
  }
  std::vector<std::uint32_t> origins(spec->operations.size());
  std::iota(origins.begin(), origins.end(), 0u);
  const auto plan = controls::contract::build_plan(*spec, origins, {.examples = true});
  if (!plan) {
    std::cout << file << ": " << spec->dialect << ", " << counted(origins.size(), "operation") << "; "
              << plan.error().text() << "\n";
    return false;
  }
  const auto examples = controls::contract::judge_examples(**plan);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  std::cout << file << ": " << spec->dialect << ", " << counted(origins.size(), "operation") << ", "
            << counted((*plan)->requests.schemas.size(), "schema") << " of requests, "
            << counted((*plan)->answers.schemas.size(), "schema") << " of answers, "
            << counted(examples.count, "example") << " (" << examples.bad.size() << " do not fit), "
            << counted(spec->warnings.size(), "warning") << ", " << took.count() << " ms\n";
  std::size_t left = all ? examples.bad.size() : std::min(told, examples.bad.size());
  for (const auto& bad : examples.bad) {
    if (left-- == 0) break;
    std::cout << "  " << bad.where << ": the example does not fit: " << bad.place << ": " << bad.rule << "\n";
  }
  if (!all && examples.bad.size() > told) {
    std::cout << "  and " << examples.bad.size() - told << " more: --all names them\n";
  }
  return true;
}

}  // namespace

void debug_openapi(CLI::App& debug, int& exit) {
  auto files = std::make_shared<std::vector<std::string>>();
  auto all = std::make_shared<bool>(false);
  auto* part = debug.add_subcommand(
      "openapi", "Loads OpenAPI files, compiles their schemas and tries their examples; exit 1 when a file fails.");
  part->add_option("files", *files, "OpenAPI 3.0, 3.1 or Swagger 2.0, YAML or JSON")->required();
  part->add_flag("--all", *all, "Name every example that does not fit");
  part->footer("Example: sallyport debug openapi openapi.yaml");
  part->callback([files, all, &exit] {
    exit = good;
    for (const std::string& file : *files) {
      if (!report(file, *all)) exit = findings;
    }
  });
}

}  // namespace sallyport::cli
