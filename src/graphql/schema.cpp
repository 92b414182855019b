#include "graphql/schema.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "decode/graphql.hpp"
#include "graphql/builder.hpp"
#include "graphql/introspection.hpp"

namespace sallyport::graphql {

const Field* Schema::field(const Type& type, std::string_view name) const noexcept {
  if (name.starts_with("__")) {
    if (name == "__typename") return type.is_composite() ? &fields_[typename_] : nullptr;
    if (place(types_, type) == query_ && name == "__schema") return &fields_[schema_field_];
    if (place(types_, type) == query_ && name == "__type") return &fields_[type_field_];
    return nullptr;
  }
  return found(fields_, Owner::field, place(types_, type), name);
}

const Type* Schema::root(std::string_view operation) const noexcept {
  const std::uint32_t at = operation == "query" ? query_ : operation == "mutation" ? mutation_ : subscription_;
  return at == none ? nullptr : &types_[at];
}

bool Schema::overlap(const Type& a, const Type& b) const noexcept {
  if (&a == &b) return true;
  for (std::uint32_t i = 0; i < words_; ++i) {
    if ((possible_[a.possible + i] & possible_[b.possible + i]) != 0) return true;
  }
  return false;
}

bool Schema::includes(const Type& composite, const Type& object) const noexcept {
  return (possible_[composite.possible + object.object / 64] >> (object.object % 64) & 1u) != 0;
}

bool Schema::implements(const Type& type, const Type& interface) const noexcept {
  return std::ranges::find(interfaces(type), id(interface)) != interfaces(type).end();
}

bool fits(const Schema& schema, TypeRef sub, TypeRef super) noexcept {
  for (;;) {
    if (sub == super) return true;
    if (super.is_required()) {
      if (!sub.is_required()) return false;
      sub = sub.inner();
      super = super.inner();
    } else if (sub.is_required()) {
      sub = sub.inner();
    } else if (super.is_list() || sub.is_list()) {
      if (!super.is_list() || !sub.is_list()) return false;
      sub = sub.inner();
      super = super.inner();
    } else {
      break;
    }
  }
  const Type& narrow = schema.of(sub);
  const Type& wide = schema.of(super);
  if (&narrow == &wide) return true;
  if (!narrow.has_fields() || (wide.kind != TypeKind::interface && wide.kind != TypeKind::union_type)) return false;
  if (narrow.kind == TypeKind::object) return schema.includes(wide, narrow);
  return schema.implements(narrow, wide);
}

Result<std::shared_ptr<const Schema>> Schema::read(std::string_view text, const SchemaLimits& limits) {
  if (text.size() > limits.bytes) return fail(ErrorCode::limit, "a schema is too long");
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  std::string printed;
  if (first != std::string_view::npos && text[first] == '{') {
    auto sdl = sdl_of_introspection(text.substr(first));
    if (!sdl) return std::unexpected(std::move(sdl.error()));
    printed = std::move(*sdl);
    text = printed;
  }
  Arena arena;
  const auto document = decode::parse_graphql(text, arena, {.nodes = limits.nodes});
  if (!document) {
    const auto at = decode::position_of(text, document.error().offset);
    return fail(ErrorCode::invalid, std::string(document.error().detail),
                std::to_string(at.line) + ":" + std::to_string(at.column));
  }
  return Builder(limits).build(**document, text);
}

}  // namespace sallyport::graphql
