#include "detectors/evidence.hpp"

#include <algorithm>

namespace sallyport::detectors {

std::string_view name(Attack attack) noexcept {
  switch (attack) {
    case Attack::sql:
      return "sql";
    case Attack::markup:
      return "markup";
    case Attack::script:
      return "script";
    case Attack::shell:
      return "shell";
    case Attack::path:
      return "path";
    case Attack::ldap:
      return "ldap";
    case Attack::xpath:
      return "xpath";
    case Attack::nosql:
      return "nosql";
    case Attack::template_:
      return "template";
    case Attack::server_include:
      return "server_include";
    case Attack::server_request:
      return "server_request";
    case Attack::xml:
      return "xml";
    case Attack::jndi:
      return "jndi";
    case Attack::deserialization:
      return "deserialization";
    case Attack::prototype:
      return "prototype";
    case Attack::header:
      return "header";
    case Attack::mail:
      return "mail";
    case Attack::format_string:
      return "format_string";
    case Attack::code:
      return "code";
    case Attack::scanner:
      return "scanner";
    case Attack::introspection:
      return "introspection";
  }
  return "unknown";
}

const Evidence& Findings::strongest() const noexcept {
  return *std::ranges::max_element(kept_, {}, &Evidence::strength);
}

}  // namespace sallyport::detectors
