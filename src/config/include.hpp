// A configuration of several files. The top-level key `include` takes paths or globs, relative to
// the file they stand in; a glob may match nothing, a path must exist. The mappings of all files
// become one: lists of the same key are joined (a file's own elements first, then those of its
// includes in the order written, matches of a glob by name); any other key given twice is an error
// that names both places.
//
// Refused: a file that includes itself or is included twice, more than 8 levels, more than 1,000
// files.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "config/report.hpp"
#include "document/node.hpp"

namespace sallyport::config {

// Owns the documents that root() is made of. Nodes stay valid when it is moved.
class Loaded {
 public:
  static constexpr std::size_t max_depth = 8;
  static constexpr std::size_t max_files = 1000;

  // Without the key `include`.
  [[nodiscard]] const document::Node& root() const { return *root_; }
  // The paths of all files, the first one first.
  [[nodiscard]] std::span<const std::string> files() const { return files_; }

 private:
  friend class Assembly;
  std::vector<document::Document> documents_;
  std::vector<std::string> files_;
  std::unique_ptr<const document::Node> root_;
};

// Fails when the first file cannot be read or parsed; everything wrong with the includes is in the
// report, which must be asked before the result is used.
[[nodiscard]] Result<Loaded> load_with_includes(const std::string& path, Report& report);

}  // namespace sallyport::config
