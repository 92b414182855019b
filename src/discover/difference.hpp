// Where calls and specification differ: endpoints, parameters and statuses that are called and not declared, and
// operations that are declared and never called.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "discover/learned_api.hpp"

namespace sallyport::discover {

struct Difference {
  enum class Kind : std::uint8_t {
    undeclared,  // an endpoint that the specification does not have
    parameter,   // of the query, not declared
    status,      // of an answer, not declared
    retired,     // called, although it is retired
    unused,      // declared and never called: not wrong by itself
  } kind = Kind::undeclared;
  std::string method, path;
  std::string what;  // the parameter's name or the status; else empty
  std::uint64_t calls = 0;
};
[[nodiscard]] std::string_view word(Difference::Kind kind);

// `endpoints`: of a LearnedApi against that specification.
[[nodiscard]] std::vector<Difference> compare(const LearnedApi& api, const std::vector<LearnedEndpoint>& endpoints,
                                              const Spec& spec);

// What a specification does not say of an operation, and a register of APIs must know (OWASP API9).
struct Gap {
  std::string method, path;
  std::string where;                    // "file:line:column" of the operation
  std::vector<std::string_view> lacks;  // "owner", "purpose", "data", "auth"
};
[[nodiscard]] std::vector<Gap> gaps(const Spec& spec);

}  // namespace sallyport::discover
