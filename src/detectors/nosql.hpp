// NoSQL injection (CWE-943): operators where a value belongs – as keys of JSON, in bracketed names
// of forms, in texts – and JavaScript for a database's own engine.
#pragma once

#include "detectors/evidence.hpp"
#include "detectors/subject.hpp"

namespace sallyport::detectors {

// Linear in the text.
void find_nosql(const Subject& subject, Findings& findings) noexcept;
// A name that begins with $, with the name of the field it stands in ("" at the root). Query
// languages of products use some of them openly; asked of a user, password or token they are none.
void find_nosql_key(std::string_view name, std::string_view field, Findings& findings) noexcept;
// Names of form fields: user[$ne], filter.$where
void find_nosql_name(std::string_view name, Findings& findings) noexcept;

}  // namespace sallyport::detectors
