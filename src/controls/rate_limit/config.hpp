// Keys of `rate_limit`.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/table.hpp"
#include "controls/rate_limit/classes.hpp"
#include "controls/rate_limit/rate.hpp"
#include "controls/rate_limit/subject.hpp"
#include "shared/leases.hpp"

namespace sallyport::controls::rate_limit {

// Applies to the calls that everything it names matches.
struct Rule {
  std::string name;
  std::vector<Subject> by;
  Rate limit;                    // or
  std::uint32_t concurrent = 0;  // calls at once
  std::uint32_t burst = 0;       // with `limit`: a token bucket that holds so many
  std::uint32_t cost = 1;
  std::string time_zone = "UTC";
  shared::OnStoreError on_store_error = shared::OnStoreError::local;
  std::vector<Class> classes;
  std::vector<std::string> methods;
  std::vector<std::string> paths;
  std::vector<std::string> operations;  // operationId, or "GET /orders/{id}"
};

// The limits that stand without any rule: OWASP's advice for the kind of work.
struct ClassLimits {
  Rate login{10, std::chrono::minutes(1), {}};
  Rate exports{5, std::chrono::hours(1), {}};
  Rate batch{5, std::chrono::hours(1), {}};
  Rate data{300, std::chrono::minutes(1), {}};
};

struct Config {
  std::vector<Rule> rules;
  ClassLimits limits;
  std::map<std::string, Class> classes;  // by operationId or "GET /orders/{id}", instead of what is inferred
  std::uint32_t ipv6_prefix = 64;
  bool announce = true;
};

const config::Table<Rule>& config_table(const Rule*);
const config::Table<ClassLimits>& config_table(const ClassLimits*);
const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::rate_limit

namespace sallyport::shared {
constexpr auto enum_names(const OnStoreError*) {
  return std::to_array<config::Named<OnStoreError>>(
      {{"local", OnStoreError::local, "this node counts for itself, up to its share of the limit"},
       {"deny", OnStoreError::deny, "calls are refused with 503"},
       {"allow", OnStoreError::allow, "calls pass uncounted"}});
}
}  // namespace sallyport::shared
