#include "controls/graphql/safelist.hpp"

#include "decode/graphql.hpp"
#include "decode/json.hpp"

namespace sallyport::controls::graphql {

using decode::Kind;
using decode::Value;

Result<void> Safelist::add(std::string_view id, std::string_view document) {
  const std::string where = "`" + std::string(id) + "`";
  if (id.empty() || document.empty()) return fail(ErrorCode::invalid, "a document or its id is missing", where);
  if (documents_.size() == max_listed) return fail(ErrorCode::limit, "too many documents", where);
  if (index_.find(by_id, id) != TextIndex::none) return fail(ErrorCode::invalid, "the id stands twice", where);
  Arena arena;
  const auto tree = decode::parse_graphql(document, arena);
  if (!tree) return fail(ErrorCode::invalid, std::string(tree.error().detail), where);
  const auto number = static_cast<std::uint32_t>(documents_.size());
  index_.add(by_id, id, number);
  if (!holds(document)) index_.add(by_text, document, number);
  documents_.emplace_back(document);
  return {};
}

Result<Safelist> Safelist::read(std::string_view json) {
  Arena arena;
  const auto tree = decode::parse_json(json, arena, {.names = 10 * max_listed, .values = 10 * max_listed});
  if (!tree) return fail(ErrorCode::invalid, std::string(tree.error().detail));
  const Value& root = **tree;
  if (!root.is(Kind::object)) return fail(ErrorCode::invalid, "a list of documents is an object");
  const auto text = [](const Value& object, std::string_view name) {
    const Value* found = object.find(name);
    return found != nullptr && found->is(Kind::string) ? found->text() : std::string_view();
  };
  Safelist out;
  if (const Value* operations = root.find("operations"); operations != nullptr && operations->is(Kind::array)) {
    if (text(root, "format") != "apollo-persisted-query-manifest") {
      return fail(ErrorCode::invalid, "a manifest of another format");
    }
    for (const Value& one : *operations) {
      if (const auto added = out.add(text(one, "id"), text(one, "body")); !added) return std::unexpected(added.error());
    }
    return out;
  }
  for (const Value& one : root) {
    const std::string_view document = one.is(Kind::string) ? one.text() : std::string_view();
    if (const auto added = out.add(one.name(), document); !added) return std::unexpected(added.error());
  }
  return out;
}

std::string_view Safelist::find(std::string_view id) const noexcept {
  const std::uint32_t number = index_.find(by_id, id);
  return number == TextIndex::none ? std::string_view() : std::string_view(documents_[number]);
}

bool Safelist::holds(std::string_view document) const noexcept {
  return index_.find(by_text, document) != TextIndex::none;
}

}  // namespace sallyport::controls::graphql
