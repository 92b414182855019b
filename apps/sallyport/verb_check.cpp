#include <iostream>
#include <memory>

#include "assembly/assembly.hpp"
#include "controls/rate_limit/rate_limit.hpp"
#include "gateway/build_snapshot.hpp"
#include "verbs.hpp"

namespace sallyport::cli {
namespace {

struct Options {
  std::string config = "sallyport.yaml";
  std::string format = "text";
};

int check(const Options& options) {
  config::Report report;
  const auto assembled = assembly::load(options.config, 1, std::make_shared<engine::Services>(), report);
  std::size_t operations = 0;
  if (assembled) {
    // Its errors are in the report; the snapshot itself is not needed.
    [[maybe_unused]] const auto snapshot = gateway::build_snapshot(assembled->root, assembled->policy, report);
    for (const auto& api : assembled->policy->apis) operations += api->operations.size();
  }
  if (options.format == "json") {
    std::cout << report.json() << "\n";
  } else {
    std::cout << report.text();
    if (report.ok()) std::cout << controls::rate_limit::explain(*assembled->policy);
    if (report.ok()) {
      std::cout << options.config << ": good, " << counted(assembled->policy->apis.size(), "API") << ", "
                << counted(operations, "operation") << ", " << counted(report.warnings(), "warning") << "\n";
    } else {
      std::cout << options.config << ": " << counted(report.errors(), "error") << ", "
                << counted(report.warnings(), "warning") << "\n";
    }
  }
  if (!report.ok()) return usage;
  return report.warnings() == 0 ? good : findings;
}

}  // namespace

void add_check(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  auto* verb =
      app.add_subcommand("check", "Reads a configuration with everything that it names, and says what is wrong.");
  verb->add_option("-c,--config", options->config, "Configuration file")->capture_default_str();
  verb->add_option("--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  verb->footer("Exit: 0 good, 1 warnings, 2 errors.\nExample: sallyport check -c sallyport.yaml --format json");
  verb->callback([options, &exit] { exit = check(*options); });
}

}  // namespace sallyport::cli
