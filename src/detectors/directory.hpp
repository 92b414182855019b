// LDAP filters (CWE-90, RFC 4515) and XPath (CWE-643): leaving the value of a filter or a
// predicate, and whole filters where a value belongs.
#pragma once

#include "detectors/evidence.hpp"
#include "detectors/subject.hpp"

namespace sallyport::detectors {

// Linear in the text.
void find_ldap(const Subject& subject, Findings& findings) noexcept;
void find_xpath(const Subject& subject, Findings& findings) noexcept;

}  // namespace sallyport::detectors
