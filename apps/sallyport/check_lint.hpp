// The part of `sallyport check` that looks at specifications.
#pragma once

#include <string>
#include <vector>

#include "config/report.hpp"
#include "lint/finding.hpp"
#include "settings/settings.hpp"

namespace sallyport::cli {

struct LintOptions {
  std::string sarif;     // file to write, or empty
  std::string baseline;  // file to read, or empty
  std::string fail_on = "high";
  bool all = false;  // every finding is printed
};

// What was found in one or more specifications.
struct LintOutcome {
  std::vector<lint::Finding> findings;  // those that nobody accepted
  std::size_t accepted = 0;
  struct One {
    std::string name;
    lint::Report report;
  };
  std::vector<One> specs;

  // Is there one that --fail-on is about?
  [[nodiscard]] bool fails(const LintOptions& options) const;
  [[nodiscard]] std::string text(const LintOptions& options) const;
  // "findings": [...], "scores": {...}: members of an object.
  [[nodiscard]] std::string json() const;
};

// Of the APIs of a configuration that was read without errors. What goes wrong is in `report`.
[[nodiscard]] LintOutcome lint_configuration(const std::string& config, const settings::Root& root,
                                             const LintOptions& options, config::Report& report);
// Of a specification alone: no gateway is taken into account.
[[nodiscard]] LintOutcome lint_specification(const std::string& spec, const LintOptions& options,
                                             config::Report& report);

}  // namespace sallyport::cli
