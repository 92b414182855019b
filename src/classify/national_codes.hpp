// National numbers, documents and other codes that hold letters: found at the start of a word.
#pragma once

#include <cstddef>
#include <string_view>

#include "classify/findings.hpp"
#include "classify/subject.hpp"

namespace sallyport::classify {

// At text[at] a word begins that has a digit among its first characters. Adds what it is; where
// the finding ends, or 0.
std::size_t find_code(const Subject& subject, std::size_t at, Findings& out);

// For tests.
[[nodiscard]] bool is_codice_fiscale(std::string_view upper);
[[nodiscard]] bool is_mbi(std::string_view upper);

}  // namespace sallyport::classify
