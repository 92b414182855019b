// contract: what is sent and answered is what the specification says. Contract in README.md.
#include "controls/contract/bodies.hpp"
#include "controls/contract/config.hpp"
#include "controls/contract/minimise.hpp"
#include "controls/contract/parameters.hpp"
#include "controls/contract/plan_builder.hpp"
#include "engine/descriptor.hpp"
#include "engine/driver_rules.hpp"

namespace sallyport::controls::contract {
namespace {

// Answers are longer than what clients send: 50 ms for one that is as hard as can be.
constexpr schema::Budget answer_budget{.steps = 5'000'000};

struct Choice {
  const Media* media = nullptr;  // what the body must be
  bool json = false;             // it is read as the tree that all controls share
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
    const Choice& choice = context.state<State>().request;
    const Media* const media = choice.media;
    if (media == nullptr) return Pass{};
    if (!choice.json) return other_request_body(context, *media);
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
    if (media->schema == schema::none) return Pass{};
    const auto judged = schema::validate(plan_->requests, media->schema, *body.value, context.arena());
    if (judged.judgement == schema::Judgement::good) return Pass{};
    return refuse(context, 400, judged.failure.rule, place_in(*body.value, judged.failure, context.arena()));
  }

  Verdict on_response_head(const Context& context) const override {
    const OperationPlan* const operation = plan_of(context);
    if (operation == nullptr) return Pass{};
    const Response& response = context.response();
    const Answer* const answer = operation->answer_for(response.status);
    if (answer == nullptr) return undeclared(context);
    if (context.request().method == Method::head && config_.responses == Answers::minimise) {
      // The length would be that of the answer to GET before anything is taken out.
      const auto edits = context.arena().array<Edit>(1);
      edits[0] = {Edit::Kind::remove, 0, "Content-Length", {}};
      return Rewrite{edits, nullptr, {}};
    }
    if (response.framing == Framing::none || answer->media.empty()) return Pass{};
    const Field* const field = response.fields.find(FieldName::content_type);
    const auto type = field == nullptr ? std::nullopt : decode::parse_media_type(field->value);
    if (!type) {
      if (response.framing == Framing::length && response.content_length == 0) return Pass{};
      return misfit(context, "media_type", "Content-Type");
    }
    const Media* const media = choose(answer->media, *type);
    if (media == nullptr) return misfit(context, "media_type", "Content-Type");
    // Not held back when nothing is said of it.
    if (media->schema == schema::none || depth_of(*media, *type, plan_->answers) != Depth::schema) return Pass{};
    context.state<State>().response = {media, type->is_json()};
    if (config_.responses == Answers::observe) {
      context.want_body(config_.max_answer.bytes);
    } else {
      context.require_body(config_.max_answer.bytes);
    }
    return Pass{};
  }

  Verdict on_response_body(const Context& context) const override {
    const Choice& choice = context.state<State>().response;
    const Media* const media = choice.media;
    if (media == nullptr || context.body().empty()) return Pass{};
    if (!choice.json) return other_answer_body(context, *media);
    const Decoded& body = context.decoded();
    if (body.state == Decoded::State::none) return Pass{};
    if (body.state != Decoded::State::tree) return misfit(context, body.rule, "body");
    if (config_.responses == Answers::minimise) return minimised(context, *media, *body.value);
    const auto judged = schema::validate(plan_->answers, media->schema, *body.value, context.arena(), answer_budget);
    if (judged.judgement == schema::Judgement::good) return Pass{};
    return misfit(context, judged.failure.rule, place_in(*body.value, judged.failure, context.arena()));
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
    const Depth depth = depth_of(*media, *type, plan_->requests);
    if (depth != Depth::schema && !may_go_unread(*media, plan_->requests)) {
      return refuse(context, 415, "media_type", "Content-Type");
    }
    if (depth == Depth::type) return Pass{};
    context.state<State>().request = {media, type->is_json()};
    context.want_body(config_.max_body.bytes);
    return Pass{};
  }

  // An error that the contract does not name keeps its status and loses its body, which nobody has
  // agreed upon; any other such answer is no answer.
  Verdict undeclared(const Context& context) const {
    const std::uint16_t status = context.response().status;
    if (config_.responses != Answers::minimise || status < 400) {
      return misfit(context, "undeclared_status", "status");
    }
    const auto problem = context.arena().array<Problem>(1);
    problem[0] = {status, "upstream_error", "The API answered with an error", {}, {}, {}};
    return Rewrite{{}, problem.data(), {"undeclared_status", "answer: status: undeclared_status"}};
  }

  Verdict minimised(const Context& context, const Media& media, const decode::Value& body) const {
    std::vector<const decode::Value*> dropped;
    const auto judged =
        schema::validate(plan_->answers, media.schema, body, context.arena(), answer_budget, {&dropped});
    if (judged.judgement != schema::Judgement::good) {
      return misfit(context, judged.failure.rule, place_in(body, judged.failure, context.arena()));
    }
    if (dropped.empty()) return Pass{};
    const Minimised less = without(body, dropped, "answer", context.arena());
    return Rewrite{{}, nullptr, {"minimised", less.what}, less.body};
  }

  Verdict other_request_body(const Context& context, const Media& media) const {
    if (context.body().empty()) {
      const OperationPlan* const operation = plan_of(context);
      if (operation != nullptr && operation->body.required) return refuse(context, 400, "required", "body");
      return Pass{};
    }
    const auto content = decode::read_content(context.request().fields, context.body(), context.arena());
    if (!content)
      return refuse(context, decode::status_of(content.error()) == 415 ? 415 : 400, content.error().rule, "body");
    const auto bad = judge_content(*content, media, *plan_, plan_->requests, context.arena());
    if (bad) return refuse(context, 400, bad->rule, bad->place);
    return Pass{};
  }

  Verdict other_answer_body(const Context& context, const Media& media) const {
    const auto content = decode::read_content(context.response().fields, context.body(), context.arena());
    if (!content) return misfit(context, content.error().rule, "body");
    const auto bad = judge_content(*content, media, *plan_, plan_->answers, context.arena());
    if (bad) return misfit(context, bad->rule, bad->place);
    return Pass{};
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
  const auto plan =
      build_plan(*scope.spec, scope.origins,
                 {config.strict, config.responses != Answers::off, config.responses == Answers::minimise});
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
