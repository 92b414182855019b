// The machine readable zone of passports (ICAO 9303-4): two lines of 44 characters.
#pragma once

#include <cstddef>
#include <string_view>

#include "classify/findings.hpp"

namespace sallyport::classify {

// text[at] begins "P<". Where the finding ends, or 0.
std::size_t find_mrz(std::string_view text, std::size_t at, Findings& out);

}  // namespace sallyport::classify
