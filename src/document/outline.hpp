// Outline: what a parser saw, as one flat list in the order of the text, before aliases are
// expanded. It enforces every limit of the tree, also those that only the expanded tree would
// exceed, so that a small text that stands for a huge tree is refused before anything is built.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document/node.hpp"

namespace sallyport::document {

// A place in the text, both from 1; columns count characters.
struct Mark {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

// "origin:line:column".
[[nodiscard]] std::string where(std::string_view origin, Mark at);

struct Raw {
  enum class Shape : std::uint8_t { null, scalar, sequence, mapping, alias };
  Shape shape = Shape::null;
  bool quoted = false;
  bool key_quoted = false;
  std::uint16_t height = 0;  // of the expanded subtree, in lists and mappings
  Mark at{};
  Mark key_at{};  // when the parent is a mapping
  std::string_view key{};
  std::string_view text{};
  std::uint32_t children = 0;
  std::uint32_t end = 0;     // index after the subtree; 0 while it is open
  std::uint32_t weight = 1;  // nodes of the expanded subtree
  std::uint32_t target = 0;  // of an alias
};

class Outline {
 public:
  Outline(std::string_view origin, const Limits& limits);

  // Each returns false when a limit is exceeded; error() then says which.
  [[nodiscard]] bool key(Mark at, std::string_view text, bool quoted);
  [[nodiscard]] bool null(Mark at);
  [[nodiscard]] bool scalar(Mark at, std::string_view text, bool quoted);
  [[nodiscard]] bool open(Mark at, Raw::Shape shape);
  void close();
  // `target` is the index that next() gave before the anchored value.
  [[nodiscard]] bool alias(Mark at, std::uint32_t target);

  // Copies text that does not outlive its parser.
  [[nodiscard]] std::string_view keep(std::string_view text);
  // Records an error of the parser; always false.
  bool refuse(ErrorCode code, Mark at, std::string message);

  // Does a key come next, and not a value?
  [[nodiscard]] bool expects_key() const { return !open_.empty() && in_mapping() && !pending_; }
  [[nodiscard]] bool in_mapping() const { return nodes_[open_.back()].shape == Raw::Shape::mapping; }
  [[nodiscard]] std::uint32_t next() const { return static_cast<std::uint32_t>(nodes_.size()); }
  [[nodiscard]] const std::vector<Raw>& nodes() const { return nodes_; }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  [[nodiscard]] std::string_view origin() const { return origin_; }
  [[nodiscard]] std::vector<std::unique_ptr<char[]>> take_kept() { return std::move(chunks_); }

 private:
  struct Key {
    Mark at;
    std::string_view text;
    bool quoted = false;
  };
  [[nodiscard]] bool fits(Mark at, std::string_view text);
  [[nodiscard]] bool add(Raw raw);

  std::string_view origin_;
  Limits limits_;
  std::vector<Raw> nodes_;
  std::vector<std::uint32_t> open_;
  std::optional<Key> pending_;
  std::uint64_t total_ = 0;  // nodes of the expanded tree so far
  std::vector<std::unique_ptr<char[]>> chunks_;
  char* free_ = nullptr;
  std::size_t free_bytes_ = 0;
  std::optional<Error> error_;
};

}  // namespace sallyport::document
