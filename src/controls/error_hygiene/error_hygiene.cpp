// error_hygiene: errors of the API leave as problem details, their text stays in the event.
// Contract in README.md.
#include <algorithm>
#include <array>

#include "classify/stack_trace.hpp"
#include "controls/error_hygiene/config.hpp"
#include "engine/descriptor.hpp"
#include "http/field_line.hpp"

namespace sallyport::controls::error_hygiene {
namespace {

// What the client hears; the status is the upstream's, or 500 for a trace in a good answer.
Problem generic(std::uint16_t status) {
  if (status >= 400 && status < 500)
    return {status, "request_failed", "The request could not be processed", {}, {}, {}};
  return {std::max<std::uint16_t>(status, 500), "server_error", "The API could not answer", {}, {}, {}};
}

// Texts that people read; binary content holds no traces.
bool is_text(std::string_view media_type) {
  const std::string_view type = media_type.substr(0, media_type.find(';'));
  for (const std::string_view text : {"text/", "application/json", "application/xml", "application/problem+json",
                                      "application/javascript", "application/x-www-form-urlencoded"}) {
    if (type.size() >= text.size() && same_name(type.substr(0, text.size()), text)) return true;
  }
  return type.ends_with("+json") || type.ends_with("+xml");
}

class ErrorHygiene final : public Control {
 public:
  explicit ErrorHygiene(const Config& config) : config_(config) {}

  [[nodiscard]] Phases phases() const override { return {Phase::response_head, Phase::response_body}; }

  Verdict on_response_head(const Context& context) const override {
    const Response& response = context.response();
    if (response.status >= 500 && config_.server_errors)
      return replaced(context, "server_error", "the API answered with an error of its own");
    if (!config_.stack_traces || response.framing == Framing::none) return Pass{};
    const Field* type = response.fields.find(FieldName::content_type);
    if (type != nullptr && !is_text(type->value)) return Pass{};
    if (const Field* coding = response.fields.find(FieldName::content_encoding);
        coding != nullptr && !same_name(coding->value, "identity")) {
      // Not readable here: an error is replaced unseen, a good answer passes.
      if (response.status >= 400)
        return replaced(context, "encoded_error", "an error that is compressed cannot be inspected");
      return Pass{};
    }
    // A long good answer is streamed; errors are short by nature.
    if (response.status < 400 &&
        (response.framing != Framing::length || response.content_length > config_.max_body.bytes)) {
      return Pass{};
    }
    context.want_body(config_.max_body.bytes);
    return Pass{};
  }

  Verdict on_response_body(const Context& context) const override {
    const std::string_view platform = classify::stack_trace_in(context.body());
    if (platform.empty()) return Pass{};
    return replaced(context, "stack_trace", platform);
  }

 private:
  static Verdict replaced(const Context& context, std::string_view rule, std::string_view detail) {
    const auto problem = context.arena().array<Problem>(1);
    problem[0] = generic(context.response().status);
    return Rewrite{{}, problem.data(), {rule, detail}};
  }
  Config config_;
};

std::shared_ptr<const Control> make(const Config& config, const engine::Scope&, const document::Node*,
                                    config::Report&) {
  return std::make_shared<const ErrorHygiene>(config);
}

}  // namespace

const config::Table<Config>& config_table(const Config*) {
  static const auto table =
      config::Table<Config>(
          "error_hygiene",
          "Errors of the API leave as generic problem details; the original stays in the event, sealed.")
          .field("server_errors", &Config::server_errors, {.doc = "Replace answers with status 500 and above."})
          .field("stack_traces", &Config::stack_traces,
                 {.doc = "Replace answers whose text holds a stack trace or a database error, whatever their status."})
          .field("max_body", &Config::max_body,
                 {.doc = "Longest body that is looked at. Longer ones pass and are counted as uninspected.",
                  .min = "1KiB",
                  .max = "64KiB"});
  return table;
}

const engine::Descriptor& descriptor() {
  static constexpr auto self =
      engine::describe<Config, make>("error_hygiene", "Replaces errors of the API by generic ones.");
  return self;
}

}  // namespace sallyport::controls::error_hygiene
