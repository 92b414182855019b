// The compiled form of a rule set: what the compiler makes and an evaluation runs. Nothing of it
// changes after compilation.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "match/directive.hpp"
#include "match/operator.hpp"
#include "match/regex.hpp"
#include "match/transformation.hpp"
#include "match/variable.hpp"

namespace sallyport::match {

inline constexpr int first_phase = 1;
inline constexpr int last_phase = 5;
inline constexpr std::uint32_t no_slot = ~0u;
inline constexpr std::uint32_t max_chain = 64;  // rules of a chain

// A chain of transformations; the rules share the chains, and a chain its prefix.
struct TransformationChain {
  std::uint32_t prefix = 0;  // chain of all but the last; the empty chain is number 0
  Transformation last = Transformation::lowercase;
  std::uint32_t triggers = 0;  // a text with none of these traits stays as it is
};

// Which values of a variable.
struct Selector {
  enum class Kind : std::uint8_t { all, name, prefix, infix, pattern } kind = Kind::all;
  std::string name;                      // compared in any case; of a prefix or infix: in lower case
  std::shared_ptr<const Regex> pattern;  // matched against the name, in any case
};
[[nodiscard]] bool selects(const Selector& selector, std::string_view name);

struct Target {
  Variable variable = Variable::args;
  Selector selector;
  bool count = false;                // "&": how many there are
  std::uint32_t slot = no_slot;      // of a store with a name selector
  std::vector<std::uint32_t> slots;  // of a store with another selector: those that it selects
};

struct Exclusion {
  Variable variable = Variable::args;
  Selector selector;
};

// A text with %{…}: a sequence of literal texts and values.
struct MacroPart {
  std::string text;  // literal; of a value: the name within the collection
  std::optional<Variable> variable;
  std::uint32_t slot = no_slot;
};
struct Macro {
  std::vector<MacroPart> parts;
  [[nodiscard]] bool constant() const {
    return parts.empty() || (parts.size() == 1 && !parts.front().variable.has_value());
  }
  [[nodiscard]] std::string_view text() const { return parts.empty() ? std::string_view{} : parts.front().text; }
};

struct SetVariable {
  enum class Kind : std::uint8_t { assign, add, subtract, remove } kind = Kind::assign;
  Variable store = Variable::tx;
  std::uint32_t slot = no_slot;  // of a constant name
  Macro name;
  Macro value;
};

struct Setting {  // "ctl:…"
  enum class Kind : std::uint8_t {
    rule_engine,         // value: 0 off, 1 on, 2 detection only
    body_processor,      // value: BodyProcessor
    force_request_body,  // value: 0 or 1
    remove_rules,        // of this transaction
    remove_targets,
    response_body_access,
    ignored,  // of the audit log, which is not ModSecurity's here
  } kind = Kind::ignored;
  std::uint32_t value = 0;
  std::vector<std::uint32_t> rules;  // remove_*: indices of rules, sorted
  Exclusion target;
};

enum class Disruptive : std::uint8_t { none, pass, block, deny, drop, allow, allow_phase, allow_request, redirect };

struct Rule {
  std::uint32_t id = 0;
  std::uint8_t phase = 2;
  Place place;
  std::vector<Target> targets;
  std::vector<Exclusion> exclusions;
  Operation operation;
  std::shared_ptr<const Macro> argument_macro;  // when the operator's argument holds %{…}
  bool unconditional = false;                   // SecAction
  std::uint32_t chain = 0;                      // of transformations
  bool multi_match = false;
  bool capture = false;
  bool log = true;
  Disruptive disruptive = Disruptive::none;
  std::uint16_t status = 403;
  std::uint8_t severity = 255;  // 0 emergency … 7 debug; 255: not given
  std::vector<SetVariable> sets;
  std::vector<Setting> settings;
  Macro message;
  Macro log_data;
  std::vector<std::string> tags;
  std::string skip_after;    // marker; empty: none
  std::uint32_t skip = 0;    // chains to pass over
  bool chained = false;      // a link of a chain that is not its head
  bool continues = false;    // has a next link, the rule that follows
  std::int32_t filter = -1;  // bit of the prefilter, or -1: always evaluated
  bool decodes = false;      // the prefilter looks at its values as decoded
};

// A name of a store that rules use: TX:ANOMALY_SCORE.
struct Slot {
  Variable store = Variable::tx;
  std::string name;  // lower case
};

// Finds slots by name, in any case.
class SlotIndex {
 public:
  SlotIndex() = default;
  explicit SlotIndex(const std::vector<Slot>& slots);
  [[nodiscard]] std::uint32_t find(const std::vector<Slot>& slots, Variable store, std::string_view name) const;

 private:
  static std::size_t hash(Variable store, std::string_view name);
  std::vector<std::uint32_t> table_;  // a power of two, at most half of it used
};

struct Assignment {
  std::uint32_t slot = no_slot;
  std::optional<std::string> value;  // none: not set
};

// In the order of execution of a phase.
struct Step {
  enum class Kind : std::uint8_t {
    chain,    // tests and acts
    certain,  // is known to match (fold.hpp): acts
    assign,   // assignments that are the same for every call
  } kind = Kind::chain;
  std::uint32_t rule = 0;   // head of a chain
  std::uint32_t next = 0;   // step behind a match
  std::uint32_t first = 0;  // of Program::assignments
  std::uint32_t count = 0;
};

struct Program {
  std::vector<std::string> files;
  std::vector<Rule> rules;  // a chain's links follow each other
  std::array<std::vector<Step>, last_phase + 1> phases;
  std::vector<TransformationChain> chains;
  std::vector<Slot> slots;
  SlotIndex slot_index;
  std::vector<Assignment> assignments;             // of the steps
  std::array<std::uint32_t, 10> capture_slots{};   // TX:0 to TX:9
  std::array<Disruptive, last_phase + 1> block{};  // what "block" means
  std::array<std::uint16_t, last_phase + 1> block_status{};
  bool engine_on = true;
  std::vector<std::string> response_types;  // media types whose bodies are inspected
};

}  // namespace sallyport::match
