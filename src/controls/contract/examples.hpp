// The examples of a specification against its own schemas: authors who read the report find what
// their gateway would refuse before their clients do.
#pragma once

#include <string>
#include <vector>

#include "controls/contract/plan.hpp"

namespace sallyport::controls::contract {

struct BadExample {
  std::string where;  // of the example
  std::string place;  // within it: "body /a/0"
  std::string rule;   // "maximum", or "budget" when it could not be judged
};

struct ExampleReport {
  std::size_t count = 0;
  std::vector<BadExample> bad;
};

// Of a plan that was built with Reading::examples. Members that only the other direction has are
// let in: an example is of the whole object.
[[nodiscard]] ExampleReport judge_examples(const Plan& plan);

}  // namespace sallyport::controls::contract
