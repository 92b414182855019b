#include "graphql/builder.hpp"

#include <algorithm>
#include <array>

#include "graphql/prelude.hpp"
#include "graphql/soundness.hpp"

namespace sallyport::graphql {
namespace {

using decode::GraphqlKind;

std::optional<TypeKind> kind_of(GraphqlKind kind) {
  if (kind == GraphqlKind::scalar_definition) return TypeKind::scalar;
  if (kind == GraphqlKind::object_definition) return TypeKind::object;
  if (kind == GraphqlKind::interface_definition) return TypeKind::interface;
  if (kind == GraphqlKind::union_definition) return TypeKind::union_type;
  if (kind == GraphqlKind::enum_definition) return TypeKind::enumeration;
  if (kind == GraphqlKind::input_definition) return TypeKind::input;
  return std::nullopt;
}

ScalarKind scalar_of(std::string_view name) {
  if (name == "Int") return ScalarKind::integer;
  if (name == "Float") return ScalarKind::floating;
  if (name == "String") return ScalarKind::text;
  if (name == "Boolean") return ScalarKind::boolean;
  if (name == "ID") return ScalarKind::id;
  return ScalarKind::any;
}

constexpr std::array<std::string_view, 8> locations = {
    "QUERY",           "MUTATION",        "SUBSCRIPTION",       "FIELD", "FRAGMENT_DEFINITION",
    "FRAGMENT_SPREAD", "INLINE_FRAGMENT", "VARIABLE_DEFINITION"};

bool has_directive(const decode::GraphqlNode& node, std::string_view name) {
  return std::any_of(node.begin(), decode::GraphqlNode::end(), [&](const decode::GraphqlNode& child) {
    return child.is(GraphqlKind::directive) && child.name == name;
  });
}

// Descriptions are not part of the tree. As deep as the parser lets it be.
bool same(const decode::GraphqlNode& a, const decode::GraphqlNode& b) {
  if (a.kind != b.kind || a.name != b.name || a.detail != b.detail) return false;
  const decode::GraphqlNode* other = b.first_child;
  for (const decode::GraphqlNode& child : a) {
    if (other == nullptr || !same(child, *other)) return false;
    other = other->next_sibling;
  }
  return other == nullptr;
}

}  // namespace

bool Builder::refuse(const Node& at, std::string message) {
  const auto position = decode::position_of(text_, at.offset);
  error_ = fail(ErrorCode::invalid, std::move(message),
                std::to_string(position.line) + ":" + std::to_string(position.column))
               .error();
  return false;
}

std::string_view Builder::intern(std::string_view name) {
  const auto known = interned_.find(name);
  if (known != interned_.end()) return known->second;
  const std::string_view kept = schema_->names_.copy(name);
  interned_.emplace(kept, kept);
  return kept;
}

// Names that begin with two underscores are those of introspection.
bool Builder::open_name(const Node& node, std::string_view name) {
  if (!own_ || !name.starts_with("__")) return true;
  return refuse(node, "`" + std::string(name) + "`: names with __ before them are kept for introspection");
}

bool Builder::add_key(std::uint32_t owner, const Node& node, std::uint32_t value) {
  if (schema_->index_.find(owner, node.name) != TextIndex::none) {
    return refuse(node, "`" + std::string(node.name) + "` is defined twice");
  }
  schema_->index_.add(owner, node.name, value);
  return true;
}

Result<std::shared_ptr<const Schema>> Builder::build(const Node& document, std::string_view text) {
  text_ = text;
  schema_ = std::shared_ptr<Schema>(new Schema);  // NOLINT(cppcoreguidelines-owning-memory): a private constructor
  const auto built_in = decode::parse_graphql(prelude, prelude_nodes_);
  if (!built_in) return fail(ErrorCode::internal, "the prelude of schemas does not parse");
  bool good = declare(**built_in, false) && declare(document, true) && collect_extensions(document) && number_types();
  for (std::size_t i = 0; good && i < types_.size(); ++i) good = fill(static_cast<std::uint32_t>(i), types_[i]);
  for (std::size_t i = 0; good && i < directives_.size(); ++i) good = fill_directive(directives_[i]);
  good = good && fill_possible() && fill_roots();
  if (!good) return std::unexpected(*error_);
  if (const auto unsound = unsoundness_of(*schema_, origins_)) {
    refuse(*unsound->at, unsound->message);
    return std::unexpected(*error_);
  }
  return std::shared_ptr<const Schema>(std::move(schema_));
}

bool Builder::declare(const Node& document, bool own) {
  for (const Node& node : document) {
    if (node.extension) continue;
    bool good = true;
    if (node.is(GraphqlKind::schema)) {
      good = schemas_.empty() || refuse(node, "there are two schemas");
      schemas_.push_back(&node);
    } else if (node.is(GraphqlKind::directive_definition)) {
      good = declare_directive(node, own);
    } else if (kind_of(node.kind)) {
      good = declare_type(node, own);
    } else {
      good = refuse(node, "a schema only defines types");
    }
    if (!good) return false;
  }
  return true;
}

bool Builder::declare_type(const Node& node, bool own) {
  own_ = own;
  if (!open_name(node, node.name)) return false;
  const auto [place, fresh] = type_places_.emplace(node.name, types_.size());
  if (fresh) {
    if (types_.size() == limits_.types) return refuse(node, "too many types");
    types_.push_back({node.name, {&node}, own});
    return true;
  }
  // Some schemas define the scalars that all have.
  if (!types_[place->second].own && node.is(GraphqlKind::scalar_definition)) return true;
  return refuse(node, "the type `" + std::string(node.name) + "` is defined twice");
}

bool Builder::declare_directive(const Node& node, bool own) {
  own_ = own;
  if (!open_name(node, node.name)) return false;
  const auto [place, fresh] = directive_places_.emplace(node.name, directives_.size());
  if (!fresh && directives_[place->second].own) {
    return refuse(node, "the directive `" + std::string(node.name) + "` is defined twice");
  }
  if (fresh) {
    directives_.push_back({node.name, {&node}, own});
  } else {
    directives_[place->second] = {node.name, {&node}, own};
  }
  return true;
}

bool Builder::collect_extensions(const Node& document) {
  for (const Node& node : document) {
    if (!node.extension) continue;
    if (node.is(GraphqlKind::schema)) {
      schemas_.push_back(&node);
      continue;
    }
    const auto found = type_places_.find(node.name);
    if (found == type_places_.end() || !types_[found->second].own) {
      return refuse(node, "`" + std::string(node.name) + "` is extended and not defined");
    }
    Declared& declared = types_[found->second];
    if (declared.parts.front()->kind != node.kind) {
      return refuse(node, "`" + std::string(node.name) + "` is extended as another kind of type");
    }
    declared.parts.push_back(&node);
  }
  return true;
}

bool Builder::number_types() {
  schema_->types_.reserve(types_.size());
  for (const Declared& declared : types_) {
    const Node& node = *declared.parts.front();
    Type type;
    type.name = intern(declared.name);
    type.kind = *kind_of(node.kind);
    if (type.kind == TypeKind::scalar) type.scalar = scalar_of(declared.name);
    const auto number = static_cast<std::uint32_t>(schema_->types_.size());
    if (declared.name != meta_type) schema_->index_.add(Schema::key(Schema::Owner::type, 0), declared.name, number);
    schema_->types_.push_back(type);
    origins_.types.push_back(&node);
  }
  members_.resize(types_.size());
  return true;
}

bool Builder::named(const Node& node, std::string_view name, std::uint32_t& out) {
  const auto found = type_places_.find(name);
  if (found == type_places_.end()) return refuse(node, "there is no type `" + std::string(name) + "`");
  out = static_cast<std::uint32_t>(found->second);
  return true;
}

bool Builder::ref(const Node& node, TypeRef& out) {
  const Node* at = &node;
  out = {};
  for (unsigned depth = 0; !at->is(GraphqlKind::named_type); ++depth, at = at->first_child) {
    if (depth == TypeRef::max_wrappers) return refuse(node, "too many lists in lists");
    out.wrappers |= (at->is(GraphqlKind::list_type) ? TypeRef::list : TypeRef::required) << (2 * depth);
  }
  return named(*at, at->name, out.type);
}

bool Builder::fill(std::uint32_t type, const Declared& declared) {
  own_ = declared.own;
  Type& made = schema_->types_[type];
  switch (made.kind) {
    case TypeKind::scalar:
      return true;
    case TypeKind::object:
    case TypeKind::interface:
      return fill_fields(type, declared);
    case TypeKind::union_type:
      return fill_members(type, declared, members_[type]);
    case TypeKind::enumeration:
      return fill_values(type, declared);
    case TypeKind::input:
      break;
  }
  made.inputs.begin = static_cast<std::uint32_t>(schema_->inputs_.size());
  for (const Node* part : declared.parts) {
    made.one_of = made.one_of || has_directive(*part, "oneOf");
    if (!fill_inputs(*part, Schema::key(Schema::Owner::input_field, type), made.inputs)) return false;
  }
  return true;
}

// Appends to the run, which must be the last one.
bool Builder::fill_inputs(const Node& parent, std::uint32_t owner, Run& run) {
  for (const Node& node : parent) {
    if (!node.is(GraphqlKind::input_value)) continue;
    Input input;
    if (!open_name(node, node.name) || !ref(*node.type(), input.type)) return false;
    input.name = intern(node.name);
    input.has_default = node.value() != nullptr;
    input.default_count = default_count(node);
    if (!add_key(owner, node, static_cast<std::uint32_t>(schema_->inputs_.size()))) return false;
    schema_->inputs_.push_back(input);
    origins_.inputs.push_back(&node);
    ++run.count;
  }
  return true;
}

bool Builder::fill_fields(std::uint32_t type, const Declared& declared) {
  Type& made = schema_->types_[type];
  made.fields.begin = static_cast<std::uint32_t>(schema_->fields_.size());
  for (const Node* part : declared.parts) {
    for (const Node& node : *part) {
      if (!node.is(GraphqlKind::field_definition)) continue;
      const auto number = static_cast<std::uint32_t>(schema_->fields_.size());
      // Some published schemas say a field twice in the same words (GitHub's, for one).
      const std::uint32_t before = schema_->index_.find(Schema::key(Schema::Owner::field, type), node.name);
      if (before != TextIndex::none && same(*origins_.fields[before], node)) continue;
      Field field;
      field.name = intern(node.name);
      field.parent = type;
      field.arguments.begin = static_cast<std::uint32_t>(schema_->inputs_.size());
      if (!open_name(node, node.name) || !ref(*node.type(), field.type) ||
          !add_key(Schema::key(Schema::Owner::field, type), node, number) ||
          !fill_inputs(node, Schema::key(Schema::Owner::argument, number), field.arguments)) {
        return false;
      }
      if (declared.name == meta_type) {
        (node.name == "__typename" ? schema_->typename_
         : node.name == "__schema" ? schema_->schema_field_
                                   : schema_->type_field_) = number;
      }
      read_costs(node, field);
      schema_->fields_.push_back(field);
      origins_.fields.push_back(&node);
      ++made.fields.count;
    }
  }
  std::vector<std::uint32_t> interfaces;
  if (!fill_members(type, declared, interfaces)) return false;
  made.interfaces = {static_cast<std::uint32_t>(schema_->interfaces_.size()),
                     static_cast<std::uint32_t>(interfaces.size())};
  schema_->interfaces_.insert(schema_->interfaces_.end(), interfaces.begin(), interfaces.end());
  return true;
}

// Interfaces of an object or interface, types of a union.
bool Builder::fill_members(std::uint32_t type, const Declared& declared, std::vector<std::uint32_t>& out) {
  const bool is_union = schema_->types_[type].kind == TypeKind::union_type;
  for (const Node* part : declared.parts) {
    for (const Node& node : *part) {
      if (!node.is(GraphqlKind::implements) && !node.is(GraphqlKind::member)) continue;
      std::uint32_t other = 0;
      if (!named(node, node.name, other)) return false;
      if (schema_->types_[other].kind != (is_union ? TypeKind::object : TypeKind::interface)) {
        return refuse(node, "`" + std::string(node.name) + (is_union ? "` is no object type" : "` is no interface"));
      }
      if (other == type) return refuse(node, "an interface implements itself");
      if (std::ranges::find(out, other) != out.end())
        return refuse(node, "`" + std::string(node.name) + "` stands twice");
      out.push_back(other);
    }
  }
  return !is_union || !out.empty() || refuse(*declared.parts.front(), "a union of nothing");
}

bool Builder::fill_values(std::uint32_t type, const Declared& declared) {
  std::uint32_t count = 0;
  for (const Node* part : declared.parts) {
    for (const Node& node : *part) {
      if (!node.is(GraphqlKind::enum_value)) continue;
      if (!open_name(node, node.name) || !add_key(Schema::key(Schema::Owner::enum_value, type), node, count++)) {
        return false;
      }
    }
  }
  return count != 0 || refuse(*declared.parts.front(), "an enum without values");
}

bool Builder::fill_directive(const Declared& declared) {
  own_ = declared.own;
  const Node& node = *declared.parts.front();
  const auto number = static_cast<std::uint32_t>(schema_->directives_.size());
  Directive directive;
  directive.name = intern(node.name);
  directive.repeatable = node.repeatable;
  directive.arguments.begin = static_cast<std::uint32_t>(schema_->inputs_.size());
  for (const Node& child : node) {
    const auto* const place = std::ranges::find(locations, child.name);
    if (child.is(GraphqlKind::location) && place != locations.end()) {
      directive.locations |= 1u << static_cast<unsigned>(place - locations.begin());
    }
  }
  schema_->index_.add(Schema::key(Schema::Owner::directive, 0), node.name, number);
  if (!fill_inputs(node, Schema::key(Schema::Owner::directive_argument, number), directive.arguments)) return false;
  schema_->directives_.push_back(directive);
  return true;
}

bool Builder::fill_possible() {
  std::uint32_t objects = 0;
  for (Type& type : schema_->types_) {
    if (type.kind == TypeKind::object) type.object = objects++;
  }
  schema_->words_ = (objects + 63) / 64;
  for (Type& type : schema_->types_) {
    if (!type.is_composite()) continue;
    type.possible = static_cast<std::uint32_t>(schema_->possible_.size());
    schema_->possible_.resize(schema_->possible_.size() + schema_->words_);
  }
  const auto add = [&](const Type& composite, const Type& object) {
    schema_->possible_[composite.possible + object.object / 64] |= std::uint64_t{1} << (object.object % 64);
  };
  for (std::size_t i = 0; i < schema_->types_.size(); ++i) {
    const Type& type = schema_->types_[i];
    if (type.kind == TypeKind::object) {
      add(type, type);
      for (const std::uint32_t interface : schema_->interfaces(type)) add(schema_->types_[interface], type);
    }
    for (const std::uint32_t member : members_[i]) add(type, schema_->types_[member]);
  }
  return true;
}

bool Builder::root(std::string_view operation, std::string_view name, const Node& at) {
  std::uint32_t type = 0;
  if (!named(at, name, type)) return false;
  std::uint32_t& root = operation == "query"      ? schema_->query_
                        : operation == "mutation" ? schema_->mutation_
                                                  : schema_->subscription_;
  if (root != Schema::none) return refuse(at, "the " + std::string(operation) + " type is given twice");
  if (schema_->types_[type].kind != TypeKind::object) return refuse(at, "the root of an operation is an object type");
  if (type == schema_->query_ || type == schema_->mutation_ || type == schema_->subscription_) {
    return refuse(at, "two operations have the same root");
  }
  root = type;
  return true;
}

bool Builder::fill_roots() {
  const bool defined = !schemas_.empty() && !schemas_.front()->extension;
  for (const Node* part : schemas_) {
    for (const Node& node : *part) {
      if (node.is(GraphqlKind::operation_type) && !root(node.name, node.detail, node)) return false;
    }
  }
  constexpr std::array<std::array<std::string_view, 2>, 3> usual = {
      {{"query", "Query"}, {"mutation", "Mutation"}, {"subscription", "Subscription"}}};
  for (const auto& [operation, name] : usual) {
    const Type* type = defined ? nullptr : schema_->type(name);
    if (type == nullptr || schema_->root(operation) != nullptr) continue;
    if (!root(operation, name, *origins_.types[schema_->id(*type)])) return false;
  }
  if (schema_->query_ != Schema::none) return true;
  error_ = fail(ErrorCode::invalid, "the schema has no type for queries").error();
  return false;
}

}  // namespace sallyport::graphql
