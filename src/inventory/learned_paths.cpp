#include "inventory/learned_paths.hpp"

#include <algorithm>

namespace sallyport::inventory {
namespace {

constexpr std::string_view variable = "{}";

std::size_t segments_of(std::string_view path) { return static_cast<std::size_t>(std::ranges::count(path, '/')); }

std::string_view take_segment(std::string_view& path) {
  const std::size_t slash = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, slash);
  path.remove_prefix(std::min(slash + 1, path.size()));
  return segment;
}

bool segment_fits(std::string_view segment, std::string_view of) {
  if (!of.starts_with(variable)) return segment == of;
  const std::string_view extension = of.substr(variable.size());
  return segment.size() > extension.size() && segment.ends_with(extension);
}

}  // namespace

bool path_fits(std::string_view path, std::string_view path_template) {
  if (segments_of(path) != segments_of(path_template)) return false;
  while (!path_template.empty()) {
    if (!segment_fits(take_segment(path), take_segment(path_template))) return false;
  }
  return path.empty();
}

void LearnedPaths::learn(std::uint64_t least) {
  by_segments_.clear();
  for (LearnedPath& learned : learner_.paths(least)) {
    by_segments_[segments_of(learned.path)].push_back(std::move(learned));
  }
  for (auto& [count, paths] : by_segments_) {
    std::ranges::sort(paths, {},
                      [](const LearnedPath& one) { return std::pair(one.values.size(), std::string_view(one.path)); });
  }
}

const LearnedPath* LearnedPaths::find(std::string_view path) const {
  const auto paths = by_segments_.find(segments_of(path));
  if (paths == by_segments_.end()) return nullptr;
  const auto at =
      std::ranges::find_if(paths->second, [&](const LearnedPath& one) { return path_fits(path, one.path); });
  return at == paths->second.end() ? nullptr : &*at;
}

}  // namespace sallyport::inventory
