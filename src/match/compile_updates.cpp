// Directives that change or remove rules which stand already: SecRuleRemove…, SecRuleUpdate….
#include <algorithm>

#include "http/characters.hpp"
#include "match/compiler.hpp"

namespace sallyport::match {

Result<std::vector<std::uint32_t>> Compiler::select(Pending::By by, const std::string& text) const {
  std::vector<std::uint32_t> found;
  if (by == Pending::By::id) {
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::size_t end = rest.find_first_of(", ");
      const std::string_view part = http::trim_blanks(rest.substr(0, end));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      if (part.empty()) continue;
      const std::size_t dash = part.find('-');
      const std::int64_t from = number_in(part.substr(0, dash));
      const std::int64_t to = dash == std::string_view::npos ? from : number_in(part.substr(dash + 1));
      if (from <= 0 || to < from) return fail(ErrorCode::invalid, "no rule id or range: " + std::string(part));
      for (std::uint32_t i = 0; i < program_.rules.size(); ++i) {
        if (program_.rules[i].id >= from && program_.rules[i].id <= to) found.push_back(i);
      }
    }
  } else {
    auto regex = Regex::compile(text);
    if (!regex) return std::unexpected(regex.error());
    std::uint32_t head = 0;
    for (std::uint32_t i = 0; i < program_.rules.size(); ++i) {
      if (!program_.rules[i].chained) head = i;
      // Tags and message of a chain are its head's.
      const Rule& rule = program_.rules[head];
      const auto is = [&](std::string_view value) { return regex->match(value) == Regex::Outcome::match; };
      const bool hit = by == Pending::By::tag ? std::ranges::any_of(rule.tags, is)
                                              : std::ranges::any_of(rule.message.parts, [&](const MacroPart& part) {
                                                  return !part.variable && is(part.text);
                                                });
      if (hit) found.push_back(i);
    }
  }
  std::ranges::sort(found);
  return found;
}

Result<void> Compiler::remove(const Directive& directive, Pending::By by) {
  if (directive.arguments.empty()) return fail(ErrorCode::invalid, directive.name + " without an argument");
  for (const std::string& argument : directive.arguments) {
    auto found = select(by, argument);
    if (!found) return std::unexpected(found.error());
    for (const std::uint32_t index : *found) removed_[index] = true;
  }
  return {};
}

Result<void> Compiler::update_targets(const Directive& directive, Pending::By by) {
  if (directive.arguments.size() != 2)
    return fail(ErrorCode::invalid, directive.name + " is supported with two arguments: rules and variables");
  auto found = select(by, directive.arguments[0]);
  if (!found) return std::unexpected(found.error());
  Rule update;
  if (auto read = targets(directive.arguments[1], update); !read) return read;
  for (const std::uint32_t index : *found) {
    Rule& rule = program_.rules[index];
    if (rule.chained) continue;  // the update is of the head
    rule.exclusions.insert(rule.exclusions.end(), update.exclusions.begin(), update.exclusions.end());
    rule.targets.insert(rule.targets.end(), update.targets.begin(), update.targets.end());
  }
  return {};
}

Result<void> Compiler::update_actions(const Directive& directive) {
  auto found = select(Pending::By::id, directive.arguments[0]);
  if (!found) return std::unexpected(found.error());
  for (const std::uint32_t index : *found) {
    if (program_.rules[index].chained) continue;
    auto given = read_actions(directive.arguments[1]);
    if (!given) return std::unexpected(given.error());
    if (auto read = actions(std::move(*given), program_.rules[index], true); !read) return read;
  }
  return {};
}

void Compiler::filter_removed() {
  for (std::size_t phase = first_phase; phase <= last_phase; ++phase) {
    auto& order = program_.phases[phase];
    // Where each place moves to when the removed rules before it are gone.
    std::vector<std::uint32_t> moved(order.size() + 1, 0);
    std::uint32_t kept = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      moved[i] = kept;
      if (!removed_[order[i].rule]) ++kept;
    }
    moved[order.size()] = kept;
    for (Marker& marker : markers_) marker.at[phase] = moved[std::min<std::size_t>(marker.at[phase], order.size())];
    std::erase_if(order, [this](const Step& step) { return removed_[step.rule]; });
  }
}

}  // namespace sallyport::match
