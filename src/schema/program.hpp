// Program: schemas compiled once to flat tables, and what it takes to run them. Immutable; shared
// by all threads.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/text_index.hpp"
#include "decode/value.hpp"
#include "schema/decimal.hpp"
#include "schema/format.hpp"
#include "schema/pattern.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::schema {

using SchemaId = std::uint32_t;
inline constexpr std::uint32_t none = UINT32_MAX;

enum class Op : std::uint8_t {
  // of any value
  always_fails,       // the schema `false`
  refer,              // a: schema
  refer_dynamically,  // a: in dynamic_references
  any_of,             // a, b: in lists
  one_of,             // a, b: in lists
  discriminate,       // a: in discriminators
  negate,             // a: schema
  condition,          // a: in conditions
  one_value,          // a: in constants
  enumeration,        // a, b: in constants; c: owner in names when there are many strings
  // of strings
  min_length,  // a
  max_length,  // a
  pattern,     // a: in patterns
  format,      // a: Format
  // of numbers
  minimum,            // a: in numbers
  maximum,            // a: in numbers
  exclusive_minimum,  // a: in numbers
  exclusive_maximum,  // a: in numbers
  multiple_of,        // a: in divisors
  // of arrays
  items,      // a, b: schemas of the first ones in lists; c: of the others, or none
  min_items,  // a
  max_items,  // a
  unique_items,
  contains,           // a: in contains
  unevaluated_items,  // a: schema
  // of objects
  members,              // a: in objects
  min_properties,       // a
  max_properties,       // a
  property_names,       // a: schema
  dependent_required,   // a: in dependents
  dependent_schema,     // a: in dependents
  unevaluated_members,  // a: schema, or none: they are refused
};

struct Instruction {
  Op op{};
  bool says = false;  // of unevaluated_members: the schema says it, and not strictness
  std::uint32_t a = none;
  std::uint32_t b = none;
  std::uint32_t c = none;
};

// Kinds of values by what can be asked of them.
enum class Family : std::uint8_t { plain, number, string, array, object };
inline constexpr std::size_t families = 5;

struct Schema {
  static constexpr std::uint8_t integer_bit = 1u << 6u;
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };
  std::uint8_t types = 0x3f;      // a bit for each decode::Kind, and integer_bit
  bool nullable = false;          // null is good, whatever else is said
  bool integers_written = false;  // draft 4: 1.0 is no integer
  bool tracks_members = false;    // has unevaluated_members
  bool tracks_items = false;      // has unevaluated_items
  std::uint32_t resource = 0;
  std::array<Range, families> code;  // by family
};

struct Property {
  SchemaId schema = none;
  std::uint32_t required = none;  // place among the required ones
  std::string_view refused;       // "readOnly", "writeOnly": must not be there
};

enum class Others : std::uint8_t { free, evaluated, schema, refused, unknown };

struct ObjectPlan {
  std::uint32_t owner = 0;           // in names: name -> place in properties
  std::uint32_t required_first = 0;  // in required_names
  std::uint32_t required = 0;
  std::uint32_t patterns_first = 0;  // in member_patterns
  std::uint32_t patterns = 0;
  // Of members that are neither named nor match: not spoken of, let in, judged, refused by
  // `additionalProperties`, refused by strictness.
  Others others = Others::free;
  SchemaId schema = none;
};

struct MemberPattern {
  std::uint32_t pattern = 0;
  SchemaId schema = none;
};
struct Condition {
  SchemaId test = none, then = none, otherwise = none;
};
struct Contains {
  SchemaId schema = none;
  std::uint64_t least = 1;
  std::uint64_t most = UINT64_MAX;
  bool evaluates = true;
};
struct Dependent {
  std::string_view name;
  std::vector<std::string_view> needs;
  SchemaId schema = none;
};
struct DynamicReference {
  std::string_view anchor;
  SchemaId otherwise = none;
  std::vector<std::pair<std::uint32_t, SchemaId>> anchors;  // resource -> schema
};
struct Discriminator {
  std::string_view property;
  std::uint32_t owner = 0;  // in names: value -> schema
};
struct Bound {
  std::string_view text;
  Decimal exact;
  std::int64_t small = 0;
  bool is_small = false;
  explicit Bound(std::string_view number) : text(number), exact(number) {
    if (const auto value = exact.small()) {
      small = *value;
      is_small = true;
    }
  }
};

struct Program {
  // At most so many schemas, over all that one description needs.
  static constexpr std::uint32_t max_schemas = 1'000'000;

  std::vector<Schema> schemas;
  std::vector<Instruction> code;
  std::vector<SchemaId> lists;
  std::vector<ObjectPlan> objects;
  std::vector<Property> properties;
  std::vector<std::string_view> required_names;
  std::vector<MemberPattern> member_patterns;
  std::vector<Pattern> patterns;
  std::vector<Condition> conditions;
  std::vector<Contains> contains;
  std::vector<Dependent> dependents;
  std::vector<DynamicReference> dynamic_references;
  std::vector<Discriminator> discriminators;
  std::vector<const decode::Value*> constants;
  std::vector<Bound> numbers;
  std::vector<Divisor> divisors;
  TextIndex names;
  std::uint32_t owners = 0;
  std::vector<std::shared_ptr<const void>> keeps;  // trees that are pointed into
};

// Why a value is not good.
struct Failure {
  std::string_view rule;                 // the keyword: "maxLength", "required"
  const decode::Value* value = nullptr;  // where
  std::string_view name;                 // of the member that is missing or must not be there
  [[nodiscard]] bool none() const { return rule.empty(); }
};

enum class Judgement : std::uint8_t { good, bad, undecided };

struct Judged {
  Judgement judgement = Judgement::undecided;
  Failure failure;  // with `bad` and `undecided`
};

// What one value may cost to judge.
struct Budget {
  std::uint64_t steps = 1'000'000;  // schemas applied, members and items met: some ten nanoseconds each
  std::uint32_t depth = 1'000;      // schemas inside each other
};

// What minimising takes out: members that no schema names.
struct Dropped {
  std::vector<const decode::Value*>* members = nullptr;
};

// Judges a value. Allocates nothing for a good value but where `uniqueItems` of long arrays or
// `unevaluated...` of large containers need room, and then in `scratch`. With `dropped`, members
// that are not named are noted there instead of refused.
[[nodiscard]] Judged validate(const Program& program, SchemaId schema, const decode::Value& value, Arena& scratch,
                              const Budget& budget = {}, Dropped dropped = {});

}  // namespace sallyport::schema
