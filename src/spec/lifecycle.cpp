#include "spec/lifecycle.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "spec/date.hpp"

namespace sallyport {
namespace {

using document::Kind;
using document::Node;

Result<Stage> read_stage(const Node& node) {
  static constexpr std::array<std::pair<std::string_view, Stage>, 5> names{{{"design", Stage::design},
                                                                            {"test", Stage::test},
                                                                            {"production", Stage::production},
                                                                            {"deprecated", Stage::deprecated},
                                                                            {"retired", Stage::retired}}};
  for (const auto& [name, stage] : names) {
    if (node.kind() == Kind::scalar && node.text() == name) return stage;
  }
  return fail(ErrorCode::invalid, "stage must be design, test, production, deprecated or retired", node.where());
}

Result<std::int64_t> read_date(const Node& node) {
  auto date = parse_iso_date(node.kind() == Kind::scalar ? node.text() : std::string_view{});
  if (!date) date.error().where = node.where();
  return date;
}

Result<std::string> read_text(const Node& node, std::string_view what) {
  if (node.kind() == Kind::scalar && !node.text().empty()) return std::string(node.text());
  return fail(ErrorCode::invalid, std::string(what), node.where());
}

Result<std::vector<std::string>> read_classes(const Node& node) {
  static constexpr std::array<std::string_view, 7> names{"public", "internal",  "pii",       "phi",
                                                         "pci",    "financial", "credential"};
  std::array<bool, names.size()> said{};
  const auto add = [&](const Node& one) {
    const auto* const at = std::ranges::find(names, one.kind() == Kind::scalar ? one.text() : std::string_view{});
    if (at != names.end()) said[static_cast<std::size_t>(at - names.begin())] = true;
    return at != names.end();
  };
  bool good = node.is_sequence() ? !node.items().empty() : add(node);
  if (node.is_sequence()) {
    for (const Node& one : node.items()) good = add(one) && good;
  }
  if (!good) {
    return fail(ErrorCode::invalid,
                "data must be public, internal, pii, phi, pci, financial or credential, or a list of them",
                node.where());
  }
  std::vector<std::string> out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (said[i]) out.emplace_back(names[i]);
  }
  if (said[0] && out.size() > 1) {
    return fail(ErrorCode::invalid, "data that is public is not of another class, too", node.where());
  }
  return out;
}

}  // namespace

void Lifecycle::inherit(const Lifecycle& outer) {
  if (!stage) stage = outer.stage;
  if (deprecation.empty()) deprecation = outer.deprecation;
  if (sunset.empty()) sunset = outer.sunset;
  if (owner.empty()) owner = outer.owner;
  if (purpose.empty()) purpose = outer.purpose;
  if (data.empty()) data = outer.data;
}

Result<Lifecycle> read_lifecycle(const Node& holder) {
  Lifecycle out;
  const Node* extension = holder.find("x-sallyport");
  if (extension == nullptr) return out;
  if (!extension->is_mapping()) return fail(ErrorCode::invalid, "x-sallyport must be a mapping", extension->where());
  std::optional<std::int64_t> deprecation, sunset;
  for (const auto& entry : extension->entries()) {
    if (entry.key == "stage") {
      const auto stage = read_stage(entry.value);
      if (!stage) return std::unexpected(stage.error());
      out.stage = *stage;
    } else if (entry.key == "deprecation" || entry.key == "sunset") {
      const auto date = read_date(entry.value);
      if (!date) return std::unexpected(date.error());
      (entry.key == "sunset" ? sunset : deprecation) = *date;
    } else if (entry.key == "owner") {
      auto owner = read_text(entry.value, "owner must be a name");
      if (!owner) return std::unexpected(std::move(owner.error()));
      out.owner = std::move(*owner);
    } else if (entry.key == "purpose") {
      auto purpose = read_text(entry.value, "purpose must be a text");
      if (!purpose) return std::unexpected(std::move(purpose.error()));
      out.purpose = std::move(*purpose);
    } else if (entry.key == "data") {
      auto data = read_classes(entry.value);
      if (!data) return std::unexpected(std::move(data.error()));
      out.data = std::move(*data);
    } else {
      return fail(ErrorCode::invalid, fmt::format("unknown key '{}' in x-sallyport", entry.key), entry.where(),
                  "known are stage, deprecation, sunset, owner, purpose and data");
    }
  }
  if (deprecation && sunset && *sunset < *deprecation) {  // RFC 9745 §4
    return fail(ErrorCode::invalid, "sunset is earlier than deprecation", extension->where());
  }
  if (deprecation) out.deprecation = structured_date(*deprecation);
  if (sunset) out.sunset = http_date(*sunset);
  return out;
}

Stage operation_stage(const Lifecycle& own, bool deprecated, const Lifecycle& outer) {
  if (own.stage) return *own.stage;
  if (deprecated && outer.stage != Stage::retired) return Stage::deprecated;
  return outer.stage.value_or(Stage::production);
}

}  // namespace sallyport
