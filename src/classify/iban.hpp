// International bank account numbers (ISO 13616).
#pragma once

#include <cstddef>
#include <string_view>

#include "classify/findings.hpp"

namespace sallyport::classify {

inline constexpr std::size_t max_iban = 34;

// Without spaces, in either case: country, structure of its accounts and check digits are good.
[[nodiscard]] bool is_iban(std::string_view compact);
// At text[at] a word begins with two letters and two digits. Where the finding ends, or 0.
std::size_t find_iban(std::string_view text, std::size_t at, Findings& out);

}  // namespace sallyport::classify
