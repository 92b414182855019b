// The tables without their types: what unknown keys are checked against, and what the JSON Schema
// and the reference are written from.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/report.hpp"
#include "document/node.hpp"

namespace sallyport::config {

class AnyTable;

enum class Shape : std::uint8_t { boolean, integer, number, text, size, choice, path, secret, list, map, table };

// One name of an enum. An enum E can stand in a configuration when a function found by ADL lists
// its names: `constexpr auto enum_names(const E*)` returning a range of Named<E>.
template <class E>
struct Named {
  std::string_view name;
  E value;
  std::string_view doc = {};
};

struct ChoiceDoc {
  std::string_view name;
  std::string_view doc;
};

// The type of a value, as people and editors need it.
struct Type {
  Shape shape = Shape::text;
  std::string name = {};                  // "duration", "list of duration"
  std::string pattern = {};               // of a text: a regular expression (ECMA-262), or empty
  std::string lowest = {}, highest = {};  // of an integer
  std::vector<ChoiceDoc> choices = {};    // of a choice
  const Type* element = nullptr;          // of a list or map
  const AnyTable& (*table)() = nullptr;   // of a table; a function, as tables may be recursive
};

// What the author of a key says about it.
struct About {
  std::string_view doc = {};
  bool required = false;  // must be given; a text must then not be empty
  std::string_view example = {};
  // Bounds, both allowed values: written like the value ("1s", "64KiB", "10"); of a text its
  // bytes, of a list or map its elements.
  std::string_view min = {};
  std::string_view max = {};
  bool one_or_many = false;  // a list that may be written as its only element
  bool existing = false;     // a path that must exist and be readable
};

struct Field {
  std::string_view key;
  About about;
  const Type* type = nullptr;
  std::string fallback = {};  // the default as JSON; empty when there is none
  std::function<void(void* object, const document::Node&, Report&)> read = {};
  std::function<std::string(const void* object)> write = {};  // as JSON, empty when there is nothing to show
};

// Further keys of a mapping, each described by the table of that name; kept as nodes and read by
// their owners later.
struct Open {
  std::function<std::vector<const AnyTable*>()> tables;
  std::function<void(void* object, std::string_view key, const document::Node&)> keep;
};

class AnyTable {
 public:
  AnyTable(std::string_view name, std::string_view summary) : name_(name), summary_(summary) {}

  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] std::string_view summary() const { return summary_; }
  [[nodiscard]] std::span<const Field> fields() const { return fields_; }
  [[nodiscard]] std::span<const Open> opens() const { return opens_; }
  // The tables of all open keys.
  [[nodiscard]] std::vector<const AnyTable*> open_tables() const;
  // The field that a value stands for that is not a mapping; empty when there is none.
  [[nodiscard]] std::string_view shorthand() const { return shorthand_; }
  [[nodiscard]] const Field* find(std::string_view key) const;

  // Reads into the object of the table's type. Checks run only when all fields were good.
  void read(void* object, const document::Node& node, Report& report) const;
  // All fields of the object as a JSON object; secrets by their source only.
  [[nodiscard]] std::string write(const void* object) const;

 protected:
  using Check = std::function<void(const void* object, Report&, const document::Node&)>;
  void add(Field field);

  std::string_view name_;
  std::string_view summary_;
  std::string_view shorthand_;
  std::vector<Field> fields_;
  std::vector<Open> opens_;
  std::vector<Check> checks_;

 private:
  void read_fields(void* object, const document::Node& node, Report& report) const;
  // Reports the required keys that `node` lacks, but for the one `given` otherwise.
  void require(const document::Node& node, std::string_view given, Report& report) const;
  void refuse_unknown(const document::Entry& entry, Report& report) const;
};

}  // namespace sallyport::config
