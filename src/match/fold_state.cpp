#include "match/fold_state.hpp"

#include <algorithm>

#include "match/scratch.hpp"

namespace sallyport::match {
namespace {

std::string_view transformed(const Program& program, std::uint32_t chain, std::string_view text, Scratch& scratch) {
  if (chain == 0) return text;
  const TransformationChain& link = program.chains[chain];
  return transform(link.last, transformed(program, link.prefix, text, scratch), scratch);
}

bool comparable(const Operation& operation) {
  switch (operation.kind) {
    case Operator::begins_with:
    case Operator::contains:
    case Operator::ends_with:
    case Operator::eq:
    case Operator::ge:
    case Operator::gt:
    case Operator::le:
    case Operator::lt:
    case Operator::never:
    case Operator::streq:
    case Operator::unconditional_match:
    case Operator::within:
      return true;
    case Operator::rx:
      return operation.regex != nullptr;
    case Operator::contains_word:
    case Operator::detect_sqli:
    case Operator::detect_xss:
    case Operator::ip_match:
    case Operator::phrases:
    case Operator::str_match:
    case Operator::validate_byte_range:
    case Operator::validate_url_encoding:
    case Operator::validate_utf8_encoding:
      return false;
  }
  return false;
}

}  // namespace

void join(std::optional<State>& into, const State& other) {
  if (!into) {
    into = other;
    return;
  }
  for (std::size_t i = 0; i < other.size(); ++i) {
    if ((*into)[i] != other[i]) (*into)[i] = unknown;
  }
}

std::optional<std::string> expanded(const Macro& macro, const State& state) {
  std::string out;
  for (const MacroPart& part : macro.parts) {
    if (!part.variable) {
      out += part.text;
    } else if (part.slot == no_slot || state[part.slot].kind == Known::Kind::unknown) {
      return std::nullopt;
    } else {
      out += state[part.slot].text;
    }
  }
  return out;
}

Outcome outcome_of(const Program& program, const Rule& rule, bool retargeted, const State& state) {
  if (rule.unconditional) return Outcome::always;
  if (rule.multi_match) return Outcome::open;
  std::optional<std::string> argument = rule.operation.argument;
  if (rule.argument_macro != nullptr) argument = expanded(*rule.argument_macro, state);
  bool open = false;
  std::size_t matches = 0;
  for (const Target& target : rule.targets) {
    const bool excluded = std::ranges::any_of(
        rule.exclusions, [&](const Exclusion& exclusion) { return exclusion.variable == target.variable; });
    if (target.slot == no_slot || excluded || retargeted || state[target.slot].kind == Known::Kind::unknown) {
      open = true;
      continue;
    }
    const Known& value = state[target.slot];
    if (value.kind == Known::Kind::unset && !target.count) continue;
    if (!argument || !comparable(rule.operation)) {
      open = true;
      continue;
    }
    std::string text = value.text;
    if (target.count) text = value.kind == Known::Kind::unset ? "0" : "1";
    Scratch scratch;
    const Applied applied = apply(rule.operation, transformed(program, rule.chain, text, scratch), *argument, nullptr);
    if (applied.exhausted) open = true;
    if (applied.matched) ++matches;
  }
  if (open) return Outcome::open;
  if (matches == 0) return Outcome::never;
  // A match of each value runs the actions.
  return matches > 1 && !rule.sets.empty() ? Outcome::open : Outcome::always;
}

}  // namespace sallyport::match
