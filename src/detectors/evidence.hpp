// Evidence: what a detector found in one value, and Findings, which keeps the strongest of it.
// Nothing here allocates; spans view the text that was looked at.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sallyport::detectors {

enum class Attack : std::uint8_t {
  sql,              // CWE-89
  markup,           // CWE-79, by HTML
  script,           // CWE-79, by JavaScript
  shell,            // CWE-78
  path,             // CWE-22
  ldap,             // CWE-90
  xpath,            // CWE-643
  nosql,            // CWE-943
  template_,        // CWE-1336
  server_include,   // CWE-97
  server_request,   // CWE-918
  xml,              // CWE-611, CWE-91
  jndi,             // CWE-917
  deserialization,  // CWE-502
  prototype,        // CWE-1321
  header,           // CWE-113, CWE-93
  mail,             // CWE-93 in SMTP and IMAP
  format_string,    // CWE-134
  code,             // CWE-94: PHP, VBScript, server-side JavaScript
  scanner,          // known tools and call-back hosts
  introspection,    // of a GraphQL schema
};
inline constexpr std::size_t attack_count = static_cast<std::size_t>(Attack::introspection) + 1;

// As it stands in rules and events: "sql", "markup", …
[[nodiscard]] std::string_view name(Attack attack) noexcept;

// How sure a detector is, from 1 (a look-alike) to 10 (nothing else is written like this).
using Strength = std::uint8_t;

struct Evidence {
  Attack attack = Attack::sql;
  Strength strength = 0;
  std::string_view rule;  // stable id, static: "sql_union"
  std::string_view span;  // the part that matched
};

// The strongest evidence of each attack, in no order.
class Findings {
 public:
  void add(Attack attack, Strength strength, std::string_view rule, std::string_view span) noexcept {
    if (strength == 0) return;
    Evidence& kept = kept_[static_cast<std::size_t>(attack)];
    if (kept.strength == 0) ++count_;
    if (strength > kept.strength) kept = {attack, strength, rule, span};
  }
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] const Evidence& of(Attack attack) const noexcept { return kept_[static_cast<std::size_t>(attack)]; }
  [[nodiscard]] std::span<const Evidence> all() const noexcept { return kept_; }
  // The strongest of all; its strength is 0 when there is none.
  [[nodiscard]] const Evidence& strongest() const noexcept;

 private:
  std::array<Evidence, attack_count> kept_{};
  std::size_t count_ = 0;
};

}  // namespace sallyport::detectors
