#include "controls/contract/plan_builder.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include <fmt/format.h>

#include "controls/contract/body_shapes.hpp"
#include "controls/contract/documents.hpp"
#include "decode/format.hpp"
#include "schema/compiler.hpp"

namespace sallyport::controls::contract {
namespace {

using decode::Kind;
using decode::Value;
using schema::Compiler;
using schema::Resources;

std::string_view text_of(const Value* value, std::string_view name) {
  const Value* found = value == nullptr ? nullptr : value->find(name);
  return found == nullptr ? std::string_view() : found->text();
}
bool flag_of(const Value& value, std::string_view name) { return text_of(&value, name) == "true"; }

class PlanBuilder {
 public:
  PlanBuilder(const Spec& spec, Reading reading, std::unique_ptr<Documents> documents)
      : spec_(spec),
        swagger_(spec.dialect.starts_with("Swagger")),
        reading_(reading),
        documents_(std::move(documents)),
        requests_(documents_->resources(), {reading.strict, schema::Direction::request}),
        answers_(documents_->resources(), {reading.strict || reading.minimise, schema::Direction::response}) {}

  Result<std::shared_ptr<const Plan>> build(std::span<const std::uint32_t> origins) {
    root_ = documents_->root().value;
    keys_in_query();
    std::map<std::uint32_t, OperationPlan> done;
    for (const std::uint32_t origin : origins) {
      if (!done.contains(origin)) {
        auto plan = operation(origin);
        if (!plan) {
          plan.error().message = fmt::format("{}: {}", spec_.operations[origin].label, plan.error().message);
          return std::unexpected(plan.error());
        }
        done.emplace(origin, std::move(*plan));
      }
      plan_.operations.push_back(done.at(origin));
    }
    examples_of_schemas();
    auto requests = requests_.finish();
    auto answers = answers_.finish();
    if (!requests) return std::unexpected(requests.error());
    if (!answers) return std::unexpected(answers.error());
    plan_.requests = std::move(*requests);
    plan_.answers = std::move(*answers);
    documents_->forget_places();
    plan_.documents = documents_;
    return std::make_shared<const Plan>(std::move(plan_));
  }

 private:
  Result<Seen> follow(Seen at) { return documents_->follow(at); }

  void keys_in_query() {
    const Value* components = root_->find("components");
    const Value* schemes = swagger_                ? root_->find("securityDefinitions")
                           : components == nullptr ? nullptr
                                                   : components->find("securitySchemes");
    if (schemes == nullptr) return;
    for (const Value& scheme : *schemes) {
      if (text_of(&scheme, "in") == "query") plan_.query_everywhere.emplace_back(text_of(&scheme, "name"));
    }
  }

  Result<OperationPlan> operation(std::uint32_t origin) {
    const OperationSource& source = spec_.sources[origin];
    OperationPlan out;
    const Seen own = seen(*source.operation);
    if (auto read = parameters(own, out); !read) return std::unexpected(read.error());
    for (const document::Node* item : source.path_items) {
      if (auto read = parameters(seen(*item), out); !read) return std::unexpected(read.error());
    }
    if (const Value* body = own.value->find("requestBody")) {
      if (auto read = request_body({body, own.resource}, out); !read) return std::unexpected(read.error());
    }
    if (const Value* answers = own.value->find("responses"); answers != nullptr && reading_.answers) {
      for (const Value& one : *answers) {
        if (auto read = answer({&one, own.resource}, own, out); !read) return std::unexpected(read.error());
      }
    }
    return out;
  }

  [[nodiscard]] Seen seen(const document::Node& node) const { return documents_->seen(node); }

  Result<void> parameters(Seen holder, OperationPlan& out) {
    const Value* list = holder.value->find("parameters");
    if (list == nullptr) return {};
    for (const Value& one : *list) {
      const auto at = follow({&one, holder.resource});
      if (!at) return std::unexpected(at.error());
      if (auto read = parameter(*at, holder, out); !read) return read;
    }
    return {};
  }

  Result<void> parameter(Seen at, Seen operation, OperationPlan& out) {
    const std::string_view in = text_of(at.value, "in");
    if (in == "body") return swagger_body(at, operation, out);
    if (in == "formData") return swagger_field(at, operation, out);
    Parameter one;
    one.name = text_of(at.value, "name");
    one.in = in == "path" ? In::path : in == "header" ? In::header : in == "cookie" ? In::cookie : In::query;
    one.required = flag_of(*at.value, "required") || one.in == In::path;
    one.allow_empty = flag_of(*at.value, "allowEmptyValue");
    if (one.in == In::header && (same_name(one.name, "Accept") || same_name(one.name, "Content-Type") ||
                                 same_name(one.name, "Authorization"))) {
      return {};  // OpenAPI 3.1 §4.8.12.2.1: has no meaning
    }
    // That of the operation hides that of the path.
    if (std::ranges::any_of(out.parameters, [&](const Parameter& p) { return p.name == one.name && p.in == one.in; }))
      return {};
    style(*at.value, one);
    Seen schema{swagger_ ? at.value : at.value->find("schema"), at.resource};
    if (const Value* content = at.value->find("content"); content != nullptr && content->size() != 0) {
      one.style = Style::json;
      schema.value = content->at(0)->find("schema");
    }
    if (schema.value != nullptr) {
      if (auto read = shape(schema, one); !read) return read;
      note_examples({at.value, at.resource}, one.schema, false);
    }
    out.parameters.push_back(std::move(one));
    return {};
  }

  void style(const Value& parameter, Parameter& one) const {
    const bool form = one.in == In::query || one.in == In::cookie;
    one.style = form ? Style::form : Style::simple;
    one.explode = form;
    const std::string_view said = text_of(&parameter, swagger_ ? "collectionFormat" : "style");
    if (swagger_) {
      one.explode = said == "multi";
      if (said == "ssv") one.style = Style::space_delimited;
      if (said == "tsv") one.style = Style::tab_delimited;
      if (said == "pipes") one.style = Style::pipe_delimited;
      return;
    }
    if (said == "label") one.style = Style::label;
    if (said == "matrix") one.style = Style::matrix;
    if (said == "spaceDelimited") one.style = Style::space_delimited;
    if (said == "pipeDelimited") one.style = Style::pipe_delimited;
    if (said == "deepObject") one.style = Style::deep_object;
    if (!said.empty()) one.explode = said == "form" || said == "deepObject";
    if (const Value* explode = parameter.find("explode")) one.explode = explode->text() == "true";
  }

  Result<void> shape(Seen schema, Parameter& one) {
    const auto id = requests_.compile(*schema.value, schema.resource);
    if (!id) return std::unexpected(id.error());
    one.schema = *id;
    auto at = follow(schema);
    if (!at) return std::unexpected(at.error());
    const Value* type = at->value->find("type");
    const auto is = [&](std::string_view name) {
      if (type == nullptr) return false;
      if (!type->is(Kind::array)) return type->text() == name;
      return std::ranges::any_of(*type, [&](const Value& each) { return each.text() == name; });
    };
    if (is("array")) {
      one.shape = Shape::array;
      if (const Value* items = at->value->find("items")) {
        const auto item = requests_.compile(*items, at->resource);
        if (!item) return std::unexpected(item.error());
        one.items = *item;
      }
    } else if (is("object") || (type == nullptr && at->value->find("properties") != nullptr)) {
      one.shape = Shape::object;
      if (const Value* properties = at->value->find("properties")) {
        for (const Value& each : *properties) one.members.emplace_back(each.name());
      }
    }
    return {};
  }

  void note_example(const Value& value, Resources::Id within, schema::SchemaId schema, bool answer) {
    plan_.examples.push_back({documents_->where({&value, within}), &value, schema, answer});
  }

  // `example` and `examples` beside a schema.
  void note_examples(Seen holder, schema::SchemaId schema, bool answer) {
    if (!reading_.examples || schema == schema::none) return;
    if (const Value* one = holder.value->find("example")) note_example(*one, holder.resource, schema, answer);
    const Value* named = holder.value->find("examples");
    if (named == nullptr || !named->is(Kind::object)) return;
    for (const Value& each : *named) {
      const auto at = follow({&each, holder.resource});
      if (!at) continue;
      if (const Value* value = at->value->find("value")) note_example(*value, at->resource, schema, answer);
    }
  }

  // Those within schemas. A schema of both directions is asked as one of answers.
  void examples_of_schemas() {
    if (!reading_.examples) return;
    std::set<const Value*> seen;
    for (const bool answer : {true, false}) {
      (answer ? answers_ : requests_).each([&](const Value& schema, schema::SchemaId id, Resources::Id resource) {
        if (!schema.is(Kind::object) || !seen.insert(&schema).second) return;
        if (const Value* one = schema.find("example")) note_example(*one, resource, id, answer);
        const Value* list = schema.find("examples");
        if (list == nullptr || !list->is(Kind::array)) return;
        for (const Value& one : *list) note_example(one, resource, id, answer);
      });
    }
    std::ranges::sort(plan_.examples, {}, &Example::where);
  }

  // What the schema of a media type says of bodies that are no JSON.
  Result<void> shapes(Seen schema, const Value* encoding, BodyShapes& from, Media& media) {
    const bool any = media.type.ends_with('*');
    const decode::Format format = decode::format_of(media.type);
    if (any || format == decode::Format::form || format == decode::Format::multipart) {
      auto fields = from.fields(schema, encoding);
      if (!fields) return std::unexpected(fields.error());
      media.fields = std::move(*fields);
    }
    if (any || format == decode::Format::xml) return from.xml(schema, media);
    return {};
  }

  Result<void> media(Seen holder, Compiler& compiler, BodyShapes& from, std::vector<Media>& out) {
    const Value* content = holder.value->find("content");
    if (content == nullptr) return {};
    for (const Value& one : *content) {
      Media media{std::string(one.name().substr(0, one.name().find(';')))};
      if (const Value* own = one.find("schema")) {
        const auto id = compiler.compile(*own, holder.resource);
        if (!id) return std::unexpected(id.error());
        media.schema = *id;
        media.source = {own, holder.resource};
        if (auto read = shapes({own, holder.resource}, one.find("encoding"), from, media); !read) return read;
        note_examples({&one, holder.resource}, *id, &compiler == &answers_);
      }
      out.push_back(std::move(media));
    }
    return {};
  }

  Result<void> request_body(Seen at, OperationPlan& out) {
    const auto body = follow(at);
    if (!body) return std::unexpected(body.error());
    out.body.declared = true;
    out.body.required = flag_of(*body->value, "required");
    return media(*body, requests_, request_shapes_, out.body.media);
  }

  [[nodiscard]] std::vector<std::string> swagger_types(Seen operation, std::string_view name) const {
    const Value* list = operation.value->find(name);
    if (list == nullptr) list = root_->find(name);
    std::vector<std::string> out;
    if (list != nullptr) {
      for (const Value& one : *list) out.emplace_back(one.text().substr(0, one.text().find(';')));
    }
    if (out.empty()) out.emplace_back("*/*");
    return out;
  }

  Result<void> swagger_body(Seen at, Seen operation, OperationPlan& out) {
    out.body.declared = true;
    out.body.required = flag_of(*at.value, "required");
    return swagger_media(at, swagger_types(operation, "consumes"), requests_, request_shapes_, out.body.media);
  }

  Result<void> swagger_media(Seen holder, std::vector<std::string> types, Compiler& compiler, BodyShapes& from,
                             std::vector<Media>& out) {
    const Value* own = holder.value->find("schema");
    schema::SchemaId id = schema::none;
    if (own != nullptr) {
      const auto compiled = compiler.compile(*own, holder.resource);
      if (!compiled) return std::unexpected(compiled.error());
      id = *compiled;
    }
    for (std::string& type : types) {
      Media media{std::move(type), id};
      if (own != nullptr) {
        media.source = {own, holder.resource};
        if (auto read = shapes({own, holder.resource}, nullptr, from, media); !read) return read;
      }
      out.push_back(std::move(media));
    }
    return {};
  }

  // `in: formData`: one field of a form of both kinds, unless `consumes` names one.
  Result<void> swagger_field(Seen at, Seen operation, OperationPlan& out) {
    if (!out.body.declared) {
      out.body.declared = true;
      for (std::string& type : swagger_types(operation, "consumes")) {
        const decode::Format format = decode::format_of(type);
        const bool form = format == decode::Format::form || format == decode::Format::multipart;
        if (form) out.body.media.push_back({.type = std::move(type), .closed = reading_.strict});
      }
      if (out.body.media.empty()) {
        for (const char* type : {"application/x-www-form-urlencoded", "multipart/form-data"}) {
          out.body.media.push_back({.type = type, .closed = reading_.strict});
        }
      }
    }
    FormField field;
    field.name = text_of(at.value, "name");
    if (text_of(at.value, "type") != "file") {
      auto made = request_shapes_.field(text_of(at.value, "name"), at);
      if (!made) return std::unexpected(made.error());
      field = std::move(*made);
      const std::string_view format = text_of(at.value, "collectionFormat");
      field.explode = format == "multi";
      if (format == "ssv") field.style = Style::space_delimited;
      if (format == "pipes") field.style = Style::pipe_delimited;
    }
    field.required = flag_of(*at.value, "required");
    out.body.required = out.body.required || field.required;
    for (Media& media : out.body.media) {
      const auto place = std::ranges::lower_bound(media.fields, field.name, {}, &FormField::name);
      if (place == media.fields.end() || place->name != field.name) media.fields.insert(place, field);
    }
    return {};
  }

  Result<void> answer(Seen at, Seen operation, OperationPlan& out) {
    const std::string_view name = at.value->name();
    Answer one;
    if (name.size() == 3 && (name.ends_with("XX") || name.ends_with("xx"))) {
      one.status = static_cast<std::uint16_t>(name[0] - '0');
    } else if (name != "default") {
      if (name.starts_with("x-")) return {};
      std::from_chars(name.data(), name.data() + name.size(), one.status);
    }
    const auto body = follow(at);
    if (!body) return std::unexpected(body.error());
    if (body->value->find("schema") != nullptr && swagger_) {
      auto read = swagger_media(*body, swagger_types(operation, "produces"), answers_, answer_shapes_, one.media);
      if (!read) return read;
      if (const Value* all = body->value->find("examples"); all != nullptr && reading_.examples && !one.media.empty()) {
        for (const Value& each : *all) note_example(each, body->resource, one.media.front().schema, true);
      }
    } else if (auto read = media(*body, answers_, answer_shapes_, one.media); !read) {
      return read;
    }
    out.answers.push_back(std::move(one));
    return {};
  }

  const Spec& spec_;
  bool swagger_;
  Reading reading_;
  std::shared_ptr<Documents> documents_;
  Compiler requests_;
  Compiler answers_;
  const Value* root_ = nullptr;
  Plan plan_;
  BodyShapes request_shapes_{*documents_, requests_, plan_.xml};
  BodyShapes answer_shapes_{*documents_, answers_, plan_.xml};
};

}  // namespace

Result<std::shared_ptr<const Plan>> build_plan(const Spec& spec, std::span<const std::uint32_t> origins,
                                               Reading reading) {
  auto documents = Documents::read(spec);
  if (!documents) return std::unexpected(documents.error());
  return PlanBuilder(spec, reading, std::move(*documents)).build(origins);
}

}  // namespace sallyport::controls::contract
