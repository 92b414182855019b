#include "config/reference.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "config/table_names.hpp"

namespace sallyport::config {
namespace {

// Text inside a cell of a table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

// JSON without the quotes of a text: `10s` reads better than `"10s"`.
std::string plain(std::string_view json) {
  const bool text = json.size() > 2 && json.front() == '"' && json.find('\\') == std::string_view::npos;
  return std::string(text ? json.substr(1, json.size() - 2) : json);
}

void sentence(std::string& out, std::string_view text) {
  if (text.empty()) return;
  if (!out.empty()) out += ' ';
  out += text;
}

class ReferenceWriter {
 public:
  std::string run(const AnyTable& root) {
    names_.of(root);
    for (std::size_t i = 0; i < names_.size(); ++i) write_section(names_.table(i));
    return std::move(out_);
  }

 private:
  void write_section(const AnyTable& table) {
    if (!out_.empty()) out_ += '\n';
    out_ += fmt::format("## {}\n\n", names_.of(table));
    if (!table.summary().empty()) out_ += fmt::format("{}\n\n", table.summary());
    if (!table.shorthand().empty()) {
      out_ += fmt::format("A value that is not a mapping stands for `{}`.\n\n", table.shorthand());
    }
    out_ += "| Key | Type | Default | Meaning |\n|---|---|---|---|\n";
    for (const Field& field : table.fields()) {
      row(field.key, type_text(*field.type), default_text(field), meaning(field));
    }
    for (const AnyTable* open : table.open_tables()) row(open->name(), link(*open), "", std::string(open->summary()));
  }

  void row(std::string_view key, const std::string& type, const std::string& fallback, const std::string& meaning) {
    out_ += fmt::format("| `{}` | {} | {} | {} |\n", key, type, cell(fallback), cell(meaning));
  }

  std::string link(const AnyTable& table) {
    const std::string& name = names_.of(table);
    return fmt::format("[{0}](#{0})", name);
  }

  std::string type_text(const Type& type) {
    switch (type.shape) {
      case Shape::list:
        return "list of " + type_text(*type.element);
      case Shape::map:
        return "map of " + type_text(*type.element);
      case Shape::table:
        return link(type.table());
      case Shape::boolean:
      case Shape::integer:
      case Shape::number:
      case Shape::text:
      case Shape::size:
      case Shape::choice:
      case Shape::path:
      case Shape::secret:
        return type.name;
    }
    return type.name;
  }

  static std::string default_text(const Field& field) {
    if (field.about.required) return "required";
    return field.fallback.empty() ? "" : fmt::format("`{}`", plain(field.fallback));
  }

  static std::string meaning(const Field& field) {
    const About& about = field.about;
    std::string out(about.doc);
    const Type* element = field.type;
    while (element->element != nullptr) element = element->element;
    for (const ChoiceDoc& choice : element->choices) {
      sentence(out, choice.doc.empty() ? fmt::format("`{}`.", choice.name)
                                       : fmt::format("`{}`: {}", choice.name, choice.doc));
    }
    if (!about.min.empty() && !about.max.empty()) {
      sentence(out, fmt::format("From {} to {}.", about.min, about.max));
    } else if (!about.min.empty()) {
      sentence(out, fmt::format("At least {}.", about.min));
    } else if (!about.max.empty()) {
      sentence(out, fmt::format("At most {}.", about.max));
    }
    if (about.one_or_many) sentence(out, "A single one needs no list.");
    if (!about.example.empty()) sentence(out, fmt::format("Example: `{}`.", about.example));
    return out;
  }

  std::string out_;
  TableNames names_;
};

}  // namespace

std::string reference_markdown(const AnyTable& table) { return ReferenceWriter().run(table); }

}  // namespace sallyport::config
