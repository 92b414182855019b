// contract: what is sent and answered is what the specification says. Contract in README.md.
#include "controls/contract/config.hpp"
#include "controls/contract/parameters.hpp"
#include "controls/contract/plan_builder.hpp"
#include "decode/pointer.hpp"
#include "engine/descriptor.hpp"
#include "engine/driver_rules.hpp"

namespace sallyport::controls::contract {
namespace {

struct Choice {
  const Media* media = nullptr;  // what the body must be
};
struct State {
  Choice request;
  Choice response;
};

class Contract final : public Control {
 public:
  Contract(const Config& config, std::shared_ptr<const Plan> plan) : config_(config), plan_(std::move(plan)) {}

  [[nodiscard]] Phases phases() const override {
    if (plan_ == nullptr) return {};
    if (config_.responses == Answers::off) return {Phase::request_head, Phase::request_body};
    return {Phase::request_head, Phase::request_body, Phase::response_head, Phase::response_body};
  }
  [[nodiscard]] StateLayout state_layout() const override { return StateLayout::of<State>(); }

  Verdict on_request_head(const Context& context) const override {
    const OperationPlan* const operation = plan_of(context);
    if (operation == nullptr) return Pass{};  // unknown_operation decides
    const Request& request = context.request();
    const auto bad =
        judge_parameters(*operation, *plan_, context.route().path_template, request, config_.strict, context.arena());
    if (bad) return refuse(context, 400, bad->rule, bad->place);
    return request_media(context, *operation);
  }

  Verdict on_request_body(const Context& context) const override {
    const Media* const media = context.state<State>().request.media;
    if (media == nullptr) return Pass{};
    const Decoded& body = context.decoded();
    switch (body.state) {
      case Decoded::State::none: {
        const OperationPlan* const operation = plan_of(context);
        if (operation != nullptr && operation->body.required) return refuse(context, 400, "required", "body");
        return Pass{};
      }
      case Decoded::State::refused:
        return refuse(context, 400, body.rule, "body");
      case Decoded::State::unknown:
        return refuse(context, 415, body.rule, "body");
      case Decoded::State::tree:
        break;
    }
    const auto judged = schema::validate(plan_->requests, media->schema, *body.value, context.arena());
    if (judged.judgement == schema::Judgement::good) return Pass{};
    return refuse(context, 400, judged.failure.rule, place_in(context, *body.value, judged.failure));
  }

  Verdict on_response_head(const Context& context) const override {
    const OperationPlan* const operation = plan_of(context);
    if (operation == nullptr) return Pass{};
    const Response& response = context.response();
    const Answer* const answer = operation->answer_for(response.status);
    if (answer == nullptr) return misfit(context, "undeclared_status", "status");
    if (response.framing == Framing::none || answer->media.empty()) return Pass{};
    const Field* const field = response.fields.find(FieldName::content_type);
    const auto type = field == nullptr ? std::nullopt : decode::parse_media_type(field->value);
    if (!type) {
      if (response.framing == Framing::length && response.content_length == 0) return Pass{};
      return misfit(context, "media_type", "Content-Type");
    }
    const Media* const media = choose(answer->media, *type);
    if (media == nullptr) return misfit(context, "media_type", "Content-Type");
    if (media->schema == schema::none || !type->is_json()) return Pass{};
    context.state<State>().response.media = media;
    context.want_body(engine::max_whole_body);
    return Pass{};
  }

  Verdict on_response_body(const Context& context) const override {
    const Media* const media = context.state<State>().response.media;
    if (media == nullptr) return Pass{};
    const Decoded& body = context.decoded();
    if (body.state == Decoded::State::none) return Pass{};
    if (body.state != Decoded::State::tree) return misfit(context, body.rule, "body");
    const auto judged = schema::validate(plan_->answers, media->schema, *body.value, context.arena());
    if (judged.judgement == schema::Judgement::good) return Pass{};
    return misfit(context, judged.failure.rule, place_in(context, *body.value, judged.failure));
  }

 private:
  const OperationPlan* plan_of(const Context& context) const {
    const Operation* const operation = context.route().operation;
    if (operation == nullptr || operation->index >= plan_->operations.size()) return nullptr;
    return &plan_->operations[operation->index];
  }

  Verdict request_media(const Context& context, const OperationPlan& operation) const {
    const Request& request = context.request();
    const bool empty =
        request.framing == Framing::none || (request.framing == Framing::length && request.content_length == 0);
    if (empty) {
      if (operation.body.required) return refuse(context, 400, "required", "body");
      return Pass{};
    }
    if (!operation.body.declared) {
      if (config_.strict) return refuse(context, 400, "unexpected_body", "body");
      return Pass{};
    }
    const Field* const field = request.fields.find(FieldName::content_type);
    const auto type = field == nullptr ? std::nullopt : decode::parse_media_type(field->value);
    const Media* const media = type ? choose(operation.body.media, *type) : nullptr;
    if (media == nullptr) return refuse(context, 415, "media_type", "Content-Type");
    // Bodies that are no JSON are held to their media type alone.
    if (!type->is_json() || media->schema == schema::none) return Pass{};
    context.state<State>().request.media = media;
    context.want_body(engine::max_whole_body);
    return Pass{};
  }

  static std::string_view place_in(const Context& context, const decode::Value& root, const schema::Failure& failure) {
    constexpr std::size_t shown = 256;
    std::string pointer = decode::pointer_to(root, *failure.value, failure.name);
    if (pointer.size() > shown) pointer.resize(shown);
    return context.arena().concat("body ", pointer.empty() ? "(root)" : pointer);
  }

  Verdict refuse(const Context& context, std::uint16_t status, std::string_view rule, std::string_view place) const {
    Problem problem;
    problem.status = status;
    problem.type = status == 415 ? "unsupported_media_type" : "contract";
    problem.title =
        status == 415 ? "The media type is not one of this operation" : "The request does not fit the contract";
    const std::string_view detail = context.arena().concat(place, ": ", rule);
    if (config_.errors == Errors::helpful) problem.detail = detail;
    return Deny{problem, {rule, detail}};
  }

  // An answer that does not fit: evidence, or a generic 502.
  Verdict misfit(const Context& context, std::string_view rule, std::string_view place) const {
    const Reason reason{rule, context.arena().concat("answer: ", place, ": ", rule)};
    if (config_.responses == Answers::observe) {
      context.note(reason);
      return Pass{};
    }
    const auto problem = context.arena().array<Problem>(1);
    problem[0] = {502, "bad_answer", "The API answered with something unexpected", {}, {}, {}};
    return Rewrite{{}, problem.data(), reason};
  }

  Config config_;
  std::shared_ptr<const Plan> plan_;
};

std::shared_ptr<const Control> make(const Config& config, const engine::Scope& scope, const document::Node* section,
                                    config::Report& report) {
  const document::Node* const mode = section == nullptr ? nullptr : section->find("mode");
  const bool off = section == nullptr || (mode != nullptr && mode->text() == "off");
  if (off || scope.api == nullptr) return std::make_shared<const Contract>(config, nullptr);
  if (scope.spec == nullptr) {
    report.error(*section, "`contract` needs the specification of the API", "give the API a `spec`");
    return nullptr;
  }
  const auto plan = build_plan(*scope.spec, scope.origins, config.strict, config.responses != Answers::off);
  if (!plan) {
    report.error(*section, plan.error().text(), plan.error().hint);
    return nullptr;
  }
  return std::make_shared<const Contract>(config, *plan);
}

}  // namespace

const engine::Descriptor& descriptor() {
  static constexpr auto self =
      engine::describe<Config, make>("contract", "Compares calls and answers with the schemas of the specification.");
  return self;
}

}  // namespace sallyport::controls::contract
