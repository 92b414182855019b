// Long because it is the whole of what a rule can do at run time, in the order in which it happens.
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

void Evaluation::set_variable(const Rule& rule, const SetVariable& set) {
  const std::string_view name = set.slot != no_slot ? std::string_view{} : expand(set.name, rule);
  if (set.kind == SetVariable::Kind::remove) {
    forget(set.store, set.slot, name);
    return;
  }
  std::string_view value = expand(set.value, rule);
  if (set.kind != SetVariable::Kind::assign) {
    const std::int64_t before = number_in(kept(set.store, set.slot, name).value_or("0"));
    const std::int64_t change = number_in(value);
    // Sums of rules stay far below; what would overflow stays as it was.
    std::int64_t sum = 0;
    const bool over = set.kind == SetVariable::Kind::add ? __builtin_add_overflow(before, change, &sum)
                                                         : __builtin_sub_overflow(before, change, &sum);
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, over ? before : sum).ptr;
    value = {digits, static_cast<std::size_t>(end - digits)};
    value = arena_->copy(value);
  }
  keep(set.store, set.slot, name, value);
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

void Evaluation::keep(Variable store, std::uint32_t slot, std::string_view name, std::string_view value) {
  // An empty text still says "set".
  if (value.data() == nullptr) value = std::string_view("", 0);
  if (slot != no_slot) {
    slots_[slot] = value;
    return;
  }
  if (slot = slot_of(store, name); slot != no_slot) {
    slots_[slot] = value;
    return;
  }
  for (Kept& other : others_.all()) {
    if (other.store == store && other.name.size() == name.size() && same_name(other.name, name)) {
      other.value = value;
      other.set = true;
      return;
    }
  }
  others_.push_back(*arena_, {store, arena_->copy(name), value, true});
}

std::uint32_t Evaluation::slot_of(Variable store, std::string_view name) const {
  const Program& program = rules_->program();
  return program.slot_index.find(program.slots, store, name);
}

void Evaluation::forget(Variable store, std::uint32_t slot, std::string_view name) {
  if (slot != no_slot) {
    slots_[slot] = {};
    return;
  }
  if (slot = slot_of(store, name); slot != no_slot) slots_[slot] = {};
  for (Kept& other : others_.all()) {
    if (other.store == store && same_name(other.name, name)) other.set = false;
  }
}

std::optional<std::string_view> Evaluation::kept(Variable store, std::uint32_t slot, std::string_view name) const {
  if (slot == no_slot) slot = slot_of(store, name);
  if (slot != no_slot) return slots_[slot].data() == nullptr ? std::nullopt : std::optional(slots_[slot]);
  for (const Kept& other : others_.all()) {
    if (other.store == store && other.set && same_name(other.name, name)) return other.value;
  }
  return std::nullopt;
}

std::uint32_t Evaluation::exhausted_id() const { return exhausted_ == nullptr ? 0 : exhausted_->id; }

std::int64_t Evaluation::number(Variable store, std::string_view name) const {
  return number_in(kept(store, no_slot, name).value_or("0"));
}

std::string_view Evaluation::text(Variable store, std::string_view name) const {
  return kept(store, no_slot, name).value_or(std::string_view{});
}

std::string_view Evaluation::expand(const Macro& macro, const Rule& rule) {
  if (macro.constant()) return macro.text();
  std::string_view out;
  for (const MacroPart& part : macro.parts) {
    std::string_view value = part.text;
    if (part.variable) {
      value = {};
      switch (variable_kind(*part.variable)) {
        case VariableKind::scalar:
          if (const auto items = input_.of(*part.variable); !items.empty()) value = items.front().value;
          break;
        case VariableKind::collection:
          for (const Item& item : input_.of(*part.variable)) {
            if (!same_name(item.name, part.text)) continue;
            value = item.value;
            break;
          }
          break;
        case VariableKind::store:
          value = kept(*part.variable, part.slot, part.text).value_or(std::string_view{});
          break;
        case VariableKind::derived:
          value = derived(*part.variable, part.text, rule);
          break;
      }
    }
    out = out.empty() ? value : value.empty() ? out : arena_->concat(out, value);
  }
  return out;
}

std::string_view Evaluation::derived(Variable variable, std::string_view name, const Rule& rule) {
  const auto number = [this](std::int64_t value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    return arena_->copy({digits, static_cast<std::size_t>(end - digits)});
  };
  const auto clock = [this] {
    const std::time_t seconds = now_us_ / 1'000'000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    return parts;
  };
  // Only what has the kind `derived` comes here; the rest of the enumeration is many.
  if (variable == Variable::matched_var) return matched_.value;
  if (variable == Variable::matched_var_name) return name_of(matched_);
  if (variable == Variable::highest_severity) return number(highest_severity_);
  if (variable == Variable::duration) return "0";
  if (variable == Variable::msc_pcre_limits_exceeded) return exhausted_ != nullptr ? "1" : "0";
  if (variable == Variable::time_epoch) return number(now_us_ / 1'000'000);
  if (variable == Variable::time_day) return number(clock().tm_mday);
  if (variable == Variable::time_hour) return number(clock().tm_hour);
  if (variable == Variable::time_min) return number(clock().tm_min);
  if (variable == Variable::time_mon) return number(clock().tm_mon);
  if (variable == Variable::time_sec) return number(clock().tm_sec);
  if (variable == Variable::time_wday) return number(clock().tm_wday);
  if (variable == Variable::time_year) return number(clock().tm_year + 1900);
  if (variable == Variable::time) {
    const std::tm parts = clock();
    char text[9];
    const std::size_t size = std::strftime(text, sizeof text, "%H:%M:%S", &parts);
    return arena_->copy({text, size});
  }
  if (variable == Variable::reqbody_processor) {
    switch (processor_) {
      case BodyProcessor::none:
        return {};
      case BodyProcessor::urlencoded:
        return "URLENCODED";
      case BodyProcessor::multipart:
        return "MULTIPART";
      case BodyProcessor::xml:
        return "XML";
      case BodyProcessor::json:
        return "JSON";
    }
  }
  if (variable == Variable::rule) {
    if (same_name(name, "id")) return number(rule.id);
    if (same_name(name, "msg")) return expand(rule.message, rule);
    if (same_name(name, "severity")) return number(rule.severity);
    if (same_name(name, "logdata")) return expand(rule.log_data, rule);
  }
  return {};
}

}  // namespace sallyport::match
