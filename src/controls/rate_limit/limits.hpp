// Limits: the compiled rules of one API, as both controls of limits use them. Rules that apply to
// a call are decided together: all are charged, or none.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "controls/access/path_pattern.hpp"
#include "controls/rate_limit/classes.hpp"
#include "controls/rate_limit/subject.hpp"
#include "shared/calendar.hpp"
#include "shared/leases.hpp"
#include "shared/memory_store.hpp"

#include <sallyport/control.hpp>
#include <sallyport/operation.hpp>

namespace sallyport::controls::rate_limit {

struct LimitRule {
  std::string name;  // letters, digits, `_` and `-`: it stands in fields of answers
  std::string text;  // "10/m by ip", for operators
  std::vector<Subject> by;
  shared::Limit limit;
  shared::Period period = shared::Period::day;  // quota
  shared::TimeZone zone;
  std::uint32_t cost = 1;
  shared::OnStoreError on_store_error = shared::OnStoreError::local;
  // Everything that is given must match; what is empty matches all.
  std::uint8_t classes = 0;  // bits by Class
  bool known_only = false;   // callers without identity are not counted
  std::vector<std::string> methods;
  std::vector<access::PathPattern> paths;
  std::vector<bool> operations;  // by Operation::index
};

// The answer to a caller whose limit has room again in so many seconds: 429 with Retry-After.
[[nodiscard]] Problem too_many_requests(std::int64_t seconds, Arena& arena);

class Limits {
 public:
  static constexpr std::size_t max_rules = shared::MemoryStore::max_questions;

  // What a control keeps of a call.
  struct State {
    std::uint8_t count = 0;  // rules that applied
    std::uint8_t tightest = 0;
    std::uint32_t remaining = 0;
    std::int64_t reset_us = 0;
    std::uint8_t held = 0;  // of concurrency rules
    std::array<std::uint8_t, max_rules> rules{};
    std::array<std::uint64_t, max_rules> keys{};
    shared::Leases::Held leased;  // while the shared counters are asked
  };

  // `classes`: by Operation::index. `scope` tells counters of different APIs apart; rules of the
  // same scope, name and limit go on with their counters after a reload. `leases`: null when
  // counters are this node's own.
  Limits(std::vector<LimitRule> rules, std::vector<Class> classes, std::string_view scope, unsigned ipv6_prefix,
         shared::MemoryStore& store, shared::Leases* leases);

  [[nodiscard]] bool empty() const { return rules_.empty(); }
  // Pass, or Deny with 429; Need when nodes share counters, and what this node holds does not suffice.
  [[nodiscard]] Verdict decide(const Context& context, State& state) const;
  // Adds RateLimit and RateLimit-Policy to the answer (draft-ietf-httpapi-ratelimit-headers-10).
  [[nodiscard]] Verdict announce(const Context& context, const State& state) const;
  // Gives back what concurrency rules hold.
  void end(State& state) const;

 private:
  struct Compiled {
    LimitRule rule;
    std::uint64_t salt = 0;
    std::string policy;  // its item of RateLimit-Policy
  };
  [[nodiscard]] Class class_of(const Context& context) const;
  struct Asked;
  [[nodiscard]] Verdict conclude(const Context& context, State& state, const Asked& asked, bool admitted) const;
  [[nodiscard]] Verdict decide_shared(const Context& context, State& state, Asked& asked) const;
  [[nodiscard]] Verdict without_store(const Context& context, State& state, Asked& asked) const;
  [[nodiscard]] static bool applies(const LimitRule& rule, Class is, const Context& context);
  [[nodiscard]] Verdict refuse(const Context& context, const State& state, const Compiled& by,
                               const shared::Outcome& outcome) const;
  [[nodiscard]] std::string_view policies(const State& state, Arena& arena) const;

  std::vector<Compiled> rules_;
  std::vector<Class> classes_;
  unsigned ipv6_prefix_;
  shared::MemoryStore& store_;
  shared::Leases* leases_;
};

}  // namespace sallyport::controls::rate_limit
