#include "match/prefilter_plan.hpp"

#include <algorithm>
#include <map>

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
    for (std::size_t k = i + 1; k < rule.skip_to && k < order.size(); ++k) skipped[k] = true;
  }
  return skipped;
}

// Anchors of the whole text, and verbs, mean something else in joined values.
bool joins(const std::string& pattern) {
  for (std::size_t i = 0; i + 1 < pattern.size(); ++i) {
    if (pattern[i] == '(' && pattern[i + 1] == '*') return false;
    if (pattern[i] != '\\') continue;
    const char c = pattern[i + 1];
    if (c == 'A' || c == 'z' || c == 'Z' || c == 'G' || c == 'K') return false;
    ++i;
  }
  return true;
}

bool covered(const Rule& rule) {
  if (rule.unconditional || rule.operation.negated || rule.multi_match || rule.argument_macro != nullptr) return false;
  const bool rx = rule.operation.kind == Operator::rx && rule.operation.regex != nullptr;
  if (!rx && rule.operation.kind != Operator::phrases) return false;
  if (rx && !joins(rule.operation.argument)) return false;
  return std::ranges::all_of(rule.targets, [](const Target& target) {
    const VariableKind kind = variable_kind(target.variable);
    return !target.count && (kind == VariableKind::scalar || kind == VariableKind::collection);
  });
}

std::vector<PrefilterSource> sources_of(const Rule& rule) {
  std::vector<PrefilterSource> out;
  for (const Target& target : rule.targets) {
    const bool one = target.selector.kind == Selector::Kind::name;
    out.push_back({target.variable, one ? target.selector.name : std::string{}});
  }
  std::ranges::sort(out);
  const auto [first, last] = std::ranges::unique(out);
  out.erase(first, last);
  return out;
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

}  // namespace

PrefilterPlan plan_prefilter(Program& program, int paranoia, Judge judge) {
  PrefilterPlan plan;
  for (int phase = first_phase; phase <= last_phase; ++phase) {
    const auto p = static_cast<std::size_t>(phase);
    const auto& order = program.phases[p];
    const std::vector<bool> skipped = beyond(program, order, paranoia);
    std::map<std::vector<PrefilterSource>, std::size_t> groups;
    for (std::size_t i = 0; i < order.size(); ++i) {
      Rule& rule = program.rules[order[i].rule];
      if (skipped[i] || !covered(rule)) continue;
      Joined how = Joined::exactly;
      if (rule.operation.kind == Operator::rx) how = judge(rule.operation.argument);
      if (how == Joined::never) continue;
      const std::uint32_t bit = plan.bits[p]++;
      rule.filter = static_cast<std::int32_t>(bit);
      const auto [at, fresh] = groups.try_emplace(sources_of(rule), plan.groups.size());
      if (fresh) plan.groups.push_back({phase, at->first, {}, {}});
      PrefilterGroup& group = plan.groups[at->second];
      if (rule.operation.kind == Operator::rx) {
        group.patterns.push_back({bit, rule.operation.argument, false, how == Joined::loosely});
      } else {
        for (const std::string& word : rule.operation.words)
          group.patterns.push_back({bit, escaped(word), true, false});
      }
      auto variant = std::ranges::find(group.variants, rule.chain, &PrefilterVariant::chain);
      if (variant == group.variants.end()) {
        group.variants.push_back({rule.chain, {}});
        variant = group.variants.end() - 1;
      }
      variant->mask.resize(std::max<std::size_t>(variant->mask.size(), bit / 64 + 1), 0);
      variant->mask[bit / 64] |= std::uint64_t{1} << (bit % 64);
    }
  }
  for (PrefilterGroup& group : plan.groups) {
    for (PrefilterVariant& variant : group.variants)
      variant.mask.resize(plan.bits[static_cast<std::size_t>(group.phase)] / 64 + 1, 0);
  }
  return plan;
}

}  // namespace sallyport::match
