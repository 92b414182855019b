// Tools and call-back hosts by name: scanners announce themselves, and out-of-band proofs need a
// host that tells their author.
#pragma once

#include "detectors/evidence.hpp"
#include "detectors/subject.hpp"

namespace sallyport::detectors {

// Linear in the text.
// Call-back hosts, anywhere.
void find_callback(const Subject& subject, Findings& findings) noexcept;
// Names of scanners in User-Agent.
void find_scanner(const Subject& subject, Findings& findings) noexcept;
// The schema of a GraphQL service is asked for: __schema, __type(
void find_introspection(const Subject& subject, Findings& findings) noexcept;

}  // namespace sallyport::detectors
