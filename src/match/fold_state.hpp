// What is known of the variables that rules set, at a point of a program that is being folded, and
// what that says about a rule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "match/program.hpp"

namespace sallyport::match {

// What is known of a variable at a point of the program.
struct Known {
  enum class Kind : std::uint8_t { unset, text, unknown } kind = Kind::unset;
  std::string text;
  friend bool operator==(const Known&, const Known&) = default;
};
using State = std::vector<Known>;  // of the slots
inline const Known unknown{Known::Kind::unknown, {}};

// What is known where two ways through the program meet.
void join(std::optional<State>& into, const State& other);

// The text of a macro; none when it is not known.
[[nodiscard]] std::optional<std::string> expanded(const Macro& macro, const State& state);

enum class Outcome : std::uint8_t { never, always, open };

// Of one rule, without its chain. `retargeted`: another rule may take targets from it.
[[nodiscard]] Outcome outcome_of(const Program& program, const Rule& rule, bool retargeted, const State& state);

}  // namespace sallyport::match
