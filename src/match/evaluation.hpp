// Evaluation: the rules run for one call, phase by phase. It lies in the call's arena and is
// trivially destructible. One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <sallyport/arena.hpp>

#include "match/input.hpp"
#include "match/variable.hpp"

namespace sallyport::match {

class RuleSet;
struct Rule;
struct Target;
struct Exclusion;
struct Setting;
struct SetVariable;
struct Macro;
struct Captures;
class Scratch;
struct PhaseRun;

// A rule that matched, once a call and phase. Views live in the call's arena.
struct Match {
  const Rule* rule = nullptr;  // head of the chain
  std::uint32_t id = 0;
  std::uint8_t severity = 255;  // 0 emergency … 7 debug; 255: the rule does not say
  std::string_view place;       // "ARGS:id": of the last value that matched
  std::string_view value;       // as transformed, at most max_shown bytes; may hold secrets
  std::string_view message;
};

struct Denial {
  const Rule* rule = nullptr;
  std::uint32_t id = 0;
  std::uint16_t status = 403;
};

enum class BodyProcessor : std::uint8_t { none, urlencoded, multipart, xml, json };

class Evaluation {
 public:
  static constexpr std::uint32_t max_matches = 200;  // recorded; further ones are counted
  static constexpr std::size_t max_shown = 200;

  static Evaluation* begin(const RuleSet& rules, Arena& arena, std::int64_t now_us);

  [[nodiscard]] Input& input() { return input_; }
  [[nodiscard]] Arena& arena() { return *arena_; }

  // Runs a phase: 1 request head, 2 request body, 3 response head, 4 response body, 5 the end.
  // Rules behind a denial of the same phase still run, so that all that matches is known.
  void run(int phase);

  [[nodiscard]] std::span<const Match> matches() const { return matches_.all(); }
  [[nodiscard]] std::uint32_t matches_dropped() const { return matches_dropped_; }
  // The first denial of the rules.
  [[nodiscard]] const Denial* denied() const { return denied_ ? &denial_ : nullptr; }
  // A rule whose match spent its budget: what it guards against is not known to be absent.
  [[nodiscard]] const Rule* exhausted() const { return exhausted_; }
  [[nodiscard]] std::uint32_t exhausted_id() const;
  // A number that rules keep, as TX:ANOMALY_SCORE; 0 when it is not set.
  [[nodiscard]] std::int64_t number(Variable store, std::string_view name) const;
  [[nodiscard]] std::string_view text(Variable store, std::string_view name) const;

  // What the rules asked for with "ctl:requestBodyProcessor" and "ctl:forceRequestBodyVariable".
  [[nodiscard]] BodyProcessor body_processor() const { return processor_; }
  void set_body_processor(BodyProcessor processor) { processor_ = processor; }
  [[nodiscard]] bool body_forced() const { return body_forced_; }

 private:
  struct Kept {  // a value of a store under a name that no rule names literally
    Variable store = Variable::tx;
    std::string_view name;
    std::string_view value;
    bool set = true;
  };
  struct Named {  // a value that matched
    Variable variable = Variable::args;
    bool counted = false;
    bool set = false;
    std::string_view name;  // within the collection
    std::string_view value;
  };

  Evaluation(const RuleSet& rules, Arena& arena, std::int64_t now_us);
  bool run_chain(PhaseRun& run, std::uint32_t head);
  bool run_rule(PhaseRun& run, const Rule& rule);
  bool run_target(PhaseRun& run, const Rule& rule, const Target& target);
  bool test(PhaseRun& run, const Rule& rule, Variable variable, std::string_view name, std::string_view value,
            std::uint32_t traits, bool counted = false);
  bool excluded(const Rule& rule, Variable variable, std::string_view name) const;
  void matched(const Rule& rule, Variable variable, std::string_view name, std::string_view value, bool counted);
  void act(const Rule& rule);
  [[nodiscard]] std::string_view name_of(const Named& named) const;  // "ARGS:id"
  [[nodiscard]] std::uint32_t slot_of(Variable store, std::string_view name) const;
  void finish_chain(PhaseRun& run, const Rule& head, const Rule& last);
  void set_variable(const Rule& rule, const SetVariable& set);
  void apply_setting(const Setting& setting);
  void keep(Variable store, std::uint32_t slot, std::string_view name, std::string_view value);
  void forget(Variable store, std::uint32_t slot, std::string_view name);
  [[nodiscard]] std::optional<std::string_view> kept(Variable store, std::uint32_t slot, std::string_view name) const;
  [[nodiscard]] std::string_view expand(const Macro& macro, const Rule& rule);
  [[nodiscard]] std::string_view derived(Variable variable, std::string_view name, const Rule& rule);

  const RuleSet* rules_;
  Arena* arena_;
  std::int64_t now_us_;
  Input input_;
  std::span<std::string_view> slots_;  // of the program; no data: not set
  List<Kept> others_;
  List<Match> matches_;
  std::uint32_t matches_dropped_ = 0;
  Denial denial_;
  bool denied_ = false;
  const Rule* exhausted_ = nullptr;
  bool engine_on_ = true;
  bool allowed_ = false;          // "allow": phases 1 to 4 are over
  bool request_allowed_ = false;  // "allow:request"
  BodyProcessor processor_ = BodyProcessor::none;
  bool body_forced_ = false;
  bool processor_set_ = false;
  std::uint8_t highest_severity_ = 255;
  std::span<std::uint64_t> removed_;  // rules taken out by ctl, a bit each; empty: none
  List<const Setting*> removed_targets_;
  Named matched_;            // MATCHED_VAR
  List<Named> matched_all_;  // MATCHED_VARS of the current chain
  bool phase_over_ = false;
};

}  // namespace sallyport::match
