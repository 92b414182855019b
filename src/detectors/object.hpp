// Serialized objects (CWE-502) of Java, PHP, .NET, Python, Ruby, Node; JNDI look-ups with nested
// ones resolved (CWE-917, CVE-2021-44228); keys of prototypes (CWE-1321).
#pragma once

#include "detectors/evidence.hpp"
#include "detectors/subject.hpp"

namespace sallyport::detectors {

// Linear in the text.
void find_jndi(const Subject& subject, Findings& findings) noexcept;
void find_serialized(const Subject& subject, Findings& findings) noexcept;
// Names of keys and fields.
void find_prototype(std::string_view name, Findings& findings) noexcept;

}  // namespace sallyport::detectors
