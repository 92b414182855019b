#include "check_lint.hpp"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "base/json_text.hpp"
#include "config/include.hpp"
#include "lint/baseline.hpp"
#include "lint/lint.hpp"
#include "lint/report_text.hpp"
#include "verbs.hpp"

namespace sallyport::cli {
namespace {

constexpr std::size_t told = 20;  // findings, unless all are asked for

// As a reader of the repository knows the file.
std::string name_of(const std::string& path) {
  std::error_code error;
  const auto here = std::filesystem::current_path(error);
  const auto below = std::filesystem::absolute(path, error).lexically_relative(here);
  return below.empty() || below.string().starts_with("..") ? path : below.string();
}

void lint_one(const std::string& path, const lint::Gateway& gateway, LintOutcome& out, config::Report& report) {
  const auto spec = load_openapi(path);
  if (!spec) return report.error(spec.error());
  auto found = lint::lint(*spec, name_of(path), gateway);
  if (!found) return report.error(found.error());
  out.findings.insert(out.findings.end(), found->findings.begin(), found->findings.end());
  out.specs.push_back({name_of(path), std::move(*found)});
}

void finish(LintOutcome& out, const LintOptions& options, config::Report& report) {
  if (!options.baseline.empty()) {
    const auto accepting = lint::Accepting::read(options.baseline, std::time(nullptr), report);
    out.accepted = accepting.apply(out.findings);
  }
  if (options.sarif.empty()) return;
  std::ofstream file(options.sarif);
  file << lint::as_sarif(out.findings, SALLYPORT_VERSION);
  file.close();
  if (!file) report.error(Error{ErrorCode::unavailable, "cannot be written", options.sarif, {}});
}

}  // namespace

bool LintOutcome::fails(const LintOptions& options) const {
  return std::ranges::any_of(findings, [&](const lint::Finding& one) {
    for (const auto severity : {lint::Severity::low, lint::Severity::medium, lint::Severity::high}) {
      if (options.fail_on == lint::word(severity)) return lint::text_of(one.rule).severity >= severity;
    }
    return false;  // never
  });
}

std::string LintOutcome::text(const LintOptions& options) const {
  std::vector<lint::Finding> sorted;
  for (const auto severity : {lint::Severity::high, lint::Severity::medium, lint::Severity::low}) {
    for (const lint::Finding& one : findings) {
      if (lint::text_of(one.rule).severity == severity) sorted.push_back(one);
    }
  }
  std::string out = lint::as_text(sorted, options.all ? sorted.size() : told);
  for (const One& one : specs) {
    out += fmt::format("{}: {} of 100 points\n", one.name, one.report.score());
  }
  if (accepted != 0) out += counted(accepted, "finding") + " accepted by the baseline\n";
  return out;
}

std::string LintOutcome::json() const {
  std::string out = "\"findings\":" + lint::as_json(findings) + fmt::format(",\"accepted\":{},\"scores\":{{", accepted);
  for (const One& one : specs) {
    if (&one != specs.data()) out += ',';
    append_json(out, one.name);
    out += ':' + lint::as_json(one.report.scores);
  }
  return out + "}";
}

LintOutcome lint_configuration(const std::string& config, const settings::Root& root, const LintOptions& options,
                               config::Report& report) {
  LintOutcome out;
  const auto loaded = config::load_with_includes(config, report);
  if (!loaded) {
    report.error(loaded.error());
    return out;
  }
  for (std::size_t i = 0; i < root.apis.size(); ++i) {
    const std::string& spec = root.apis[i].spec.path;
    if (!spec.empty()) lint_one(spec, lint::Gateway::of(loaded->root(), i), out, report);
  }
  finish(out, options, report);
  return out;
}

LintOutcome lint_specification(const std::string& spec, const LintOptions& options, config::Report& report) {
  LintOutcome out;
  lint_one(spec, {}, out, report);
  finish(out, options, report);
  return out;
}

}  // namespace sallyport::cli
