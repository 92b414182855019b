// Injection by line breaks: header fields (CWE-113), mail headers and commands of SMTP and IMAP
// (CWE-93); and format strings (CWE-134).
#pragma once

#include "detectors/evidence.hpp"
#include "detectors/subject.hpp"

namespace sallyport::detectors {

// Linear in the text.
void find_lines(const Subject& subject, Findings& findings) noexcept;
void find_format_string(const Subject& subject, Findings& findings) noexcept;

}  // namespace sallyport::detectors
