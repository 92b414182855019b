// The scan of one value: every detector in one pass, left to right. Words and a few marks are
// found sixteen bytes at a time; only where one could begin something a detector is asked.
//
//   Findings found;
//   scan("card 4111 1111 1111 1111", kinds_of_name("note").kinds, found);
//
// Linear in the text; nothing is allocated. A text inside a text (JSON in a string) is unescaped
// once, into a buffer of its own.
#pragma once

#include <string_view>

#include "classify/context.hpp"
#include "classify/findings.hpp"

namespace sallyport::classify {

inline constexpr std::size_t max_unescaped = 16384;  // bytes of an inner text that are looked at

// Adds to `out`. Positions are those of `text`; of findings in an inner text they are the whole's.
void scan(std::string_view text, const Kinds& name, Findings& out);

}  // namespace sallyport::classify
