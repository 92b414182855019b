// graphql: bounds what a query may ask for. Contract in README.md.
#include <algorithm>

#include <fmt/format.h>

#include "base/json_text.hpp"
#include "controls/access/path_pattern.hpp"
#include "controls/graphql/ask.hpp"
#include "controls/graphql/config.hpp"
#include "controls/graphql/measure.hpp"
#include "controls/graphql/safelist.hpp"
#include "controls/graphql/schema_check.hpp"
#include "decode/json_out.hpp"
#include "decode/media_type.hpp"
#include "document/file.hpp"
#include "engine/descriptor.hpp"
#include "engine/driver_rules.hpp"

namespace sallyport::controls::graphql {
namespace {

using decode::Kind;
using decode::Value;

struct State {
  bool ours = false;  // the call is one of GraphQL
};

struct Refused {
  std::string_view rule;
  std::string_view message;  // for the client
  std::uint16_t status = 400;
};

constexpr Refused too_much{"cost", "The query asks for too much"};
constexpr std::string_view suggestion = "Did you mean";

class Graphql final : public Control {
 public:
  // `check`: null without a schema. `listed`: none without `documents`.
  Graphql(const Config& config, std::vector<access::PathPattern> paths, std::unique_ptr<const SchemaCheck> check,
          std::optional<Safelist> listed)
      : config_(config),
        paths_(std::move(paths)),
        lists_{config_.list_arguments, config_.list_size},
        check_(std::move(check)),
        listed_(std::move(listed)) {}

  [[nodiscard]] Phases phases() const override {
    if (paths_.empty()) return {};
    if (config_.suggestions) return {Phase::request_head, Phase::request_body};
    return {Phase::request_head, Phase::request_body, Phase::response_head, Phase::response_body};
  }
  [[nodiscard]] StateLayout state_layout() const override { return StateLayout::of<State>(); }

  Verdict on_request_head(const Context& context) const override {
    const Request& request = context.request();
    // What only a careless reading of the path would take to it is held to the same bounds.
    if (std::ranges::none_of(paths_, [&](const access::PathPattern& path) {
          return path.matches(request.path) || path.matches_loosely(request.path);
        })) {
      return Pass{};
    }
    context.state<State>().ours = true;
    switch (request.method) {
      case Method::post:
        context.want_body(config_.max_body.bytes);
        return Pass{};
      case Method::get:
      case Method::head:
        return query_string(context);
      case Method::options:
        return Pass{};
      case Method::put:
      case Method::delete_:
      case Method::connect:
      case Method::trace:
      case Method::patch:
      case Method::other:
        break;
    }
    return refuse(context, {"method", "GraphQL is asked by GET or POST", 405}, {});
  }

  Verdict on_request_body(const Context& context) const override {
    if (!context.state<State>().ours) return Pass{};
    const Request& request = context.request();
    // Beside the body, servers take parameters of the query string: one of the two must be all.
    if (request.has_query) {
      const auto beside = asks_of_query(request.query, context.arena());
      if (!beside || !beside->all.front().query.empty() || beside->all.front().persisted) {
        return refuse(context, {"form", "The query stands in the body or in the URL"}, {});
      }
    }
    auto asks = asks_of_body(request.fields, context.body(), config_.batch, context.arena());
    if (!asks) return refuse(context, malformed(asks.error()), asks.error().detail);
    // Named by its id alone: it is judged, and goes on, as if it had been sent.
    const bool written_out = write_out(*asks);
    Verdict verdict = judge(context, *asks);
    if (!written_out || !std::holds_alternative<Pass>(verdict)) return verdict;
    return Rewrite{{}, nullptr, {"document", "a document stands for its id"}, with_query(*asks, context.arena())};
  }

  Verdict on_response_head(const Context& context) const override {
    const Field* type = context.response().fields.find(FieldName::content_type);
    const auto parsed = type == nullptr ? std::nullopt : decode::parse_media_type(type->value);
    // Errors are short: a longer answer holds data, and goes on as it is.
    if (context.state<State>().ours && parsed && parsed->is_json()) context.want_body(engine::max_whole_body);
    return Pass{};
  }

  Verdict on_response_body(const Context& context) const override {
    if (!context.state<State>().ours || !context.body().contains(suggestion)) return Pass{};
    const Decoded& body = context.decoded();
    if (body.state != Decoded::State::tree) return Pass{};
    std::vector<decode::Change> changes;
    if (body.value->is(Kind::array)) {
      for (const Value& one : *body.value) without_suggestions(one, changes);
    } else {
      without_suggestions(*body.value, changes);
    }
    if (changes.empty()) return Pass{};
    return Rewrite{{},
                   nullptr,
                   {"suggestion", "names of fields are taken out of errors"},
                   decode::write_json(*body.value, changes, context.arena())};
  }

 private:
  // Only where the body can be written anew, and where the API has no list of its own.
  bool write_out(Asks& asks) const {
    Ask& one = asks.all.front();
    if (!listed_ || config_.persisted || asks.object == nullptr || !one.query.empty()) return false;
    if (asks.object->find("query") != nullptr) return false;
    one.query = listed_->find(one.id);
    one.by_member = false;  // now it is the query that stands there
    return !one.query.empty();
  }
  static std::string_view with_query(const Asks& asks, Arena& arena) {
    std::string query;
    append_json(query, asks.all.front().query);
    std::vector<decode::Change> without;  // the name goes: an API with a list of its own may know another by it
    for (const Value& member : *asks.object) {
      const Value* hashed = member.name() == "extensions" ? member.find("persistedQuery") : nullptr;
      if (member.name() == "id" || member.name() == "documentId") without.push_back({&member, std::nullopt});
      if (hashed != nullptr) without.push_back({hashed, std::nullopt});
    }
    const std::string_view rest = decode::write_json(*asks.object, without, arena).substr(1);
    return arena.concat("{\"query\":", query, rest == "}" ? "" : ",", rest);
  }

  static void without_suggestions(const Value& answer, std::vector<decode::Change>& changes) {
    const Value* errors = answer.find("errors");
    if (errors == nullptr || !errors->is(Kind::array)) return;
    for (const Value& error : *errors) {
      const Value* message = error.is(Kind::object) ? error.find("message") : nullptr;
      if (message == nullptr || !message->is(Kind::string)) continue;
      std::string_view text = message->text();
      const std::size_t at = text.find(suggestion);
      if (at == std::string_view::npos) continue;
      text = text.substr(0, at);
      while (text.ends_with(' ')) text.remove_suffix(1);
      changes.push_back({message, text});
    }
  }

  Verdict query_string(const Context& context) const {
    const Request& request = context.request();
    if (!request.has_query || request.query.empty()) return Pass{};  // a page for people, or nothing
    const auto asks = asks_of_query(request.query, context.arena());
    if (!asks) return refuse(context, malformed(asks.error()), asks.error().detail);
    if (asks->all.front().query.empty() && !asks->all.front().persisted) return Pass{};
    return judge(context, *asks);
  }

  Verdict judge(const Context& context, const Asks& asks) const {
    std::uint64_t cost = 0;
    for (Ask ask : asks.all) {
      const bool named = ask.query.empty();
      // What the API finds by its id is judged by the list, and without one by nobody: so it cannot
      // go by a schema's rules.
      if (named && ask.persisted && config_.persisted) {
        if (listed_) ask.query = listed_->find(ask.id);
        if (ask.query.empty() && !listed_ && check_ == nullptr) continue;
      }
      if (!named && ask.by_member && (listed_ || check_ != nullptr)) {
        return refuse(context, {"form", "The query is sent or named, not both"}, {});
      }
      if (ask.query.empty()) {
        if (ask.persisted) return refuse(context, {"persisted", "PersistedQueryNotFound", 200}, {});
        return refuse(context, {"form", "There is no query"}, {});
      }
      if (listed_ && config_.documents->only && !listed_->holds(ask.query)) {
        return refuse(context, {"document", "Only known queries are taken", 403}, {});
      }
      const auto document = decode::parse_graphql(ask.query, context.arena());
      if (!document) return refuse(context, {document.error().rule, "The query cannot be read"}, {});
      const auto measured = measure(**document, ask.variables, lists_);
      if (!measured) return refuse(context, {measured.error().rule, "The query cannot be read"}, {});
      // By the schema when there is one. A batch is bounded: no overflow.
      if (check_ == nullptr) cost += std::min<std::uint64_t>(measured->cost, UINT32_MAX);
      if (const auto bad = beyond(*measured, cost, context.request().method)) {
        return refuse(context, *bad, context.arena().copy(told(*measured, cost)));
      }
      if (check_ == nullptr) continue;
      std::uint64_t asked = 0;
      if (const auto bad = check_->misfit(ask, **document, context.actor().roles, lists_, asked, context.arena())) {
        return refuse(context, *bad);
      }
      cost += std::min<std::uint64_t>(asked, UINT32_MAX);
      if (cost > config_.cost) return refuse(context, too_much, context.arena().copy(told(*measured, cost)));
    }
    return Pass{};
  }

  std::optional<Refused> beyond(const Measure& measured, std::uint64_t cost, Method method) const {
    if (measured.introspects && !config_.introspection) return Refused{"introspection", "Introspection is off"};
    if (measured.subscribes && !config_.subscriptions) return Refused{"subscription", "Subscriptions are off"};
    // A link must change nothing (CSRF, RFC 9110 §9.2.1).
    if (method != Method::post && measured.mutates) return Refused{"mutation", "Mutations are sent by POST", 405};
    if (measured.depth > config_.depth) return Refused{"depth", "The query is too deep"};
    if (measured.nodes > config_.nodes) return Refused{"nodes", "The query has too many fields"};
    if (measured.aliases > config_.aliases) return Refused{"aliases", "The query has too many aliases"};
    if (measured.directives > config_.directives) return Refused{"directives", "The query has too many directives"};
    if (cost > config_.cost) return too_much;
    return std::nullopt;
  }

  static std::string told(const Measure& one, std::uint64_t cost) {
    return fmt::format("depth {}, fields {}, aliases {}, directives {}, cost {}", one.depth, one.nodes, one.aliases,
                       one.directives, cost);
  }

  static Refused malformed(const decode::Refusal& refusal) {
    if (refusal.rule == "batch") return {"batch", "Too many queries in one request"};
    if (refusal.rule == "media_type" || refusal.rule == "content_coding") {
      return {refusal.rule, "The media type is not supported", 415};
    }
    return {refusal.rule, "The request is not one of GraphQL"};
  }

  Verdict refuse(const Context& context, const Misfit& why) const {
    Arena& arena = context.arena();
    const std::string place = why.at ? fmt::format("{}:{}", why.at->line, why.at->column) : std::string();
    const std::string_view detail = arena.concat(why.message, " ", place);
    if (config_.errors == Errors::helpful || why.forbidden) {
      return refuse(context, {why.rule, why.message, why.forbidden ? std::uint16_t{403} : std::uint16_t{400}}, detail,
                    place);
    }
    return Deny{{400, "graphql", "The query does not fit", "SALLYPORT_VALIDATION", {}, {}}, {why.rule, detail}};
  }

  // Drivers give problems of this type GraphQL's shape, so that clients show them; the detail is the code, and behind
  // it the place in the query, when it has one.
  Verdict refuse(const Context& context, const Refused& why, std::string_view detail,
                 std::string_view place = {}) const {
    std::string code = "SALLYPORT_";
    for (const char c : why.rule) code += c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c;
    if (why.rule == "persisted") code = "PERSISTED_QUERY_NOT_FOUND";
    if (!place.empty()) code.append(" ").append(place);
    return Deny{{why.status, "graphql", why.message, context.arena().copy(code), {}, {}}, {why.rule, detail}};
  }

  Config config_;
  std::vector<access::PathPattern> paths_;
  Lists lists_;
  std::unique_ptr<const SchemaCheck> check_;
  std::optional<Safelist> listed_;
};

std::optional<Safelist> listed_of(const Config& config, const document::Node& section, config::Report& report) {
  if (!config.documents) return std::nullopt;
  const std::string& path = config.documents->file.path;
  const auto text = document::read_file(path, max_list_bytes);
  auto list = text ? Safelist::read(*text) : std::unexpected(text.error());
  if (list) return std::move(*list);
  report.error(section, path + ": " + list.error().text());
  return std::nullopt;
}

std::unique_ptr<const SchemaCheck> check_of(const Config& config, const document::Node& section,
                                            config::Report& report) {
  if (config.schema.empty()) {
    if (!config.fields.empty()) report.error(section, "`fields` needs the `schema` that they are of");
    return nullptr;
  }
  const auto text = document::read_file(config.schema.path, sallyport::graphql::SchemaLimits{}.bytes);
  if (!text) {
    report.error(section, text.error().text());
    return nullptr;
  }
  const auto schema = sallyport::graphql::Schema::read(*text);
  if (!schema) {
    report.error(section, config.schema.path + ": " + schema.error().text());
    return nullptr;
  }
  auto check = SchemaCheck::make(*schema, config.fields);
  if (check) return std::move(*check);
  report.error(section, check.error().message, check.error().hint);
  return nullptr;
}

std::shared_ptr<const Control> make(const Config& config, const engine::Scope&, const document::Node* section,
                                    config::Report& report) {
  std::vector<access::PathPattern> paths;
  if (section != nullptr) {
    for (const std::string& path : config.paths) {
      auto pattern = access::PathPattern::compile(path);
      if (pattern)
        paths.push_back(std::move(*pattern));
      else
        report.error(*section, "`" + path + "`: " + pattern.error().message, pattern.error().hint);
    }
  }
  auto check = section == nullptr ? nullptr : check_of(config, *section, report);
  auto listed = section == nullptr ? std::nullopt : listed_of(config, *section, report);
  return std::make_shared<const Graphql>(config, std::move(paths), std::move(check), std::move(listed));
}

}  // namespace

const engine::Descriptor& descriptor() {
  static constexpr auto self =
      engine::describe<Config, make>("graphql", "Bounds what a GraphQL query may ask for, before a resolver runs.");
  return self;
}

}  // namespace sallyport::controls::graphql
