#include "spec/values.hpp"

#include <vector>

#include "decode/json.hpp"
#include "decode/tree_writer.hpp"

namespace sallyport {
namespace {

using decode::Kind;
using document::Node;

constexpr decode::Limits limits{
    .depth = 1100, .names = 8'000'000, .values = 8'000'000, .string_bytes = 64u << 20, .duplicates = true};

Kind kind_of(const Node& scalar) {
  const std::string_view text = scalar.text();
  if (scalar.quoted()) return Kind::string;
  if (text == "true" || text == "false") return Kind::boolean;
  if (text.empty() || (text.front() != '-' && (text.front() < '0' || text.front() > '9'))) return Kind::string;
  Arena scratch;
  const auto number = decode::parse_json(text, scratch);
  return number && (*number)->is(Kind::number) && (*number)->text() == text ? Kind::number : Kind::string;
}

// The depth of documents is bounded by document::Limits.
class Conversion {
 public:
  explicit Conversion(Arena& arena) : out_(arena, limits) {}

  bool add(const Node& node) {
    nodes_.push_back(&node);
    switch (node.kind()) {
      case document::Kind::null:
        return out_.text(Kind::null, "null", node.line());
      case document::Kind::scalar:
        return out_.text(kind_of(node), node.text(), node.line());
      case document::Kind::sequence:
        if (!out_.open(Kind::array, node.line())) return false;
        for (const Node& item : node.items()) {
          if (!add(item)) return false;
        }
        return out_.close();
      case document::Kind::mapping:
        if (!out_.open(Kind::object, node.line())) return false;
        for (const document::Entry& entry : node.entries()) {
          if (!out_.name(entry.key, entry.line) || !add(entry.value)) return false;
        }
        return out_.close();
    }
    return false;
  }

  Result<const decode::Value*> finish(bool good, NodeValues* places) {
    if (!good) return fail(ErrorCode::limit, std::string(out_.refusal().detail));
    const decode::Value* const root = out_.finish();
    // Both are in document order.
    for (std::size_t i = 0; places != nullptr && i < nodes_.size(); ++i) {
      if (nodes_[i]->is_mapping() || nodes_[i]->is_sequence()) places->emplace(nodes_[i], root + i);
    }
    return root;
  }

 private:
  decode::TreeWriter out_;
  std::vector<const Node*> nodes_;
};

}  // namespace

Result<const decode::Value*> to_values(const Node& root, Arena& arena, NodeValues* places) {
  Conversion conversion(arena);
  const bool good = conversion.add(root);
  return conversion.finish(good, places);
}

}  // namespace sallyport
