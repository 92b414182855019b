// Baseline: findings that somebody answers for, each with a reason and until when.
//
//   - rule: numeric-id
//     pointer: /paths/~1orders~1{id}/get/parameters/0     # or `fingerprint`, of one finding
//     reason: owners are compared by the order service
//     expires: 2027-06-30
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/report.hpp"
#include "config/table.hpp"
#include "lint/finding.hpp"

namespace sallyport::lint {

struct Accepted {
  std::string rule;         // an id, or one of its aliases
  std::string pointer;      // this place and everything below it; empty: everywhere
  std::string fingerprint;  // of one finding, instead of the two
  std::string reason;
  std::string expires;  // the last day on which it counts
};

struct Baseline {
  std::vector<Accepted> accepted;
};

const config::Table<Accepted>& config_table(const Accepted*);
const config::Table<Baseline>& config_table(const Baseline*);

// What is wrong with the file goes to `report`. `now`: seconds since 1970.
class Accepting {
 public:
  [[nodiscard]] static Accepting read(const std::string& path, std::int64_t now, config::Report& report);
  [[nodiscard]] bool accepts(const Finding& finding) const;

  // Takes accepted findings out; returns how many.
  std::size_t apply(std::vector<Finding>& findings) const;

 private:
  std::vector<Accepted> accepted_;  // those that have not expired
};

}  // namespace sallyport::lint
