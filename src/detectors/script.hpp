// Script injection (CWE-79): JavaScript that a value brings along. Telling are javascript: URLs,
// calls of what proofs and payloads call (alert, eval, fetch, …) in any spelling, reads of cookies
// and locations, and breaking out of a string in a script: '-alert(1)//.
#pragma once

#include "detectors/evidence.hpp"
#include "detectors/subject.hpp"

namespace sallyport::detectors {

// Linear in the text.
void find_script(const Subject& subject, Findings& findings) noexcept;

// How much a piece of code (the value of a handler, what follows javascript:) looks like a payload
// and not like a page's own function: 0 to 9.
[[nodiscard]] Strength script_strength(std::string_view code) noexcept;

}  // namespace sallyport::detectors
