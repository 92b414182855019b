// Payment card numbers and the tracks of their stripes.
#pragma once

#include <cstddef>
#include <string_view>

#include "classify/findings.hpp"
#include "classify/number_text.hpp"
#include "classify/subject.hpp"

namespace sallyport::classify {

// 12 to 19 digits in a range that a network issues, of a length that it uses. Luhn is not looked at.
[[nodiscard]] bool in_issuer_range(std::string_view digits);
// Numbers that payment providers publish for tests, and digits without a pattern of their own.
[[nodiscard]] bool is_test_card(std::string_view digits);

std::size_t find_card(const Subject& subject, const NumberText& number, Findings& out);
// At text[at] the PAN of track 1 or 2 begins: behind "%B" or ";".
std::size_t find_track(std::string_view text, std::size_t at, Findings& out);

}  // namespace sallyport::classify
