// What other rooms may ask of the control `authorize`.
#pragma once

#include <string>
#include <vector>

#include <sallyport/engine.hpp>

namespace sallyport::controls::authorize {

// Who may call what, by function: for reviewers (OWASP API5). Objects and properties are other controls' matter.
struct RoleMatrix {
  const Api* api = nullptr;
  // "nobody known", "any caller", then each role that a rule names. Callers of a column have every scope and
  // every credential that a specification can ask for, so a refusal is one by role.
  std::vector<std::string> callers;
  struct Row {
    const Operation* operation = nullptr;
    std::vector<std::string> refused;  // by column: the rule that refuses, or empty
  };
  std::vector<Row> rows;
};
// Of each API that has the section, also where it only observes. Paths stand for themselves with `x` in their
// variables.
[[nodiscard]] std::vector<RoleMatrix> role_matrix(const Policy& policy);

}  // namespace sallyport::controls::authorize
