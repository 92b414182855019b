// Code that a server would run (CWE-94, CWE-95): PHP, ASP, JSP, Python, Ruby, Node.
#pragma once

#include "detectors/evidence.hpp"
#include "detectors/subject.hpp"

namespace sallyport::detectors {

// Linear in the text.
void find_code(const Subject& subject, Findings& findings) noexcept;

}  // namespace sallyport::detectors
