// data_classes: notes which sensitive data a call carries. Contract in README.md.
#include <algorithm>

#include "classify/walk.hpp"
#include "controls/data_classes/config.hpp"
#include "controls/data_classes/sampler.hpp"
#include "engine/descriptor.hpp"
#include "http/field_line.hpp"

namespace sallyport::controls::data_classes {
namespace {

constexpr std::size_t max_types = 6;       // noted of one body: an event has few places for notes
constexpr std::size_t scan_bytes = 32768;  // of the values of one body
constexpr std::size_t scan_values = 2000;

Sampler& sampler() {
  static thread_local Sampler self;
  return self;
}

class DataClasses final : public Control {
 public:
  struct State {
    bool looks = false;
  };
  DataClasses(const Config& config, const classify::TypeSet& ignored) : config_(config), ignored_(ignored) {}

  [[nodiscard]] Phases phases() const override {
    return {Phase::request_head, Phase::request_body, Phase::response_head, Phase::response_body};
  }
  [[nodiscard]] StateLayout state_layout() const override { return StateLayout::of<State>(); }

  Verdict on_request_head(const Context& context) const override {
    auto& state = context.state<State>();
    state.looks = sampler().takes(config_, context.now());
    const Request& request = context.request();
    // A body of unknown or greater length is not refused for being looked at: it passes unseen.
    if (state.looks && config_.requests && request.framing == Framing::length && request.content_length > 0 &&
        request.content_length <= config_.max_body.bytes) {
      context.look_at_body(config_.max_body.bytes);
    }
    return Pass{};
  }

  Verdict on_request_body(const Context& context) const override {
    if (context.state<State>().looks && config_.requests) look(context, "request");
    return Pass{};
  }

  Verdict on_response_head(const Context& context) const override {
    const Response& response = context.response();
    if (context.state<State>().looks && config_.responses && response.framing == Framing::length &&
        response.content_length > 0 && response.content_length <= config_.max_body.bytes) {
      context.look_at_body(config_.max_body.bytes);
    }
    return Pass{};
  }

  Verdict on_response_body(const Context& context) const override {
    if (context.state<State>().looks && config_.responses) look(context, "response");
    return Pass{};
  }

 private:
  void look(const Context& context, std::string_view side) const {
    const Decoded& decoded = context.decoded();
    if (decoded.state != Decoded::State::tree) return;
    classify::BodyScan scan({.bytes = scan_bytes, .values = scan_values});
    classify::TypeSet told;
    std::size_t count = 0;
    scan.run(*decoded.value, [&](const classify::BodyScan::Place& place, const classify::Findings& found) {
      for (const classify::Finding& finding : found.all()) {
        if (count == max_types || told.has(finding.type) || ignored_.has(finding.type)) continue;
        told.add(finding.type);
        ++count;
        std::string shape;
        place.append_shape(shape);
        context.note(
            {name_of(finding.type), context.arena().concat(name_of(class_of(finding.type)), " in ", side, " ", shape)});
      }
    });
  }

  Config config_;
  classify::TypeSet ignored_;
};

std::shared_ptr<const Control> make(const Config& config, const engine::Scope&, const document::Node* section,
                                    config::Report& report) {
  classify::TypeSet ignored;
  for (const std::string& name : config.ignore) {
    if (const auto type = classify::type_named(name)) {
      ignored.add(*type);
    } else if (section != nullptr) {
      report.error(*section, "`" + name + "` is no type of sensitive data");
    }
  }
  return std::make_shared<const DataClasses>(config, ignored);
}

}  // namespace

const config::Table<Config>& config_table(const Config*) {
  static const auto table =
      config::Table<Config>(
          "data_classes",
          "Notes in the event which sensitive data requests and answers carry: types and places, no values.")
          .field("requests", &Config::requests, {.doc = "Look at bodies of requests."})
          .field("responses", &Config::responses, {.doc = "Look at bodies of answers."})
          .field("sample", &Config::sample,
                 {.doc = "Of a hundred calls, how many are looked at.", .min = "1", .max = "100"})
          .field("a_second", &Config::a_second,
                 {.doc = "Calls that each worker looks at in a second; further ones pass unseen.",
                  .min = "1",
                  .max = "100000"})
          .field("max_body", &Config::max_body,
                 {.doc = "Longest body that is looked at; longer ones pass unseen.", .min = "1KiB", .max = "1MiB"})
          .field("ignore", &Config::ignore, {.doc = "Types that are not noted, as `sallyport classify` names them."});
  return table;
}

const engine::Descriptor& descriptor() {
  static constexpr auto self =
      engine::describe<Config, make>("data_classes", "Notes which sensitive data calls carry.");
  return self;
}

}  // namespace sallyport::controls::data_classes
