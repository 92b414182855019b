// What other rooms may ask of the control `rate_limit`.
#pragma once

#include <string>
#include <vector>

#include "controls/rate_limit/classes.hpp"
#include "controls/rate_limit/config.hpp"

#include <sallyport/engine.hpp>

namespace sallyport::controls::rate_limit {

// For `sallyport check`: which operations are in a class of their own, and why. One a line.
[[nodiscard]] std::string explain(const Policy& policy);

// Of each API whose limits are on: the classes of its operations, and what stands for each class.
struct ClassesOf {
  const Api* api = nullptr;
  std::vector<Class> operations;  // by Operation::index
  ClassLimits limits;
};
[[nodiscard]] std::vector<ClassesOf> classes_of(const Policy& policy);

}  // namespace sallyport::controls::rate_limit
