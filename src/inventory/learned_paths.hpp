// LearnedPaths: path templates learned from a set of paths, and which of them a path belongs to.
//
//   LearnedPaths paths;
//   paths.add("/users/ana", 3); …
//   paths.learn();
//   paths.find("/users/zoe")->path   // "/users/{}", when enough users were seen; null when nothing fits
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/path_learner.hpp"

namespace sallyport::inventory {

// "/users/ana" fits "/users/{}", "/17.json" fits "/{}.json": "{}" is one whole segment but for an extension.
[[nodiscard]] bool path_fits(std::string_view path, std::string_view path_template);

class LearnedPaths {
 public:
  void add(std::string_view path, std::uint64_t calls) { learner_.add(path, 0, calls); }
  // `least`: calls that a template must have had.
  void learn(std::uint64_t least = 1);
  // The template with the most literal segments that fits; valid as long as this object.
  [[nodiscard]] const LearnedPath* find(std::string_view path) const;
  [[nodiscard]] std::uint64_t left_out() const { return learner_.left_out(); }

 private:
  PathLearner learner_;
  std::map<std::size_t, std::vector<LearnedPath>> by_segments_;  // most literal ones first
};

}  // namespace sallyport::inventory
