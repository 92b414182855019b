#include "match/variable.hpp"

#include <algorithm>
#include <array>

#include "http/characters.hpp"

namespace sallyport::match {
namespace {

struct Known {
  std::string_view name;
  VariableKind kind;
};
constexpr auto known = std::to_array<Known>({
#define MATCH_VARIABLE(id, name, kind) {name, VariableKind::kind},
#include "match/variables.def"
#undef MATCH_VARIABLE
});

}  // namespace

std::string_view variable_name(Variable variable) noexcept { return known[static_cast<std::size_t>(variable)].name; }
VariableKind variable_kind(Variable variable) noexcept { return known[static_cast<std::size_t>(variable)].kind; }

std::optional<Variable> variable_named(std::string_view name) noexcept {
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (std::ranges::equal(known[i].name, name, [](char a, char b) { return http::lower(a) == http::lower(b); }))
      return static_cast<Variable>(i);
  }
  return std::nullopt;
}

}  // namespace sallyport::match
