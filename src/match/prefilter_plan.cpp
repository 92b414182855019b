#include "match/prefilter_plan.hpp"

#include <algorithm>

#include "match/joined_pattern.hpp"
#include "match/sqli.hpp"
#include "match/xss.hpp"

namespace sallyport::match {
namespace {

// Rules that are skipped at this level, by "TX:…PARANOIA_LEVEL @lt N … skipAfter".
std::vector<bool> beyond(const Program& program, std::span<const Step> order, int paranoia) {
  std::vector<bool> skipped(order.size(), false);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Rule& rule = program.rules[order[i].rule];
    if (rule.skip_after.empty() || rule.continues || rule.targets.size() != 1 || rule.operation.kind != Operator::lt ||
        rule.operation.negated)
      continue;
    const Target& target = rule.targets[0];
    if (target.variable != Variable::tx || target.slot == no_slot || target.count) continue;
    if (!program.slots[target.slot].name.ends_with("paranoia_level")) continue;
    if (number_in(rule.operation.argument) <= paranoia) continue;
    for (std::size_t k = i + 1; k < order[i].next; ++k) skipped[k] = true;
  }
  return skipped;
}

constexpr std::size_t largest_exact = 3000;  // bytes of a pattern that is looked for as it is

// What an operator finds, as a pattern for the joined text; none: it cannot be looked for.
struct Sought {
  std::string text;
  bool caseless = false;
};
std::string escaped(const std::string& word);

std::vector<Sought> sought(const Operation& operation) {
  switch (operation.kind) {
    case Operator::rx: {
      if (operation.regex == nullptr) return {};
      const auto pattern = joined_pattern(operation.argument);
      if (!pattern) return {};
      if (pattern->size() <= largest_exact) return {{*pattern, false}};
      // Large ones make large automata, or none. How they begin is often rare enough.
      if (auto begin = leading_group(*pattern); begin && begin->size() <= largest_exact) return {{*begin, false}};
      std::vector<Sought> out;
      for (std::string& part : split_pattern(*pattern, largest_exact)) out.push_back({std::move(part), false});
      return out;
    }
    case Operator::phrases: {
      std::vector<Sought> out;
      for (const std::string& word : operation.words) out.push_back({escaped(word), true});
      return out;
    }
    case Operator::contains:
    case Operator::str_match:
      return operation.argument.empty() ? std::vector<Sought>{}
                                        : std::vector<Sought>{{escaped(operation.argument), false}};
    case Operator::detect_xss:
      return {{std::string(xss_needs), false}};
    case Operator::validate_byte_range: {
      // The bytes that are not allowed; the joint is one of them, and then every text has one.
      if (!operation.allowed.test(static_cast<unsigned char>(joint)) || operation.allowed.all()) return {};
      std::string set = "[";
      for (unsigned c = 0; c < operation.allowed.size(); ++c) {
        if (!operation.allowed.test(c)) set += escaped(std::string(1, static_cast<char>(c)));
      }
      return {{set + "]", false}};
    }
    case Operator::detect_sqli:
      return {{sqli_needs(), true}};
    case Operator::begins_with:
      return {{"\\x1f" + escaped(operation.argument), false}};
    case Operator::ends_with:
      return {{escaped(operation.argument) + "\\x1f", false}};
    case Operator::streq:
      return {{"\\x1f" + escaped(operation.argument) + "\\x1f", false}};
    case Operator::contains_word:
    case Operator::eq:
    case Operator::ge:
    case Operator::gt:
    case Operator::ip_match:
    case Operator::le:
    case Operator::lt:
    case Operator::never:
    case Operator::unconditional_match:
    case Operator::validate_url_encoding:
    case Operator::validate_utf8_encoding:
    case Operator::within:
      return {};
  }
  return {};
}

bool covered(const Rule& rule) {
  if (rule.unconditional || rule.operation.negated || rule.argument_macro != nullptr || rule.targets.empty())
    return false;
  return std::ranges::all_of(rule.targets, [](const Target& target) {
    const VariableKind kind = variable_kind(target.variable);
    return !target.count && (kind == VariableKind::scalar || kind == VariableKind::collection);
  });
}

std::string escaped(const std::string& word) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : word) {
    out += "\\x";
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

PrefilterChain steps_of(const Program& program, std::uint32_t chain) {
  PrefilterChain out;
  for (; chain != 0; chain = program.chains[chain].prefix)
    out.push_back({program.chains[chain].last, triggers_of(program.chains[chain].last)});
  std::ranges::reverse(out);
  return out;
}

// The bit of a chain in a group; max_chains: there is no room.
std::size_t chain_in(PrefilterGroup& group, const PrefilterChain& steps) {
  const auto found = std::ranges::find(group.chains, steps);
  const auto bit = static_cast<std::size_t>(found - group.chains.begin());
  if (found == group.chains.end() && bit < PrefilterGroup::max_chains) {
    group.chains.push_back(steps);
    std::uint32_t triggers = 0;
    for (const PrefilterStep& step : steps) triggers |= step.triggers;
    group.triggers.push_back(triggers);
  }
  return bit;
}

void feed(PrefilterGroup& group, const Target& target, std::uint64_t chains) {
  auto at = std::ranges::find(group.feeds, target.variable, &PrefilterFeed::variable);
  if (at == group.feeds.end()) {
    group.feeds.push_back({target.variable, 0, {}});
    at = group.feeds.end() - 1;
  }
  if (target.selector.kind != Selector::Kind::name) {
    at->chains |= chains;
    return;
  }
  auto member = std::ranges::find(at->members, target.selector.name, &PrefilterFeed::Member::name);
  if (member == at->members.end()) {
    at->members.push_back({target.selector.name, 0});
    member = at->members.end() - 1;
  }
  member->chains |= chains;
}

}  // namespace

ValueKind value_kind(Variable variable) noexcept {
  if (variable == Variable::request_headers || variable == Variable::request_headers_names ||
      variable == Variable::response_headers || variable == Variable::response_headers_names)
    return ValueKind::fields;
  return variable_kind(variable) == VariableKind::scalar ? ValueKind::line : ValueKind::data;
}

PrefilterPlan plan_prefilter(Program& program, int paranoia, Judge judge) {
  PrefilterPlan plan;
  for (int phase = first_phase; phase <= last_phase; ++phase) {
    const auto p = static_cast<std::size_t>(phase);
    const auto& order = program.phases[p];
    const std::vector<bool> skipped = beyond(program, order, paranoia);
    std::array<PrefilterGroup, value_kinds> groups;
    for (std::size_t kind = 0; kind < value_kinds; ++kind) {
      groups[kind].phase = phase;
      groups[kind].kind = static_cast<ValueKind>(kind);
      (void)chain_in(groups[kind], {});
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (order[i].kind != Step::Kind::chain) continue;
      Rule& rule = program.rules[order[i].rule];
      if (skipped[i] || !covered(rule)) continue;
      std::vector<PrefilterPattern> patterns;
      bool good = true;
      for (Sought& one : sought(rule.operation)) {
        const Joined how = rule.operation.kind == Operator::rx ? judge(one.text) : Joined::exactly;
        good = good && how != Joined::never;
        patterns.push_back({plan.bits[p], std::move(one.text), one.caseless, how == Joined::loosely});
      }
      const PrefilterChain steps = steps_of(program, rule.chain);
      const bool decodes =
          std::ranges::any_of(steps, [](const PrefilterStep& step) { return step.triggers == trait::always; });
      const auto kind_of = [&](const Target& target) {
        return static_cast<std::size_t>(decodes ? ValueKind::decoded : value_kind(target.variable));
      };
      for (const Target& target : rule.targets)
        good = good && chain_in(groups[kind_of(target)], steps) < PrefilterGroup::max_chains;
      if (!good || patterns.empty()) continue;
      rule.filter = static_cast<std::int32_t>(plan.bits[p]++);
      rule.decodes = decodes;
      std::array<bool, value_kinds> touched{};
      for (const Target& target : rule.targets) {
        const std::size_t kind = kind_of(target);
        // Every text on the way to the last is looked at: rules with multiMatch look at them, too.
        feed(groups[kind], target, std::uint64_t{1} << chain_in(groups[kind], steps));
        touched[kind] = true;
      }
      for (std::size_t kind = 0; kind < value_kinds; ++kind) {
        if (touched[kind]) groups[kind].patterns.insert(groups[kind].patterns.end(), patterns.begin(), patterns.end());
      }
    }
    for (PrefilterGroup& group : groups) {
      if (!group.patterns.empty()) plan.groups.push_back(std::move(group));
    }
  }
  return plan;
}

}  // namespace sallyport::match
