// What people are reached and described by: e-mail addresses, phone numbers, dates of birth,
// coordinates.
#pragma once

#include <cstddef>
#include <string_view>

#include "classify/findings.hpp"
#include "classify/number_text.hpp"
#include "classify/subject.hpp"

namespace sallyport::classify {

// text[at] is '@'. Where the finding ends, or 0.
std::size_t find_email(std::string_view text, std::size_t at, Findings& out);
// At text[at] a digit stands behind '+', or starts a national number.
std::size_t find_phone(const Subject& subject, std::size_t at, Findings& out);
// A date whose context says that somebody was born on it.
std::size_t find_birth_date(const Subject& subject, const NumberText& number, Findings& out);
// "48.858370, 2.294481": four decimals or more (eleven metres).
std::size_t find_coordinates(const Subject& subject, std::size_t at, Findings& out);

}  // namespace sallyport::classify
