#include "match/fold.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/ascii.hpp"
#include "match/fold_state.hpp"

namespace sallyport::match {
namespace {

constexpr std::uint32_t behind = ~0u;  // Step::next of assignments until their place is known

bool mentions(const Macro& macro, auto&& which) {
  return std::ranges::any_of(macro.parts,
                             [&](const MacroPart& part) { return part.variable && which(*part.variable); });
}
bool of_last_match(Variable variable) {
  return variable == Variable::matched_var || variable == Variable::matched_var_name;
}

// Whether some rule sees what an earlier chain matched, or how severe that was.
bool looks_back(const Program& program) {
  const auto severity = [](Variable variable) { return variable == Variable::highest_severity; };
  const auto back = [&](Variable variable) { return of_last_match(variable) || severity(variable); };
  return std::ranges::any_of(program.rules, [&](const Rule& rule) {
    if (rule.unconditional && rule.continues) return true;
    if (rule.argument_macro != nullptr &&
        (rule.chained ? mentions(*rule.argument_macro, severity) : mentions(*rule.argument_macro, back)))
      return true;
    const auto seen = [&](const Macro& macro) {
      return rule.unconditional ? mentions(macro, back) : mentions(macro, severity);
    };
    if (seen(rule.message) || seen(rule.log_data)) return true;
    for (const SetVariable& set : rule.sets) {
      if (seen(set.name) || seen(set.value)) return true;
    }
    return std::ranges::any_of(rule.targets, [&](const Target& target) {
      return severity(target.variable) || (!rule.chained && of_last_match(target.variable));
    });
  });
}

class Folding {
 public:
  explicit Folding(Program& program) : program_(program) {}

  void run() {
    // Rules that a rule may remove at run time: those of the rules that may run, found by repeating.
    std::size_t before = 0;
    do {
      before = removable_.size() + retargeted_.size();
      walk(false);
    } while (removable_.size() + retargeted_.size() != before);
    walk(true);
  }

 private:
  void walk(bool write) {
    writing_ = write;
    if (write) program_.assignments.clear();
    std::optional<State> before = State(program_.slots.size());
    after_allow_.reset();
    for (int phase = first_phase; phase <= last_phase; ++phase) {
      const State begin = *before;
      std::optional<State> end = walk_phase(static_cast<std::size_t>(phase), begin);
      // A phase may not be run at all: an answer without a look at it.
      if (phase == first_phase) {
        before = end ? std::move(end) : std::optional<State>(State(program_.slots.size(), unknown));
      } else if (end) {
        join(before, *end);
      }
      if (after_allow_) join(before, *after_allow_);
    }
  }

  // The state behind the phase.
  std::optional<State> walk_phase(std::size_t phase, State begin) {
    const std::vector<Step>& order = program_.phases[phase];
    std::vector<std::optional<State>> waiting(order.size() + 1);
    std::vector<Step> kept;
    std::vector<std::uint32_t> moved(order.size() + 1, 0);
    std::optional<State> state = std::move(begin);
    for (std::size_t i = 0; i < order.size(); ++i) {
      moved[i] = static_cast<std::uint32_t>(kept.size());
      if (waiting[i]) {
        if (state) {
          join(state, *waiting[i]);
        } else {
          state = std::move(waiting[i]);
        }
        // Assignments of before would also be skipped: a new list begins.
        joined_here_ = true;
      }
      if (!state) continue;  // no call comes here
      const Step step = order[i];
      const Rule& head = program_.rules[step.rule];
      const std::size_t next = std::min<std::size_t>(step.next, order.size());
      const Outcome outcome = outcome_of_chain(step.rule, *state);
      if (outcome == Outcome::never) continue;
      if (outcome == Outcome::always && plain(head, phase) && assign(head, *state, kept)) {
        if (next != i + 1) {
          // Calls that came to a step in between by another way keep it; the others pass over it.
          Step jump;
          jump.kind = Step::Kind::assign;
          jump.next = static_cast<std::uint32_t>(next);
          kept.push_back(jump);
          join(waiting[next], *state);
          state.reset();
        }
        continue;
      }
      kept.push_back(step);
      if (outcome == Outcome::always && plain(head, phase)) kept.back().kind = Step::Kind::certain;
      note_settings(step.rule);
      // Also of a chain that fails: its first links may have set variables.
      forget_written(step.rule, *state);
      if (outcome == Outcome::open) {
        if (leaves(head, phase)) leave(*state, waiting.back());
        if (next != i + 1) join(waiting[next], *state);
      } else if (leaves(head, phase)) {
        leave(*state, waiting.back());
        state.reset();
      } else if (next != i + 1) {
        join(waiting[next], *state);
        state.reset();
      }
    }
    moved[order.size()] = static_cast<std::uint32_t>(kept.size());
    if (waiting.back()) {
      if (state) {
        join(state, *waiting.back());
      } else {
        state = std::move(waiting.back());
      }
    }
    if (writing_) program_.phases[phase] = linked(std::move(kept), moved);
    return state;
  }

  // The steps with their ways on as indices into themselves; ways to the very next step are no steps.
  static std::vector<Step> linked(std::vector<Step> kept, const std::vector<std::uint32_t>& moved) {
    for (std::size_t i = 0; i < kept.size(); ++i)
      kept[i].next = kept[i].next == behind ? static_cast<std::uint32_t>(i + 1)
                                            : moved[std::min<std::size_t>(kept[i].next, moved.size() - 1)];
    std::vector<std::uint32_t> place(kept.size() + 1, 0);
    std::vector<Step> out;
    // From the end, so that a way over nothing but such ways is one, too.
    std::vector<bool> gone(kept.size(), false);
    for (std::size_t i = kept.size(); i-- > 0;) {
      if (kept[i].kind != Step::Kind::assign || kept[i].count != 0) continue;
      gone[i] = true;
      for (std::size_t k = i + 1; k < kept[i].next; ++k) gone[i] = gone[i] && gone[k];
    }
    for (std::size_t i = 0; i < kept.size(); ++i) {
      place[i] = static_cast<std::uint32_t>(out.size());
      if (!gone[i]) out.push_back(kept[i]);
    }
    place[kept.size()] = static_cast<std::uint32_t>(out.size());
    for (Step& step : out) step.next = place[step.next];
    return out;
  }

  static bool leaves(const Rule& rule, std::size_t phase) {
    return rule.disruptive == Disruptive::allow || rule.disruptive == Disruptive::allow_phase ||
           (rule.disruptive == Disruptive::allow_request && phase <= 2);
  }
  void leave(const State& state, std::optional<State>& end) {
    join(end, state);
    join(after_allow_, state);
  }

  [[nodiscard]] bool has_effects(const Rule& rule) const {
    return !rule.sets.empty() || !rule.settings.empty() || rule.capture;
  }

  Outcome outcome_of_chain(std::uint32_t head, const State& state) {
    if (removable_.contains(head)) {
      // If it runs at all.
      return outcome_of_links(head, state) == Outcome::never ? Outcome::never : Outcome::open;
    }
    return outcome_of_links(head, state);
  }
  Outcome outcome_of_links(std::uint32_t head, const State& state) {
    Outcome all = Outcome::always;
    for (std::uint32_t link = head;; ++link) {
      const Rule& rule = program_.rules[link];
      switch (outcome_of(program_, rule, retargeted_.contains(link), state)) {
        case Outcome::never:
          return Outcome::never;
        case Outcome::open:
          all = Outcome::open;
          break;
        case Outcome::always:
          break;
      }
      if (!rule.continues) return link == head ? all : Outcome::open;
      // What it sets happens even when a later link fails.
      if (has_effects(rule)) return Outcome::open;
    }
  }

  // Nothing but variables is touched by its match.
  bool plain(const Rule& rule, std::size_t phase) const {
    if (rule.continues || rule.log || rule.severity != 255 || rule.capture) return false;
    for (const Setting& setting : rule.settings) {
      if (setting.kind != Setting::Kind::ignored) return false;
    }
    if (rule.disruptive == Disruptive::block)
      return program_.block[phase] != Disruptive::deny && program_.block[phase] != Disruptive::drop;
    return rule.disruptive == Disruptive::none || rule.disruptive == Disruptive::pass;
  }

  // The rule's sets as assignments; false when a value is not known.
  bool assign(const Rule& rule, State& state, std::vector<Step>& kept) {
    State next = state;
    std::vector<Assignment> made;
    for (const SetVariable& set : rule.sets) {
      if (set.slot == no_slot) return false;
      Known& value = next[set.slot];
      const auto text = expanded(set.value, next);
      switch (set.kind) {
        case SetVariable::Kind::remove:
          value = {};
          break;
        case SetVariable::Kind::assign:
          if (!text) return false;
          value = {Known::Kind::text, *text};
          break;
        case SetVariable::Kind::add:
        case SetVariable::Kind::subtract: {
          if (!text || value.kind == Known::Kind::unknown) return false;
          const std::int64_t before = number_in(value.kind == Known::Kind::unset ? "0" : value.text);
          const std::int64_t change = number_in(*text);
          std::int64_t sum = 0;
          const bool over = set.kind == SetVariable::Kind::add ? __builtin_add_overflow(before, change, &sum)
                                                               : __builtin_sub_overflow(before, change, &sum);
          value = {Known::Kind::text, std::to_string(over ? before : sum)};
          break;
        }
      }
      const bool unset = value.kind == Known::Kind::unset;
      made.push_back({set.slot, unset ? std::nullopt : std::optional(value.text)});
    }
    state = std::move(next);
    if (made.empty()) return true;
    if (!writing_) return true;
    auto& all = program_.assignments;
    const bool extend =
        !kept.empty() && kept.back().kind == Step::Kind::assign && kept.back().next == behind && !joined_here_;
    if (!extend) {
      Step step;
      step.kind = Step::Kind::assign;
      step.first = static_cast<std::uint32_t>(all.size());
      step.next = behind;
      kept.push_back(step);
    }
    joined_here_ = false;
    kept.back().count += static_cast<std::uint32_t>(made.size());
    std::ranges::move(made, std::back_inserter(all));
    return true;
  }

  void note_settings(std::uint32_t head) {
    for (std::uint32_t link = head;; ++link) {
      const Rule& rule = program_.rules[link];
      for (const Setting& setting : rule.settings) {
        if (setting.kind == Setting::Kind::remove_rules) removable_.insert(setting.rules.begin(), setting.rules.end());
        if (setting.kind == Setting::Kind::remove_targets)
          retargeted_.insert(setting.rules.begin(), setting.rules.end());
      }
      if (!rule.continues) return;
    }
  }

  // What the chain may set is not known behind it.
  void forget_written(std::uint32_t head, State& state) {
    for (std::uint32_t link = head;; ++link) {
      const Rule& rule = program_.rules[link];
      for (const SetVariable& set : rule.sets) {
        if (set.slot != no_slot) {
          state[set.slot] = unknown;
          continue;
        }
        const std::string begin =
            set.name.parts.empty() || set.name.parts.front().variable ? std::string{} : set.name.parts.front().text;
        for (std::size_t i = 0; i < state.size(); ++i) {
          const std::string& name = program_.slots[i].name;
          if (program_.slots[i].store == set.store && name.size() >= begin.size() &&
              std::ranges::equal(begin, std::string_view(name).substr(0, begin.size()),
                                 [](char a, char b) { return lower(a) == lower(b); }))
            state[i] = unknown;
        }
      }
      if (rule.capture) {
        for (const std::uint32_t slot : program_.capture_slots) state[slot] = unknown;
      }
      if (!rule.continues) return;
    }
  }

  Program& program_;
  std::set<std::uint32_t> removable_;
  std::set<std::uint32_t> retargeted_;
  std::optional<State> after_allow_;  // where "allow" ended a phase
  bool writing_ = false;
  bool joined_here_ = false;  // since the last assignment
};

}  // namespace

void fold(Program& program) {
  if (!program.engine_on || looks_back(program)) return;
  Folding(program).run();
}

}  // namespace sallyport::match
