#include "lint/baseline.hpp"

#include <algorithm>

#include "spec/date.hpp"

namespace sallyport::lint {
namespace {

constexpr std::int64_t day = 86'400;

bool is_name_of(const RuleText& rule, std::string_view name) {
  if (rule.id == name) return true;
  for (std::string_view rest = rule.aliases; !rest.empty();) {
    const std::string_view one = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    if (one == name) return true;
  }
  return false;
}

bool is_rule(std::string_view name) {
  return std::ranges::any_of(all_rules(), [&](const RuleText& rule) { return is_name_of(rule, name); });
}

void check_one(const Accepted& one, config::Report& report, const document::Node& at) {
  if (one.rule.empty() == one.fingerprint.empty()) {
    report.error(at, "give either `rule`, with a `pointer` or without, or `fingerprint`");
  }
  if (!one.rule.empty() && !is_rule(one.rule)) report.error(at, "no rule is called `" + one.rule + "`", "docs/lint.md");
  if (one.reason.find_first_not_of(" \t\n") == std::string::npos) report.error(at, "an empty reason is none");
  if (one.expires.size() != 10 || !parse_iso_date(one.expires)) {
    report.error(at, "`" + one.expires + "` is no day", "2027-06-30");
  }
}

}  // namespace

const config::Table<Accepted>& config_table(const Accepted*) {
  static const auto table =
      config::Table<Accepted>("accepted_finding", "Findings that somebody answers for.")
          .field("rule", &Accepted::rule, {.doc = "The rule's id or one of its aliases.", .example = "numeric-id"})
          .field("pointer", &Accepted::pointer, {.doc = "A place of the specification, with what is below it."})
          .field("fingerprint", &Accepted::fingerprint, {.doc = "Of one finding, instead of rule and pointer."})
          .field("reason", &Accepted::reason, {.doc = "Why it is accepted.", .required = true})
          .field("expires", &Accepted::expires, {.doc = "The last day on which it is.", .required = true})
          .check(check_one);
  return table;
}

const config::Table<Baseline>& config_table(const Baseline*) {
  static const auto table = config::Table<Baseline>("baseline", "Accepted findings of the lint.")
                                .field("accepted", &Baseline::accepted, {.doc = "One by one.", .max = "10000"})
                                .shorthand("accepted");
  return table;
}

Accepting Accepting::read(const std::string& path, std::int64_t now, config::Report& report) {
  Accepting out;
  const auto file = document::load(path);
  if (!file) {
    report.error(file.error());
    return out;
  }
  auto read = config::read<Baseline>(file->root(), report);
  if (!read) return out;
  for (Accepted& one : read->accepted) {
    if (*parse_iso_date(one.expires) + day <= now) {
      report.warning(file->root(), "what was accepted until " + one.expires +
                                       " has expired: " + (one.rule.empty() ? one.fingerprint : one.rule));
    } else {
      out.accepted_.push_back(std::move(one));
    }
  }
  return out;
}

bool Accepting::accepts(const Finding& finding) const {
  return std::ranges::any_of(accepted_, [&](const Accepted& one) {
    if (!one.fingerprint.empty()) return one.fingerprint == finding.fingerprint;
    if (!is_name_of(text_of(finding.rule), one.rule) || !finding.pointer.starts_with(one.pointer)) return false;
    return finding.pointer.size() == one.pointer.size() || one.pointer.empty() ||
           finding.pointer[one.pointer.size()] == '/';
  });
}

std::size_t Accepting::apply(std::vector<Finding>& findings) const {
  return std::erase_if(findings, [&](const Finding& finding) { return accepts(finding); });
}

}  // namespace sallyport::lint
