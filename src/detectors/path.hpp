// Path traversal and the files it is after (CWE-22, CWE-98): climbing out by ../ in any spelling
// that a decoder leaves, absolute paths of files that no client may name, stream wrappers, NUL.
#pragma once

#include "detectors/evidence.hpp"
#include "detectors/subject.hpp"

namespace sallyport::detectors {

// Linear in the text.
void find_path(const Subject& subject, Findings& findings) noexcept;

}  // namespace sallyport::detectors
