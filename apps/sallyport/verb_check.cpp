#include <iostream>
#include <memory>

#include "assembly/assembly.hpp"
#include "check_explain.hpp"
#include "check_lint.hpp"
#include "controls/protect_logins/protect_logins.hpp"
#include "controls/rate_limit/rate_limit.hpp"
#include "gateway/build_snapshot.hpp"
#include "suggest_limits.hpp"
#include "verbs.hpp"

namespace sallyport::cli {
namespace {

struct Options {
  std::string config = "sallyport.yaml";
  std::string spec;
  std::string format = "text";
  LintOptions lint;
  std::vector<std::string> suggest_limits;  // event logs
  ExplainOptions explain;
  bool roles = false;
};

int end(const Options& options, const config::Report& report, const LintOutcome& linted) {
  if (!report.ok()) return usage;
  return report.warnings() != 0 || linted.fails(options.lint) ? findings : good;
}

// {"errors": …, "problems": […], "findings": […], "scores": {…}}
void print_json(const config::Report& report, const LintOutcome& linted) {
  std::string out = report.json();
  out.pop_back();
  std::cout << out << "," << linted.json() << "}\n";
}

int check_spec(const Options& options) {
  config::Report report;
  const auto linted = lint_specification(options.spec, options.lint, report);
  if (options.format == "json") {
    print_json(report, linted);
  } else {
    std::cout << report.text() << linted.text(options.lint);
  }
  return end(options, report, linted);
}

// What is asked for alone: what else there is to say of a configuration, `check` says without it.
int answer(const Options& options) {
  config::Report report;
  const auto services = std::make_shared<engine::Services>();
  const auto assembled = assembly::load(options.config, 1, services, report);
  config::Report asked;
  std::string text;
  if (assembled && report.ok()) {
    if (!options.suggest_limits.empty()) text += suggest_limits(*assembled->policy, options.suggest_limits, asked);
    if (!options.explain.request.empty()) text += explain_request(*assembled, *services, options.explain, asked);
    if (options.roles) text += role_tables(*assembled->policy);
  }
  const config::Report& said = report.ok() ? asked : report;
  std::cout << said.text() << (said.ok() ? text : std::string());
  return said.ok() ? good : usage;
}

int check(const Options& options) {
  if (!options.spec.empty()) return check_spec(options);
  if (!options.suggest_limits.empty() || !options.explain.request.empty() || options.roles) return answer(options);
  config::Report report;
  const auto services = std::make_shared<engine::Services>();
  const auto assembled = assembly::load(options.config, 1, services, report);
  std::size_t operations = 0;
  LintOutcome linted;
  if (assembled) {
    // Its errors are in the report; the snapshot itself is not needed.
    [[maybe_unused]] const auto snapshot =
        gateway::build_snapshot(assembled->root, assembled->policy, services, report);
    for (const auto& api : assembled->policy->apis) operations += api->operations.size();
    if (report.ok()) linted = lint_configuration(options.config, assembled->root, options.lint, report);
  }
  if (options.format == "json") {
    print_json(report, linted);
  } else {
    std::cout << report.text();
    if (report.ok()) {
      std::cout << controls::rate_limit::explain(*assembled->policy)
                << controls::protect_logins::explain(*assembled->policy) << linted.text(options.lint);
      std::cout << options.config << ": good, " << counted(assembled->policy->apis.size(), "API") << ", "
                << counted(operations, "operation") << ", " << counted(report.warnings(), "warning") << ", "
                << counted(linted.findings.size(), "finding") << "\n";
    } else {
      std::cout << options.config << ": " << counted(report.errors(), "error") << ", "
                << counted(report.warnings(), "warning") << "\n";
    }
  }
  return end(options, report, linted);
}

}  // namespace

void add_check(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand(
      "check",
      "Reads a configuration with everything that it names, lints its specifications, and says what is wrong.");
  verb->add_option("-c,--config", options->config, "Configuration file")->capture_default_str();
  verb->add_option("--spec", options->spec, "Lint this specification alone, without a configuration");
  verb->add_option("--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  verb->add_option("--sarif", options->lint.sarif, "Write the findings to this file as SARIF 2.1.0");
  verb->add_option("--baseline", options->lint.baseline, "Findings that are accepted, each with reason and expiry");
  verb->add_option("--fail-on", options->lint.fail_on, "Least severity of a finding that makes the exit 1")
      ->check(CLI::IsMember({"low", "medium", "high", "never"}))
      ->capture_default_str();
  verb->add_option("--suggest-limits", options->suggest_limits,
                   "Say instead which limits the calls of these event logs would need");
  verb->add_option("--explain", options->explain.request,
                   "Say instead what each control says of this request: 'GET /orders/7'");
  verb->add_option("--token", options->explain.token, "With --explain: file of the caller's bearer token");
  verb->add_option("--header", options->explain.headers, "With --explain: 'Name: value', more than once")
      ->expected(1)
      ->take_all();
  verb->add_option("--body", options->explain.body, "With --explain: file of the request's body");
  verb->add_option("--host", options->explain.host, "With --explain: the host that is asked");
  verb->add_option("--client", options->explain.client, "With --explain: the caller's address")->capture_default_str();
  verb->add_flag("--roles", options->roles, "Say instead which role may call which operation");
  verb->add_flag("--all", options->lint.all, "Print every finding");
  verb->footer(
      "Exit: 0 good, 1 warnings or findings, 2 errors.\n"
      "Example: sallyport check -c sallyport.yaml --sarif findings.sarif");
  verb->callback([options, &exit] { exit = check(*options); });
}

}  // namespace sallyport::cli
