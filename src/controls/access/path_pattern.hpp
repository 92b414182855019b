// Path patterns, and the readings of a path that a careless back-end could make.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sallyport/result.hpp>

namespace sallyport::controls::access {

// "/admin/**" (itself and below), "/a/*/b" (any one segment), "/exact".
class PathPattern {
 public:
  [[nodiscard]] static Result<PathPattern> compile(std::string_view text);

  // The canonical path, segment by segment: for rules that allow.
  [[nodiscard]] bool matches(std::string_view path) const { return matches(path, false); }
  // Also when letters differ in case, segments carry parameters (";v=1", "%3B…"), a trailing
  // slash is there or not, or an encoded slash was decoded: for rules that deny.
  [[nodiscard]] bool matches_loosely(std::string_view path) const { return matches(path, true); }

 private:
  [[nodiscard]] bool matches(std::string_view path, bool loosely) const;
  std::vector<std::string> segments_;
  bool below_ = false;
};

}  // namespace sallyport::controls::access
