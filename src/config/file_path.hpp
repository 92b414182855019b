// A path in a configuration file: relative to the file that names it.
#pragma once

#include <string>
#include <string_view>

namespace sallyport::config {

struct FilePath {
  std::string path;     // to open: absolute, or relative to the working directory of the process
  std::string written;  // as it stands in the file

  [[nodiscard]] bool empty() const { return path.empty(); }
};

// `origin` is the path of the file that names it.
[[nodiscard]] FilePath resolve_path(std::string_view written, std::string_view origin);

}  // namespace sallyport::config
