// Values that only a name tells: `password=…`, `"api_key": "…"`, `https://user:password@host`, and
// whole fields that are called password, surname or street.
#pragma once

#include <cstddef>

#include "classify/findings.hpp"
#include "classify/subject.hpp"

namespace sallyport::classify {

// text[at] is '=' or ':'. Where the finding ends, or 0.
std::size_t find_assignment(const Subject& subject, std::size_t at, Findings& out);
// text[at] begins "://". Where the finding ends, or 0.
std::size_t find_url_password(std::string_view text, std::size_t at, Findings& out);
// The value as a whole, by its field's name; asked when all else was looked for.
void find_by_name(const Subject& subject, Findings& out);

}  // namespace sallyport::classify
