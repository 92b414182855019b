// XML (CWE-611, CWE-91, CWE-776): document types, entities, XInclude, schema includes, ending a
// CDATA section or comment from within; and server-side includes (CWE-97).
#pragma once

#include "detectors/evidence.hpp"
#include "detectors/subject.hpp"

namespace sallyport::detectors {

// Linear in the text.
void find_xml(const Subject& subject, Findings& findings) noexcept;
void find_server_include(const Subject& subject, Findings& findings) noexcept;

}  // namespace sallyport::detectors
