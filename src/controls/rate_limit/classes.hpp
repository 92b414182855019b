// Classes of operations: what kind of work an operation is decides its default limit. The class
// is inferred from the words of operationId, path and method; each inference has a reason that
// `sallyport check` prints, and every one can be overridden by configuration.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "config/table.hpp"

#include <sallyport/operation.hpp>

namespace sallyport::controls::rate_limit {

enum class Class : std::uint8_t { data, login, exports, batch, health };
inline constexpr std::size_t class_count = 5;

constexpr auto enum_names(const Class*) {
  return std::to_array<config::Named<Class>>(
      {{"data", Class::data, "everything else"},
       {"login", Class::login, "proves who one is: log in, tokens, one-time codes, password resets, sign up"},
       {"export", Class::exports, "gives much at once: exports, downloads, reports, backups"},
       {"batch", Class::batch, "does much at once: batches, bulk changes, imports"},
       {"health", Class::health, "probes of operators: not limited"}});
}
[[nodiscard]] std::string_view name_of(Class one);

struct Classified {
  Class is = Class::data;
  std::string why;  // "POST, and the path says `login`"
};

[[nodiscard]] Classified classify(const Operation& operation);
// Without a specification, by method and path of the call: finds log-ins, and nothing else.
[[nodiscard]] Class classify(std::string_view method, std::string_view path);

}  // namespace sallyport::controls::rate_limit
