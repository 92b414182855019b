// Server-side request forgery (CWE-918): URLs of this host, of link-local and metadata services, in
// every spelling of an address that inet_aton(3) and URL parsers take, and of schemes that only
// a server follows.
#pragma once

#include "detectors/evidence.hpp"
#include "detectors/subject.hpp"

namespace sallyport::detectors {

// Linear in the text.
void find_server_request(const Subject& subject, Findings& findings) noexcept;

}  // namespace sallyport::detectors
