#include "controls/contract/typed_text.hpp"

#include <vector>

#include "decode/json.hpp"

namespace sallyport::controls::contract {

using decode::Kind;
using decode::Value;

bool is_number(std::string_view text, Arena& arena) {
  if (text.empty() || (text.front() != '-' && (text.front() < '0' || text.front() > '9'))) return false;
  const auto number = decode::parse_json(text, arena);
  return number && (*number)->is(Kind::number) && (*number)->text().size() == text.size();
}

Kind kind_of_text(std::string_view text, const schema::Program& program, schema::SchemaId schema, Arena& arena) {
  if (schema == schema::none) return Kind::string;
  const std::uint8_t types = program.schemas[schema].types;
  const auto allows = [types](Kind kind) { return (types >> static_cast<unsigned>(kind) & 1u) != 0; };
  const bool number = (allows(Kind::number) || (types & schema::Schema::integer_bit) != 0) && is_number(text, arena);
  const bool boolean = allows(Kind::boolean) && (text == "true" || text == "false");
  const bool null = (allows(Kind::null) || program.schemas[schema].nullable) && text.empty();
  for (const auto& [possible, kind] : {std::pair{number, Kind::number}, {boolean, Kind::boolean}, {null, Kind::null}}) {
    if (!possible) continue;
    if (!allows(Kind::string)) return kind;
    [[clang::uninitialized]] decode::TreeWriter out(arena, {});
    if (!write_text(out, kind, text)) continue;
    if (schema::validate(program, schema, *out.finish(), arena).judgement == schema::Judgement::good) return kind;
  }
  return Kind::string;
}

bool write_text(decode::TreeWriter& out, Kind kind, std::string_view text) {
  return out.text(kind, kind == Kind::null ? "null" : text, 0);
}

bool write_tree(decode::TreeWriter& out, const Value& tree) {
  std::vector<const Value*> open;
  for (const Value* at = &tree; at != tree.after(); ++at) {
    while (!open.empty() && open.back()->after() == at) {
      if (!out.close()) return false;
      open.pop_back();
    }
    if (!open.empty() && open.back()->is(Kind::object) && !out.name(at->name(), 0)) return false;
    if (!at->is_container()) {
      if (!out.text(at->kind(), at->text(), 0)) return false;
      continue;
    }
    if (!out.open(at->kind(), 0)) return false;
    open.push_back(at);
  }
  for (; !open.empty(); open.pop_back()) {
    if (!out.close()) return false;
  }
  return true;
}

}  // namespace sallyport::controls::contract
