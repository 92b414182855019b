#include "config/json_schema.hpp"

#include <utility>

#include <fmt/format.h>

#include "config/json_writer.hpp"
#include "config/table_names.hpp"

namespace sallyport::config {
namespace {

class SchemaWriter {
 public:
  std::string run(const AnyTable& root, std::string_view title) {
    out_.open('{');
    out_.member("$schema", "https://json-schema.org/draft/2020-12/schema");
    out_.member("title", title);
    names_.of(root);
    write_table(root);
    if (names_.size() > 1) {
      out_.key("$defs");
      out_.open('{');
      for (std::size_t i = 1; i < names_.size(); ++i) {
        const AnyTable& table = names_.table(i);
        out_.key(names_.of(table));
        out_.open('{');
        write_table(table);
        out_.close('}');
      }
      out_.close('}');
    }
    out_.close('}');
    return out_.take() + "\n";
  }

 private:
  void write_table(const AnyTable& table) {
    if (!table.summary().empty()) out_.member("description", table.summary());
    const Field* shorthand = table.find(table.shorthand());
    if (shorthand == nullptr) return write_object(table);
    out_.key("anyOf");
    out_.open('[');
    out_.element();
    out_.open('{');
    write_object(table);
    out_.close('}');
    out_.element();
    out_.open('{');
    write_value(*shorthand->type, shorthand->about);
    out_.close('}');
    out_.close(']');
  }

  void write_object(const AnyTable& table) {
    out_.member("type", "object");
    out_.key("properties");
    out_.open('{');
    for (const Field& field : table.fields()) {
      out_.key(field.key);
      out_.open('{');
      write_field(field);
      out_.close('}');
    }
    for (const AnyTable* open : table.open_tables()) {
      out_.key(open->name());
      out_.open('{');
      reference(*open);
      out_.close('}');
    }
    out_.close('}');
    write_required(table);
    out_.raw_member("additionalProperties", "false");
  }

  void write_required(const AnyTable& table) {
    bool any = false;
    for (const Field& field : table.fields()) {
      if (!field.about.required) continue;
      if (!std::exchange(any, true)) {
        out_.key("required");
        out_.open('[');
      }
      out_.element();
      out_.text(field.key);
    }
    if (any) out_.close(']');
  }

  void write_field(const Field& field) {
    if (!field.about.doc.empty()) out_.member("description", field.about.doc);
    if (!field.fallback.empty()) out_.raw_member("default", field.fallback);
    if (field.about.one_or_many && field.type->shape == Shape::list) {
      out_.key("anyOf");
      out_.open('[');
      out_.element();
      out_.open('{');
      write_value(*field.type, field.about);
      out_.close('}');
      out_.element();
      out_.open('{');
      write_value(*field.type->element, {});
      out_.close('}');
      out_.close(']');
      return;
    }
    write_value(*field.type, field.about);
  }

  void write_bounds(std::string_view low, std::string_view high, const About& about, std::string_view lowest = {},
                    std::string_view highest = {}) {
    if (const auto least = about.min.empty() ? lowest : about.min; !least.empty()) out_.raw_member(low, least);
    if (const auto most = about.max.empty() ? highest : about.max; !most.empty()) out_.raw_member(high, most);
  }

  void write_value(const Type& type, const About& about) {
    switch (type.shape) {
      case Shape::boolean:
        return out_.member("type", "boolean");
      case Shape::integer:
        out_.member("type", "integer");
        return write_bounds("minimum", "maximum", about, type.lowest, type.highest);
      case Shape::number:
        out_.member("type", "number");
        return write_bounds("minimum", "maximum", about);
      case Shape::text:
        out_.member("type", "string");
        if (!type.pattern.empty()) return out_.member("pattern", type.pattern);
        return write_bounds("minLength", "maxLength", about, about.required ? "1" : "");
      case Shape::size:
        out_.raw_member("type", R"(["integer", "string"])");
        out_.raw_member("minimum", "0");
        return out_.member("pattern", type.pattern);
      case Shape::choice:
        return write_choices(type);
      case Shape::path:
        out_.member("type", "string");
        return out_.raw_member("minLength", "1");
      case Shape::secret:
        return write_secret();
      case Shape::list:
        out_.member("type", "array");
        write_bounds("minItems", "maxItems", about);
        out_.key("items");
        return write_element(*type.element);
      case Shape::map:
        out_.member("type", "object");
        write_bounds("minProperties", "maxProperties", about);
        out_.key("additionalProperties");
        return write_element(*type.element);
      case Shape::table:
        return reference(type.table());
    }
  }

  void write_element(const Type& type) {
    out_.open('{');
    write_value(type, {});
    out_.close('}');
  }

  void write_choices(const Type& type) {
    out_.key("enum");
    out_.open('[');
    for (const ChoiceDoc& choice : type.choices) {
      out_.element();
      out_.text(choice.name);
    }
    out_.close(']');
  }

  void write_secret() {
    out_.member("type", "object");
    out_.raw_member("properties", R"({"file": {"type": "string"}, "credential": {"type": "string"}})");
    out_.raw_member("minProperties", "1");
    out_.raw_member("maxProperties", "1");
    out_.raw_member("additionalProperties", "false");
  }

  // The root may be recursive: it stands outside of $defs.
  void reference(const AnyTable& table) {
    const bool is_root = &table == &names_.table(0);
    out_.member("$ref", is_root ? "#" : "#/$defs/" + names_.of(table));
  }

  JsonWriter out_;
  TableNames names_;
};

}  // namespace

std::string json_schema(const AnyTable& table, std::string_view title) { return SchemaWriter().run(table, title); }

}  // namespace sallyport::config
