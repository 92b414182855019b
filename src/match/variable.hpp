// The variables that rules look at, by ModSecurity's names.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::match {

enum class Variable : std::uint8_t {
#define MATCH_VARIABLE(id, name, kind) id,
#include "match/variables.def"
#undef MATCH_VARIABLE
};

enum class VariableKind : std::uint8_t {
  scalar,      // one value
  collection,  // named values: ARGS, ARGS:id, ARGS:/^id/
  store,       // named values that rules set: TX, IP
  derived,     // computed while rules run: MATCHED_VAR, RULE, DURATION
};

[[nodiscard]] std::string_view variable_name(Variable variable) noexcept;
[[nodiscard]] VariableKind variable_kind(Variable variable) noexcept;
// In any case.
[[nodiscard]] std::optional<Variable> variable_named(std::string_view name) noexcept;

inline constexpr std::size_t variable_count = 0
#define MATCH_VARIABLE(id, name, kind) +1
#include "match/variables.def"
#undef MATCH_VARIABLE
    ;

}  // namespace sallyport::match
