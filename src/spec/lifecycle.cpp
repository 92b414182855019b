#include "spec/lifecycle.hpp"

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

}  // namespace

void Lifecycle::inherit(const Lifecycle& outer) {
  if (!stage) stage = outer.stage;
  if (deprecation.empty()) deprecation = outer.deprecation;
  if (sunset.empty()) sunset = outer.sunset;
  if (owner.empty()) owner = outer.owner;
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
      if (entry.value.kind() != Kind::scalar || entry.value.text().empty()) {
        return fail(ErrorCode::invalid, "owner must be a name", entry.value.where());
      }
      out.owner = entry.value.text();
    } else {
      return fail(ErrorCode::invalid, fmt::format("unknown key '{}' in x-sallyport", entry.key), entry.where(),
                  "known are stage, deprecation, sunset and owner");
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
