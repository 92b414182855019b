#include "config/any_table.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/json_text.hpp"
#include "config/nearest.hpp"

namespace sallyport::config {

std::vector<const AnyTable*> AnyTable::open_tables() const {
  std::vector<const AnyTable*> all;
  for (const Open& open : opens_) {
    const auto tables = open.tables();
    all.insert(all.end(), tables.begin(), tables.end());
  }
  return all;
}

const Field* AnyTable::find(std::string_view key) const {
  const auto it = std::ranges::find(fields_, key, &Field::key);
  return it == fields_.end() ? nullptr : &*it;
}

void AnyTable::add(Field field) {
  assert(find(field.key) == nullptr && "a key stands twice in a table");
  if (field.about.required) field.fallback.clear();
  fields_.push_back(std::move(field));
}

void AnyTable::refuse_unknown(const document::Entry& entry, Report& report) const {
  std::vector<std::string_view> valid;
  valid.reserve(fields_.size());
  for (const Field& field : fields_) valid.push_back(field.key);
  for (const AnyTable* table : open_tables()) valid.push_back(table->name());
  const std::string_view meant = nearest(entry.key, valid);
  if (!meant.empty()) {
    report.error(entry, fmt::format("unknown key {}: did you mean `{}`?", shown(entry.key), meant));
  } else {
    report.error(entry, fmt::format("unknown key {}", shown(entry.key)),
                 fmt::format("valid keys are {}", fmt::join(valid, ", ")));
  }
}

void AnyTable::read_fields(void* object, const document::Node& node, Report& report) const {
  for (const document::Entry& entry : node.entries()) {
    if (const Field* field = find(entry.key)) {
      const Report::Below below(report, entry.key);
      field->read(object, entry.value, report);
      continue;
    }
    const auto owner = std::ranges::find_if(opens_, [&](const Open& open) {
      return std::ranges::any_of(open.tables(), [&](const AnyTable* table) { return table->name() == entry.key; });
    });
    if (owner != opens_.end()) {
      owner->keep(object, entry.key, entry.value);
    } else {
      refuse_unknown(entry, report);
    }
  }
}

void AnyTable::require(const document::Node& node, std::string_view given, Report& report) const {
  for (const Field& field : fields_) {
    if (!field.about.required || field.key == given || node.find(field.key) != nullptr) continue;
    std::string hint(field.about.doc);
    if (!field.about.example.empty()) hint = fmt::format("for example `{}: {}`", field.key, field.about.example);
    report.error(node, fmt::format("missing key `{}`", field.key), std::move(hint));
  }
}

void AnyTable::read(void* object, const document::Node& node, Report& report) const {
  const std::size_t errors_before = report.errors();
  if (node.is_mapping()) {
    read_fields(object, node, report);
    require(node, {}, report);
  } else if (const Field* field = find(shorthand_); field != nullptr && node.kind() != document::Kind::null) {
    field->read(object, node, report);
    require(node, shorthand_, report);
  } else {
    report.error(node, fmt::format("expected a mapping, found {}", found(node)));
  }
  if (report.errors() != errors_before) return;
  for (const Check& check : checks_) check(object, report, node);
}

std::string AnyTable::write(const void* object) const {
  std::string out = "{";
  for (const Field& field : fields_) {
    const std::string value = field.write(object);
    if (value.empty()) continue;
    if (out.size() > 1) out += ',';
    append_json(out, field.key);
    out += ':';
    out += value;
  }
  return out + "}";
}

}  // namespace sallyport::config
