// unknown_operation: what the contract does not declare, and what it declares as old. Contract in
// README.md.
#include <array>

#include "controls/unknown_operation/config.hpp"
#include "engine/descriptor.hpp"

namespace sallyport::controls::unknown_operation {
namespace {

Problem problem(std::uint16_t status, std::string_view type, std::string_view title) {
  return {status, type, title, {}, {}, {}};
}

class UnknownOperation final : public Control {
 public:
  explicit UnknownOperation(const Config& config) : config_(config) {}

  [[nodiscard]] Phases phases() const override { return {Phase::request_head, Phase::response_head}; }

  Verdict on_request_head(const Context& context) const override {
    const Route& route = context.route();
    switch (route.kind) {
      case RouteKind::no_api:
        return Deny{problem(404, "not_found", "There is nothing at this address"),
                    {"no_api", "no API of the configuration claims this host and path"}};
      case RouteKind::unknown_path:
        return Deny{problem(404, "not_found", "There is nothing at this address"),
                    {"operation_not_in_spec", "the specification declares no such path"}};
      case RouteKind::unknown_method: {
        Problem refused = problem(405, "method_not_allowed", "The method is not allowed");
        refused.extra_name = "Allow";
        refused.extra_value = route.allowed_methods;
        return Deny{refused, {"method_not_in_spec", "the specification declares the path without this method"}};
      }
      case RouteKind::prefix:
        if (route.api->stage == Stage::retired) return retired("api_retired", "the API is retired");
        return Pass{};
      case RouteKind::operation:
        if (route.api->stage == Stage::retired) return retired("api_retired", "the API is retired");
        if (route.operation->stage == Stage::retired) return retired("operation_retired", "the operation is retired");
        return Pass{};
    }
    return Failed{"unknown route kind"};
  }

  // Clients of an old operation are told when it ends (RFC 9745, RFC 8594).
  Verdict on_response_head(const Context& context) const override {
    const Operation* operation = context.route().operation;
    if (!config_.announce || operation == nullptr || operation->stage != Stage::deprecated) return Pass{};
    const auto edits = context.arena().array<Edit>(2);
    std::size_t count = 0;
    // Deprecation needs a date; without a known one it is that of the epoch: "since always".
    const std::string_view since = operation->deprecation.empty() ? std::string_view("@0") : operation->deprecation;
    edits[count++] = {Edit::Kind::set, 0, "Deprecation", since};
    if (!operation->sunset.empty()) edits[count++] = {Edit::Kind::set, 0, "Sunset", operation->sunset};
    return Rewrite{edits.first(count), nullptr, {"deprecated", "a deprecated operation is still called"}};
  }

 private:
  static Verdict retired(std::string_view rule, std::string_view detail) {
    return Deny{problem(410, "gone", "This operation is no longer offered"), {rule, detail}};
  }
  Config config_;
};

std::shared_ptr<const Control> make(const Config& config, const engine::Scope&, const document::Node*,
                                    config::Report&) {
  return std::make_shared<const UnknownOperation>(config);
}

}  // namespace

const config::Table<Config>& config_table(const Config*) {
  static const auto table =
      config::Table<Config>("unknown_operation",
                            "Refuses what the specification does not declare (shadow), refuses retired operations, "
                            "announces the end of deprecated ones.")
          .field("announce", &Config::announce,
                 {.doc = "Send the Deprecation and Sunset fields with answers of deprecated operations."});
  return table;
}

const engine::Descriptor& descriptor() {
  static constexpr auto self =
      engine::describe<Config, make>("unknown_operation", "Refuses undeclared and retired operations.");
  return self;
}

}  // namespace sallyport::controls::unknown_operation
