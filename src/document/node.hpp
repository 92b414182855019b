// A YAML 1.2 or JSON file as a tree that knows where each value stood. Scalars stay text: what
// type they have is decided by who reads them (a country code "no" is never a boolean).
//
// Aliases are expanded and merge keys (`<<`) applied: a key of the mapping itself wins, then the
// first merged mapping that has it; merged entries stand after the mapping's own.
//
// Refused with file:line:column: duplicate keys, keys that are not scalars, more than one
// document, unknown tags, cyclic aliases, more than Limits allow (also after expanding aliases).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sallyport/result.hpp>

namespace sallyport::document {

struct Limits {
  std::size_t bytes = 64u << 20;  // of the text
  std::size_t nodes = 4'000'000;  // of the tree, an alias counted as what it stands for; keys are not counted
  std::size_t depth = 128;        // lists and mappings inside each other; more than 1,000 counts as 1,000
  std::size_t scalar = 8u << 20;  // bytes of one scalar
};

enum class Kind : std::uint8_t { null, scalar, sequence, mapping };

class Node;
struct Entry;

class Node {
 public:
  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool is_mapping() const { return kind_ == Kind::mapping; }
  [[nodiscard]] bool is_sequence() const { return kind_ == Kind::sequence; }
  // The text of a scalar; empty for null.
  [[nodiscard]] std::string_view text() const { return text_; }
  // Was the scalar quoted? A plain `true`, `12` or `null` is not the same as a quoted one.
  [[nodiscard]] bool quoted() const { return quoted_; }
  [[nodiscard]] std::span<const Node> items() const;     // of a sequence
  [[nodiscard]] std::span<const Entry> entries() const;  // of a mapping, in file order
  // The value of a key, or null. Logarithmic or better in the number of keys.
  [[nodiscard]] const Node* find(std::string_view key) const;
  [[nodiscard]] std::uint32_t line() const { return line_; }      // from 1
  [[nodiscard]] std::uint32_t column() const { return column_; }  // from 1
  // "file:line:column"; the file is that of the Document the node came from.
  [[nodiscard]] std::string where() const;
  // The name of that file, or empty for a node that came from nowhere.
  [[nodiscard]] std::string_view origin() const { return origin_ ? std::string_view(*origin_) : std::string_view(); }

 private:
  friend class Builder;
  Kind kind_ = Kind::null;
  bool quoted_ = false;
  std::uint32_t line_ = 0;
  std::uint32_t column_ = 0;
  std::string_view text_;
  const std::string* origin_ = nullptr;  // owned by the Document
  std::vector<Node> items_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> sorted_;  // entries_ by key, when there are more than a few
};

struct Entry {
  std::string_view key;
  std::uint32_t line = 0;  // of the key
  std::uint32_t column = 0;
  Node value;
  // "file:line:column" of the key.
  [[nodiscard]] std::string where() const;
};

// Owns the text and the tree.
class Document {
 public:
  [[nodiscard]] const Node& root() const { return *root_; }
  [[nodiscard]] const std::string& origin() const { return *origin_; }

 private:
  friend class Builder;
  std::unique_ptr<const std::string> origin_;
  std::unique_ptr<const std::string> text_;       // of JSON; null for YAML
  std::vector<std::unique_ptr<char[]>> scalars_;  // scalars that are not verbatim in text_
  std::unique_ptr<const Node> root_;
};

// Parses YAML or JSON. `origin` names the text in errors.
[[nodiscard]] Result<Document> parse(std::string text, std::string origin, const Limits& limits = {});
// Parses JSON and nothing else: lines of a log, archives of other programs.
[[nodiscard]] Result<Document> parse_json(std::string text, std::string origin, const Limits& limits = {});
// Reads and parses a file.
[[nodiscard]] Result<Document> load(const std::string& path, const Limits& limits = {});

}  // namespace sallyport::document
