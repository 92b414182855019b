// SQL injection (CWE-89). The evidence is breaking out of a context: the value is read as what
// follows an opened ', " or `, a number or a word in somebody else's statement, and judged by
// whether valid SQL goes on there. Beside that some things are telling wherever they stand: UNION
// SELECT with a list, catalogue tables, functions that wait, read files or run commands.
// A whole statement is weak evidence: it is what people write about.
#pragma once

#include "detectors/evidence.hpp"
#include "detectors/subject.hpp"

namespace sallyport::detectors {

// Linear in the text.
void find_sql(const Subject& subject, Findings& findings) noexcept;

}  // namespace sallyport::detectors
