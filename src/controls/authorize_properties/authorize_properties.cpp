// authorize_properties: callers read and set only what they may. Contract in README.md.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "controls/authorize_properties/config.hpp"
#include "controls/authorize_properties/property_graph.hpp"
#include "controls/contract/minimise.hpp"
#include "controls/contract/plan_builder.hpp"
#include "decode/pointer.hpp"
#include "engine/descriptor.hpp"

namespace sallyport::controls::authorize_properties {
namespace {

using contract::Media;
using NodeId = PropertyGraph::NodeId;
using decode::Kind;
using decode::Value;

enum class Direction : std::uint8_t { read, write };

// The properties that one rule allows in one direction.
struct Allowed {
  bool speaks = false;  // otherwise the rule says nothing of this direction
  bool all = false;     // each that the schema names
  std::vector<std::string> names;

  [[nodiscard]] bool has(std::string_view name, bool declared) const {
    return (all && declared) || std::ranges::find(names, name) != names.end();
  }
};

struct CompiledRule {
  std::vector<std::string> roles;
  Allowed allowed[2];  // by Direction
};

struct Governed {
  std::string name;
  std::vector<CompiledRule> rules;
  bool speaks[2] = {false, false};
};

struct OperationNodes {
  std::vector<NodeId> request;               // beside OperationPlan::body.media
  std::vector<std::vector<NodeId>> answers;  // beside OperationPlan::answers and their media
  [[nodiscard]] bool request_matters() const {
    return std::ranges::any_of(request, [](NodeId id) { return id != PropertyGraph::none; });
  }
};

struct Compiled {
  std::shared_ptr<const contract::Plan> plan;  // keeps the documents that the graph points into
  std::vector<Governed> governed;
  std::vector<OperationNodes> operations;
  PropertyGraph graph;
};

struct State {
  NodeId request = PropertyGraph::none;
  NodeId answer = PropertyGraph::none;
};

// The members of a body that a caller may not read or set.
class Search {
 public:
  Search(const Compiled& compiled, const Actor& actor, Direction direction, bool hints)
      : compiled_(compiled), actor_(actor), direction_(direction), hints_(hints) {}

  std::vector<const Value*> run(const Value& root, NodeId node) {
    value(root, node);
    return std::move(found_);
  }

 private:
  // As deep as the decoder lets values be.
  void value(const Value& at, NodeId id) {
    if (id == PropertyGraph::none || !compiled_.graph[id].matters || !at.is_container()) return;
    const PropertyGraph::Node& node = compiled_.graph[id];
    if (at.is(Kind::array)) {
      for (const Value& item : at) value(item, node.items);
      return;
    }
    for (const Value& member : at) {
      const PropertyGraph::Member* const known = node.find(member.name());
      if (!may(node, known, member.name())) {
        found_.push_back(&member);
      } else {
        value(member, known == nullptr ? node.others : known->node);
      }
    }
  }

  bool may(const PropertyGraph::Node& node, const PropertyGraph::Member* known, std::string_view name) const {
    if (hints_ && known != nullptr && (direction_ == Direction::read ? known->write_only : known->read_only)) {
      return false;
    }
    bool governed = false;
    for (const std::uint32_t place : node.governed) {
      const Governed& schema = compiled_.governed[place];
      if (!schema.speaks[static_cast<std::size_t>(direction_)]) continue;
      governed = true;
      for (const CompiledRule& rule : schema.rules) {
        const Allowed& allowed = rule.allowed[static_cast<std::size_t>(direction_)];
        if (allowed.speaks && allowed.has(name, known != nullptr) && is_about(rule)) return true;
      }
    }
    return !governed;
  }

  bool is_about(const CompiledRule& rule) const {
    return rule.roles.empty() || std::ranges::any_of(rule.roles, [&](const std::string& role) {
             return std::ranges::find(actor_.roles, role) != actor_.roles.end();
           });
  }

  const Compiled& compiled_;
  const Actor& actor_;
  Direction direction_;
  bool hints_;
  std::vector<const Value*> found_;
};

class AuthorizeProperties final : public Control {
 public:
  AuthorizeProperties(const Config& config, std::shared_ptr<const Compiled> compiled)
      : config_(config), compiled_(std::move(compiled)) {}

  [[nodiscard]] Phases phases() const override {
    if (compiled_ == nullptr) return {};
    return {Phase::request_head, Phase::request_body, Phase::response_head, Phase::response_body};
  }
  [[nodiscard]] StateLayout state_layout() const override { return StateLayout::of<State>(); }

  Verdict on_request_head(const Context& context) const override {
    const std::uint32_t index = place_of(context);
    if (index == PropertyGraph::none || !compiled_->operations[index].request_matters()) return Pass{};
    const Request& request = context.request();
    if (request.framing == Framing::none || (request.framing == Framing::length && request.content_length == 0)) {
      return Pass{};
    }
    const contract::Body& body = compiled_->plan->operations[index].body;
    const Media* const media = media_of(request.fields, body.media);
    if (media == nullptr) return unreadable_request("media_type");
    const NodeId node = compiled_->operations[index].request[static_cast<std::size_t>(media - body.media.data())];
    if (node == PropertyGraph::none) return Pass{};
    if (!is_json(request.fields)) return unreadable_request("media_type");
    context.state<State>().request = node;
    context.want_body(config_.max_body.bytes);
    return Pass{};
  }

  Verdict on_request_body(const Context& context) const override {
    const NodeId node = context.state<State>().request;
    if (node == PropertyGraph::none) return Pass{};
    const Decoded& body = context.decoded();
    if (body.state == Decoded::State::none) return Pass{};
    if (body.state == Decoded::State::unknown) return unreadable_request(body.rule);
    if (body.state == Decoded::State::refused) {
      return Deny{{400, "malformed_body", "The body is malformed", {}, {}, {}}, {body.rule, body.detail}};
    }
    auto found = Search(*compiled_, context.actor(), Direction::write, config_.hints).run(*body.value, node);
    if (found.empty()) return Pass{};
    const contract::Minimised less = contract::without(*body.value, found, "request", context.arena());
    if (config_.unwritable == Unwritable::strip) return Rewrite{{}, nullptr, {"stripped", less.what}, less.body};
    Problem problem{403, "forbidden_property", "A property may not be set", {}, {}, {}};
    constexpr std::size_t shown = 128;
    const std::string pointer = decode::pointer_to(*body.value, *found.front());
    problem.detail = context.arena().concat("body ", std::string_view(pointer).substr(0, shown));
    return Deny{problem, {"not_writable", less.what}};
  }

  Verdict on_response_head(const Context& context) const override {
    const std::uint32_t index = place_of(context);
    if (index == PropertyGraph::none) return Pass{};
    const contract::OperationPlan& operation = compiled_->plan->operations[index];
    const Response& response = context.response();
    const contract::Answer* const answer = operation.answer_for(response.status);
    if (answer == nullptr) return Pass{};  // of no schema: `contract` decides
    const auto& nodes =
        compiled_->operations[index].answers[static_cast<std::size_t>(answer - operation.answers.data())];
    if (std::ranges::all_of(nodes, [](NodeId id) { return id == PropertyGraph::none; })) return Pass{};
    if (context.request().method == Method::head) {
      const auto edits = context.arena().array<Edit>(1);
      edits[0] = {Edit::Kind::remove, 0, "Content-Length", {}};
      return Rewrite{edits, nullptr, {}};
    }
    if (response.framing == Framing::none || (response.framing == Framing::length && response.content_length == 0)) {
      return Pass{};
    }
    const Media* const media = media_of(response.fields, answer->media);
    if (media == nullptr) return unreadable_answer(context, "media_type");
    const NodeId node = nodes[static_cast<std::size_t>(media - answer->media.data())];
    if (node == PropertyGraph::none) return Pass{};
    if (!is_json(response.fields)) return unreadable_answer(context, "media_type");
    context.state<State>().answer = node;
    context.require_body(config_.max_answer.bytes);
    return Pass{};
  }

  Verdict on_response_body(const Context& context) const override {
    const NodeId node = context.state<State>().answer;
    if (node == PropertyGraph::none) return Pass{};
    const Decoded& body = context.decoded();
    if (body.state == Decoded::State::none) return Pass{};
    if (body.state != Decoded::State::tree) return unreadable_answer(context, body.rule);
    auto found = Search(*compiled_, context.actor(), Direction::read, config_.hints).run(*body.value, node);
    if (found.empty()) return Pass{};
    const contract::Minimised less = contract::without(*body.value, found, "answer", context.arena());
    return Rewrite{{}, nullptr, {"not_readable", less.what}, less.body};
  }

 private:
  std::uint32_t place_of(const Context& context) const {
    const Operation* const operation = context.route().operation;
    const bool known = operation != nullptr && operation->index < compiled_->operations.size();
    return known ? operation->index : PropertyGraph::none;
  }

  static std::optional<decode::MediaType> type_of(const Fields& fields) {
    const Field* const field = fields.find(FieldName::content_type);
    return field == nullptr ? std::nullopt : decode::parse_media_type(field->value);
  }
  static const Media* media_of(const Fields& fields, const std::vector<Media>& media) {
    const auto type = type_of(fields);
    return type ? contract::choose(media, *type) : nullptr;
  }
  static bool is_json(const Fields& fields) {
    const auto type = type_of(fields);
    return type && type->is_json();
  }

  // What cannot be looked at is not let through.
  static Verdict unreadable_request(std::string_view rule) {
    return Deny{{415, "unsupported_media_type", "The media type is not supported", {}, {}, {}},
                {rule, "properties are looked for in JSON alone"}};
  }
  static Verdict unreadable_answer(const Context& context, std::string_view rule) {
    const auto problem = context.arena().array<Problem>(1);
    problem[0] = {502, "bad_answer", "The API answered with something unexpected", {}, {}, {}};
    return Rewrite{{}, problem.data(), {rule, "the answer cannot be looked at"}};
  }

  Config config_;
  std::shared_ptr<const Compiled> compiled_;
};

// Compiles the rules; what is wrong goes to the report.
class Compiling {
 public:
  Compiling(const Config& config, const engine::Scope& scope, const document::Node& section, config::Report& report)
      : config_(config), scope_(scope), section_(section), report_(report) {}

  std::shared_ptr<const Compiled> run() {
    auto plan = contract::build_plan(*scope_.spec, scope_.origins, {.strict = false});
    if (!plan) return refuse(plan.error());
    auto out = std::make_shared<Compiled>(Compiled{*plan, {}, {}, PropertyGraph(*(*plan)->documents)});
    rules(*out);
    out->graph.govern(schemas_);
    for (const contract::OperationPlan& operation : (*plan)->operations) {
      OperationNodes nodes;
      if (auto done = add(operation.body.media, *out, nodes.request); !done) return refuse(done.error());
      for (const contract::Answer& answer : operation.answers) {
        nodes.answers.emplace_back();
        if (auto done = add(answer.media, *out, nodes.answers.back()); !done) return refuse(done.error());
      }
      out->operations.push_back(std::move(nodes));
    }
    // The rules' own schemas, to know their names, also where no operation uses them.
    std::vector<NodeId> own;
    for (const Value* schema : schemas_) {
      const auto id = out->graph.add({schema, (*plan)->documents->root().resource});
      if (!id) return refuse(id.error());
      own.push_back(*id);
    }
    out->graph.finish();
    check_names(*out, own);
    for (OperationNodes& nodes : out->operations) {
      forget_the_rest(out->graph, nodes.request);
      for (auto& answer : nodes.answers) forget_the_rest(out->graph, answer);
    }
    return out;
  }

 private:
  std::shared_ptr<const Compiled> refuse(const Error& error) {
    report_.error(section_, error.text(), error.hint);
    return nullptr;
  }

  const Value* schema_of(const contract::Plan& plan, const std::string& name) {
    const Value* root = plan.documents->root().value;
    const Value* components = root->find("components");
    const Value* all = components != nullptr ? components->find("schemas") : root->find("definitions");
    return all == nullptr ? nullptr : all->find(name);
  }

  void rules(Compiled& out) {
    for (const Rule& rule : config_.rules) {
      const Value* const schema = schema_of(*out.plan, rule.schema);
      if (schema == nullptr) {
        report_.error(section_, "the specification has no schema `" + rule.schema + "`");
        continue;
      }
      auto known = std::ranges::find(out.governed, rule.schema, &Governed::name);
      if (known == out.governed.end()) {
        schemas_.push_back(schema);
        known = out.governed.insert(out.governed.end(), Governed{rule.schema, {}, {}});
      }
      CompiledRule made{rule.roles, {}};
      const std::optional<std::vector<std::string>>* said[] = {&rule.read, &rule.write};
      for (std::size_t i = 0; i < 2; ++i) {
        if (!*said[i]) continue;
        known->speaks[i] = made.allowed[i].speaks = true;
        for (const std::string& name : **said[i]) {
          made.allowed[i].all = made.allowed[i].all || name == "*";
          made.allowed[i].names.push_back(name);
        }
      }
      known->rules.push_back(std::move(made));
    }
  }

  static Result<void> add(const std::vector<Media>& media, Compiled& out, std::vector<NodeId>& nodes) {
    for (const Media& one : media) {
      NodeId id = PropertyGraph::none;
      if (one.source.value != nullptr) {
        const auto made = out.graph.add(one.source);
        if (!made) return std::unexpected(made.error());
        id = *made;
      }
      nodes.push_back(id);
    }
    return {};
  }

  void check_names(const Compiled& out, const std::vector<NodeId>& own) {
    for (std::size_t i = 0; i < own.size(); ++i) {
      for (const CompiledRule& rule : out.governed[i].rules) {
        for (const Allowed& allowed : rule.allowed) {
          for (const std::string& name : allowed.names) {
            if (name == "*" || (own[i] != PropertyGraph::none && out.graph[own[i]].find(name) != nullptr)) continue;
            report_.error(section_, fmt::format("the schema `{}` has no property `{}`", out.governed[i].name, name));
          }
        }
      }
    }
  }

  // Bodies of which nobody says anything are not looked at.
  void forget_the_rest(const PropertyGraph& graph, std::vector<NodeId>& nodes) const {
    for (NodeId& id : nodes) {
      if (id != PropertyGraph::none && !graph[id].matters) id = PropertyGraph::none;
    }
  }

  const Config& config_;
  const engine::Scope& scope_;
  const document::Node& section_;
  config::Report& report_;
  std::vector<const Value*> schemas_;
};

std::shared_ptr<const Control> make(const Config& config, const engine::Scope& scope, const document::Node* section,
                                    config::Report& report) {
  const document::Node* const mode = section == nullptr ? nullptr : section->find("mode");
  const bool off = section == nullptr || (mode != nullptr && mode->text() == "off");
  if (off || scope.api == nullptr) return std::make_shared<const AuthorizeProperties>(config, nullptr);
  if (scope.spec == nullptr) {
    report.error(*section, "`authorize_properties` needs the specification of the API", "give the API a `spec`");
    return nullptr;
  }
  auto compiled = Compiling(config, scope, *section, report).run();
  if (compiled == nullptr) return nullptr;
  return std::make_shared<const AuthorizeProperties>(config, std::move(compiled));
}

}  // namespace

const engine::Descriptor& descriptor() {
  static constexpr auto self = engine::describe<Config, make>(
      "authorize_properties", "Keeps callers to the properties that they may read and set.");
  return self;
}

}  // namespace sallyport::controls::authorize_properties
