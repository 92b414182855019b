// National numbers of digits alone: their forms, check digits and dates. The sources are in
// types.def. Those with letters are in national_codes.hpp.
#pragma once

#include <cstddef>
#include <string_view>

#include "classify/context.hpp"
#include "classify/findings.hpp"
#include "classify/number_text.hpp"

namespace sallyport::classify {

// Adds what the number is; where the finding ends, or 0. `kinds` is what its context says.
std::size_t find_national_number(const NumberText& number, const Kinds& kinds, Findings& out);

// For tests: is it a good number of that type? Digits without separators.
[[nodiscard]] bool is_national_number(Type type, std::string_view digits);

}  // namespace sallyport::classify
