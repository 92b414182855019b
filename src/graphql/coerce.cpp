#include "graphql/coerce.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace sallyport::graphql {
namespace {

using decode::GraphqlKind;
using decode::GraphqlNode;
using decode::Kind;
using decode::Value;

// Of a number that no double holds: is it too large, rather than too small?
bool is_large(std::string_view text) {
  const std::size_t end = std::min(text.find_first_of("eE"), text.size());
  const std::size_t point = std::min(text.find('.'), end);
  const std::size_t first = std::min(text.find_first_of("123456789"), end);
  // Digits before the point, or less than none.
  std::int64_t size = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
  if (end != text.size()) {
    std::string_view exponent = text.substr(end + 1);
    if (exponent.starts_with('+')) exponent.remove_prefix(1);
    std::int32_t power = 0;
    const auto read = std::from_chars(exponent.data(), exponent.data() + exponent.size(), power);
    if (read.ec != std::errc{}) return !exponent.starts_with('-');
    size += power;
  }
  return size > 0;
}

// Of a JSON number; beyond what a double holds it is none.
std::optional<double> number_of(const Value& value) {
  if (!value.is(Kind::number)) return std::nullopt;
  const std::string_view text = value.text();
  double out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  // Too small for a double is as good as zero.
  if (read.ec == std::errc::result_out_of_range) return is_large(text) ? std::nullopt : std::optional(0.0);
  return out;
}

class Values {
 public:
  explicit Values(const Schema& schema) : schema_(schema) {}

  std::optional<Failure> run(const GraphqlNode& operation, const Value* variables) {
    for (const GraphqlNode& node : operation) {
      if (!node.is(GraphqlKind::variable_definition)) continue;
      const Value* given = variables == nullptr ? nullptr : variables->find(node.name);
      const GraphqlNode& type = *node.type();
      const bool required = type.is(GraphqlKind::non_null_type);
      if (given == nullptr) {
        if (required && node.value() == nullptr) return failure(node, "a required variable is not given", 0);
      } else if (!fits(*given, type)) {
        return failure(node, detail_, at_);
      }
    }
    return std::nullopt;
  }

 private:
  static Failure failure(const GraphqlNode& variable, std::string_view detail, std::size_t offset) {
    return {"variable_values", detail, variable.name, offset};
  }
  bool refuse(const Value& at, std::string_view detail) {
    detail_ = detail;
    at_ = at.offset();
    return false;
  }

  // A type as the operation writes it, then as the schema does.
  bool fits(const Value& value, const GraphqlNode& type) {
    TypeRef ref;
    const GraphqlNode* at = &type;
    for (unsigned depth = 0; !at->is(GraphqlKind::named_type); ++depth, at = at->first_child) {
      ref.wrappers |= (at->is(GraphqlKind::list_type) ? TypeRef::list : TypeRef::required) << (2 * depth);
    }
    ref.type = schema_.id(*schema_.type(at->name));
    return fits(value, ref);
  }

  // As deep as the JSON is, or as lists in lists are.
  bool fits(const Value& value, TypeRef type) {
    if (value.is(Kind::null)) return !type.is_required() || refuse(value, "null where a value is required");
    type = type.nullable();
    if (type.is_list()) {
      if (!value.is(Kind::array)) return fits(value, type.inner());
      for (const Value& item : value) {
        if (!fits(item, type.inner())) return false;
      }
      return true;
    }
    const Type& named = schema_.of(type);
    if (named.kind == TypeKind::input) return object(value, named);
    if (named.kind == TypeKind::enumeration) {
      return (value.is(Kind::string) && schema_.has_value(named, value.text())) ||
             refuse(value, "no value of the enum");
    }
    return scalar(value, named.scalar) || refuse(value, "a value of another type");
  }

  static bool scalar(const Value& value, ScalarKind kind) {
    const auto number = number_of(value);
    switch (kind) {
      case ScalarKind::any:
        return true;
      case ScalarKind::integer:
        return number && *number == std::trunc(*number) && *number >= INT32_MIN && *number <= INT32_MAX;
      case ScalarKind::floating:
        return number.has_value();
      case ScalarKind::text:
        return value.is(Kind::string);
      case ScalarKind::boolean:
        return value.is(Kind::boolean);
      case ScalarKind::id:
        return value.is(Kind::string) || (number && *number == std::trunc(*number));
    }
    return false;
  }

  bool object(const Value& value, const Type& type) {
    if (!value.is(Kind::object)) return refuse(value, "an object is expected");
    std::uint32_t given = 0;
    for (const Value& member : value) {
      const Input* field = schema_.input_field(type, member.name());
      if (field == nullptr) return refuse(member, "the type has no such field");
      if (!fits(member, field->type)) return false;
      if (type.one_of && member.is(Kind::null)) return refuse(member, "null in a @oneOf type");
      ++given;
    }
    for (const Input& field : schema_.inputs(type)) {
      if (field.is_required() && value.find(field.name) == nullptr) return refuse(value, "a required field is missing");
    }
    return !type.one_of || given == 1 || refuse(value, "exactly one field must be given");
  }

  const Schema& schema_;
  std::string_view detail_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<Failure> misfit_of_variables(const Schema& schema, const GraphqlNode& operation, const Value* variables) {
  return Values(schema).run(operation, variables);
}

}  // namespace sallyport::graphql
