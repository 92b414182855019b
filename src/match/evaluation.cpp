// Rules as they run: phases, chains, targets and what a match does. What they read and write: evaluation_variables.cpp.
#include "match/evaluation.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <ctime>
#include <new>

#include "base/ascii.hpp"
#include "match/prefilter.hpp"
#include "match/program.hpp"
#include "match/rule_set.hpp"
#include "match/scratch.hpp"

#include <sallyport/message.hpp>

namespace sallyport::match {
namespace {

Scratch& thread_scratch() {
  thread_local Scratch own;
  return own;
}

}  // namespace

bool selects(const Selector& selector, std::string_view name) {
  switch (selector.kind) {
    case Selector::Kind::all:
      return true;
    case Selector::Kind::name:
      return selector.name.size() == name.size() && (name.empty() || lower(selector.name[0]) == lower(name[0])) &&
             same_name(selector.name, name);
    case Selector::Kind::prefix:
      return name.size() >= selector.name.size() && same_name(selector.name, name.substr(0, selector.name.size()));
    case Selector::Kind::infix:
      for (std::size_t at = 0; at + selector.name.size() <= name.size(); ++at) {
        if (lower(name[at]) == selector.name[0] && same_name(selector.name, name.substr(at, selector.name.size())))
          return true;
      }
      return false;
    case Selector::Kind::pattern:
      // A name that cannot be matched within the budget is looked at rather than passed over.
      return selector.pattern->match(name) != Regex::Outcome::no_match;
  }
  return true;
}

// What lives for one phase: memory of the thread, and results that rules share.
struct PhaseRun {
  PhaseRun(const Program& of, Scratch& memory) : program(of), scratch(memory) {}

  // The text behind a chain of transformations. Remembers the last text's results, since rules
  // that follow each other ask for the same values.
  std::string_view transformed(std::uint32_t chain, std::string_view text, std::uint32_t traits) {
    const TransformationChain& link = program.chains[chain];
    if (chain == 0 || ((traits | trait::always) & link.triggers) == 0) return text;
    for (std::uint32_t i = 0; i < std::min<std::uint32_t>(known, remembered); ++i) {
      const Result& result = results[i];
      if (result.chain == chain && result.from == text.data() && result.size == text.size())
        return {result.to, result.to_size};
    }
    std::string_view before = text;
    std::uint32_t before_traits = traits;
    if (link.prefix != 0) {
      before = transformed(link.prefix, text, traits);
      if (before.data() != text.data() || before.size() != text.size()) before_traits = traits_of(before);
    }
    std::string_view after = before;
    if (((before_traits | trait::always) & triggers_of(link.last)) != 0) after = transform(link.last, before, scratch);
    results[known++ % remembered] = {chain, text.data(), text.size(), after.data(), after.size()};
    return after;
  }

  struct Result {  // written before it is read
    std::uint32_t chain;
    const char* from;
    std::size_t size;
    const char* to;
    std::size_t to_size;
  };
  static constexpr std::uint32_t remembered = 64;

  const Program& program;
  Scratch& scratch;
  const Prefilter::Candidates* candidates = nullptr;
  int phase = 0;
  Captures captures;
  std::array<Result, remembered> results;
  std::uint32_t known = 0;
};

Evaluation* Evaluation::begin(const RuleSet& rules, Arena& arena, std::int64_t now_us) {
  static_assert(std::is_trivially_destructible_v<Evaluation>);
  return ::new (arena.allocate(sizeof(Evaluation), alignof(Evaluation))) Evaluation(rules, arena, now_us);
}

Evaluation::Evaluation(const RuleSet& rules, Arena& arena, std::int64_t now_us)
    : rules_(&rules), arena_(&arena), now_us_(now_us), engine_on_(rules.program().engine_on) {
  slots_ = arena.array<std::string_view>(rules.program().slots.size());
  for (auto& slot : slots_) slot = {};
}

void Evaluation::run(int phase) {
  const Program& program = rules_->program();
  phase_over_ = false;
  if (!engine_on_ || (allowed_ && phase != last_phase) || (request_allowed_ && phase <= 2)) return;
  const auto& order = program.phases[static_cast<std::size_t>(phase)];
  if (order.empty()) return;
  Scratch& scratch = thread_scratch();
  scratch.reset();
  PhaseRun run(program, scratch);
  run.phase = phase;
  Prefilter::Candidates candidates;
  if (rules_->prefilter() != nullptr) {
    candidates = rules_->prefilter()->scan(phase, input_, scratch);
    run.candidates = &candidates;
  }
  for (std::size_t i = 0; i < order.size() && engine_on_ && !phase_over_;) {
    const Step& step = order[i++];
    const std::uint32_t head = step.rule;
    switch (step.kind) {
      case Step::Kind::assign:
        for (const Assignment& assignment : std::span(program.assignments).subspan(step.first, step.count))
          slots_[assignment.slot] = assignment.value ? std::string_view(*assignment.value) : std::string_view{};
        i = step.next;
        break;
      case Step::Kind::certain:
        act(program.rules[head]);
        i = step.next;
        break;
      case Step::Kind::chain:
        if (const std::int32_t filter = program.rules[head].filter;
            filter >= 0 && run.candidates != nullptr && !run.candidates->has(filter))
          break;
        if (!removed_.empty() && (removed_[head / 64] >> (head % 64) & 1u) != 0) break;
        if (run_chain(run, head)) i = step.next;
        break;
    }
  }
}

bool Evaluation::run_chain(PhaseRun& run, std::uint32_t head) {
  matched_all_.clear();
  std::uint32_t link = head;
  while (true) {
    const Rule& rule = run.program.rules[link];
    if (!run_rule(run, rule)) return false;
    if (!rule.continues) break;
    ++link;
  }
  finish_chain(run, run.program.rules[head], run.program.rules[link]);
  return true;
}

bool Evaluation::run_rule(PhaseRun& run, const Rule& rule) {
  if (rule.unconditional) {
    act(rule);
    return true;
  }
  // A variable that is not set has nothing to test: most rules that look at those of other rules.
  if (rule.targets.size() == 1) {
    const Target& only = rule.targets.front();
    if (only.slot != no_slot && !only.count && slots_[only.slot].data() == nullptr) return false;
  }
  bool any = false;
  for (const Target& target : rule.targets) any = run_target(run, rule, target) || any;
  return any;
}

bool Evaluation::run_target(PhaseRun& run, const Rule& rule, const Target& target) {
  if (rule.filter >= 0 && !rule.chained && run.candidates != nullptr &&
      !run.candidates->has(rule.filter, rule.decodes ? ValueKind::decoded : value_kind(target.variable)))
    return false;
  const VariableKind kind = variable_kind(target.variable);
  std::size_t count = 0;
  bool any = false;
  const auto chosen = [&](std::string_view name, std::string_view value, std::uint32_t traits) {
    ++count;
    if (!target.count) any = test(run, rule, target.variable, name, value, traits) || any;
  };
  const auto each = [&](std::string_view name, std::string_view value, std::uint32_t traits) {
    if (!selects(target.selector, name) || excluded(rule, target.variable, name)) return;
    chosen(name, value, traits);
  };
  switch (kind) {
    case VariableKind::scalar:
    case VariableKind::collection:
      for (const Item& item : input_.of(target.variable)) each(item.name, item.value, item.traits);
      break;
    case VariableKind::store:
      if (target.slot != no_slot) {
        if (const auto value = kept(target.variable, target.slot, {}); value)
          each(target.selector.name, *value, traits_of(*value));
        break;
      }
      for (const std::uint32_t slot : target.slots) {
        if (slots_[slot].data() != nullptr && !excluded(rule, target.variable, run.program.slots[slot].name))
          chosen(run.program.slots[slot].name, slots_[slot], traits_of(slots_[slot]));
      }
      for (std::uint32_t i = 0; i < others_.size(); ++i) {
        const Kept other = others_.all()[i];
        if (other.store == target.variable && other.set) each(other.name, other.value, traits_of(other.value));
      }
      break;
    case VariableKind::derived:
      if (target.variable == Variable::matched_vars || target.variable == Variable::matched_vars_names) {
        const std::uint32_t before = matched_all_.size();
        for (std::uint32_t i = 0; i < before; ++i) {
          const Named one = matched_all_.all()[i];
          const std::string_view name = name_of(one);
          const std::string_view value = target.variable == Variable::matched_vars ? one.value : name;
          each(name, value, traits_of(value));
        }
      } else {
        const std::string_view value = derived(target.variable, target.selector.name, rule);
        if (target.selector.kind == Selector::Kind::all || target.variable == Variable::rule)
          each(target.selector.name, value, traits_of(value));
      }
      break;
  }
  if (target.count) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, count).ptr;
    const std::string_view number = arena_->copy({digits, static_cast<std::size_t>(end - digits)});
    const std::string_view name =
        target.selector.kind == Selector::Kind::name ? target.selector.name : std::string_view{};
    return test(run, rule, target.variable, name, number, trait::digit, true);
  }
  return any;
}

bool Evaluation::excluded(const Rule& rule, Variable variable, std::string_view name) const {
  for (const Exclusion& exclusion : rule.exclusions) {
    if (exclusion.variable == variable && selects(exclusion.selector, name)) return true;
  }
  if (removed_targets_.empty()) return false;
  const auto index = static_cast<std::uint32_t>(&rule - rules_->program().rules.data());
  for (const Setting* setting : removed_targets_.all()) {
    if (setting->target.variable == variable && std::ranges::binary_search(setting->rules, index) &&
        selects(setting->target.selector, name))
      return true;
  }
  return false;
}

bool Evaluation::test(PhaseRun& run, const Rule& rule, Variable variable, std::string_view name, std::string_view value,
                      std::uint32_t traits, bool counted) {
  std::string_view argument = rule.operation.argument;
  Macro const* macro = rule.argument_macro.get();
  if (macro != nullptr) argument = expand(*macro, rule);
  const auto attempt = [&](std::string_view text) {
    const Applied applied = apply(rule.operation, text, argument, rule.capture ? &run.captures : nullptr);
    if (applied.exhausted && exhausted_ == nullptr) exhausted_ = &rule;
    if (!applied.matched) return false;
    const bool stable = text.data() == value.data();
    if (rule.capture) {
      const auto& slots = run.program.capture_slots;
      for (std::size_t i = 0; i < slots.size(); ++i) {
        if (i < applied.groups) {
          const std::string_view group = run.captures.group[i];
          keep(Variable::tx, slots[i], {}, stable ? group : arena_->copy(group));
        } else if (applied.groups != 0) {
          forget(Variable::tx, slots[i], {});
        }
      }
    }
    // What was transformed lies in the thread's memory, which the next phase reuses.
    matched(rule, variable, name, stable ? text : arena_->copy(text), counted);
    return true;
  };
  if (!rule.multi_match) return attempt(run.transformed(rule.chain, value, traits));
  // Before and after each transformation that changed something.
  std::array<std::uint32_t, max_chain> links{};
  std::size_t length = 0;
  for (std::uint32_t chain = rule.chain; chain != 0 && length < links.size(); chain = run.program.chains[chain].prefix)
    links[length++] = chain;
  bool any = attempt(value);
  std::string_view last = value;
  while (length > 0) {
    const std::string_view next = run.transformed(links[--length], value, traits);
    if (next == last) continue;
    last = next;
    any = attempt(next) || any;
  }
  return any;
}

void Evaluation::matched(const Rule& rule, Variable variable, std::string_view name, std::string_view value,
                         bool counted) {
  matched_ = {variable, counted, true, name, value};
  if (rule.continues || rule.chained) matched_all_.push_back(*arena_, matched_);
  act(rule);
}

void Evaluation::act(const Rule& rule) {
  if (rule.severity < highest_severity_) highest_severity_ = rule.severity;
  for (const SetVariable& set : rule.sets) set_variable(rule, set);
  for (const Setting& setting : rule.settings) apply_setting(setting);
}

std::string_view Evaluation::name_of(const Named& named) const {
  if (!named.set) return {};
  const std::string_view of = variable_name(named.variable);
  const std::string_view mark = named.counted ? "&" : "";
  return named.name.empty() ? arena_->concat(mark, of) : arena_->concat(mark, of, ":", named.name);
}

void Evaluation::finish_chain(PhaseRun& run, const Rule& head, const Rule& last) {
  if (head.log) {
    if (matches_.size() == max_matches) {
      ++matches_dropped_;
    } else {
      const Rule& named = head.unconditional ? head : last;
      matches_.push_back(
          *arena_,
          {&head, head.id, head.severity, named.unconditional ? std::string_view{} : name_of(matched_),
           named.unconditional ? std::string_view{} : matched_.value.substr(0, max_shown), expand(head.message, head)});
    }
  }
  const auto deny = [&](std::uint16_t status) {
    if (denied_) return;
    denied_ = true;
    denial_ = {&head, head.id, status};
  };
  switch (head.disruptive) {
    case Disruptive::none:
    case Disruptive::pass:
      break;
    case Disruptive::deny:
    case Disruptive::drop:
    case Disruptive::redirect:
      deny(head.status);
      break;
    case Disruptive::block: {
      const auto phase = static_cast<std::size_t>(run.phase);
      if (run.program.block[phase] == Disruptive::deny || run.program.block[phase] == Disruptive::drop)
        deny(run.program.block_status[phase]);
      break;
    }
    case Disruptive::allow:
      allowed_ = true;
      phase_over_ = true;
      break;
    case Disruptive::allow_phase:
      phase_over_ = true;
      break;
    case Disruptive::allow_request:
      request_allowed_ = true;
      phase_over_ = run.phase <= 2;
      break;
  }
}

void Evaluation::apply_setting(const Setting& setting) {
  switch (setting.kind) {
    case Setting::Kind::rule_engine:
      engine_on_ = setting.value != 0;
      break;
    case Setting::Kind::body_processor:
      processor_ = static_cast<BodyProcessor>(setting.value);
      break;
    case Setting::Kind::force_request_body:
      body_forced_ = setting.value != 0;
      break;
    case Setting::Kind::remove_rules:
      if (removed_.empty()) {
        removed_ = arena_->array<std::uint64_t>(rules_->program().rules.size() / 64 + 1);
        for (auto& word : removed_) word = 0;
      }
      for (const std::uint32_t rule : setting.rules) removed_[rule / 64] |= std::uint64_t{1} << (rule % 64);
      break;
    case Setting::Kind::remove_targets:
      removed_targets_.push_back(*arena_, &setting);
      break;
    case Setting::Kind::response_body_access:
    case Setting::Kind::ignored:
      break;
  }
}

std::uint32_t Evaluation::exhausted_id() const { return exhausted_ == nullptr ? 0 : exhausted_->id; }

}  // namespace sallyport::match
