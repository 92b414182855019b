// Resolves `$ref`: places in a document by JSON Pointer (RFC 6901), and files below one directory.
// Nothing is ever fetched. A file is read once, whatever the number of references to it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sallyport/result.hpp>

#include "document/node.hpp"

namespace sallyport {

class References {
 public:
  static constexpr std::size_t max_files = 256;
  static constexpr std::size_t max_chain = 16;  // references that lead to references

  // `file` is where `main` was read from; without it every reference to a file is refused.
  References(std::shared_ptr<const document::Document> main, std::optional<std::filesystem::path> file);

  // The node that the text of `reference` names. Errors: a URL, a file outside the directory of
  // the main document (symbolic links followed), one that cannot be read, no such place.
  [[nodiscard]] Result<const document::Node*> resolve(const document::Node& reference);

  // `start`, the node that its `$ref` names, the one that that names, ... Cycles are errors.
  [[nodiscard]] Result<std::vector<const document::Node*>> follow(const document::Node& start);

  // The main document and all that were read since.
  [[nodiscard]] std::vector<std::shared_ptr<const document::Document>> documents() const;

 private:
  struct File {
    std::shared_ptr<const document::Document> document;
    std::filesystem::path path;  // canonical; empty when it is no file
  };
  Result<const document::Document*> open(std::string_view name, const document::Node& reference);
  [[nodiscard]] const File& file_of(const document::Node& node) const;

  std::vector<File> files_;
  std::filesystem::path directory_;  // canonical; empty: no files
};

// The node at a JSON Pointer ("/paths/~1pets/get"; empty: the root itself), or null.
[[nodiscard]] const document::Node* at_pointer(const document::Node& root, std::string_view pointer);

}  // namespace sallyport
