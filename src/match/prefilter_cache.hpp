// Compiled prefilters on disk: one file a rule set, named by a hash of all that it is made from.
// A file that is damaged or of another version is as good as none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "match/prefilter_plan.hpp"

namespace sallyport::match {

class PrefilterCache {
 public:
  static constexpr std::size_t kept_files = 16;  // the oldest beyond are deleted when one is stored

  // An empty folder: nothing is kept.
  PrefilterCache(const std::string& folder, const PrefilterPlan& plan, std::string_view version);

  [[nodiscard]] std::vector<std::string> load() const;
  // What cannot be written is not kept.
  void store(const std::vector<std::string>& databases) const;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string folder_;
  std::string path_;
};

}  // namespace sallyport::match
