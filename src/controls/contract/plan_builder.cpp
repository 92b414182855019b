#include "controls/contract/plan_builder.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "schema/compiler.hpp"
#include "spec/values.hpp"

namespace sallyport::controls::contract {
namespace {

using decode::Kind;
using decode::Value;
using schema::Compiler;
using schema::Resources;

std::string uri_of(std::string_view origin) {
  return "file://" + std::filesystem::absolute(std::string(origin)).lexically_normal().string();
}

std::string_view text_of(const Value* value, std::string_view name) {
  const Value* found = value == nullptr ? nullptr : value->find(name);
  return found == nullptr ? std::string_view() : found->text();
}
bool flag_of(const Value& value, std::string_view name) { return text_of(&value, name) == "true"; }

// Trees of the documents, and where each node went. Kept as long as the programs point into it.
struct Trees {
  Arena arena;
  std::vector<std::shared_ptr<const document::Document>> documents;
  std::map<std::string, const Value*> by_uri;
  NodeValues places;

  Result<const Value*> add(const std::shared_ptr<const document::Document>& document) {
    const auto tree = to_values(document->root(), arena, &places);
    if (!tree) return tree;
    documents.push_back(document);
    by_uri.emplace(uri_of(document->origin()), *tree);
    return tree;
  }

  // Files below the directory of the first one.
  Result<const Value*> load(const std::string& uri) {
    if (const auto known = by_uri.find(uri); known != by_uri.end()) return known->second;
    constexpr std::string_view file = "file://";
    if (!uri.starts_with(file)) return nullptr;
    std::error_code error;
    const auto path = std::filesystem::weakly_canonical(uri.substr(file.size()), error);
    const auto home = std::filesystem::weakly_canonical(documents.front()->origin(), error).parent_path();
    const auto below = path.lexically_relative(home);
    if (below.empty() || below.string().starts_with("..")) {
      return fail(ErrorCode::invalid, "a reference leads out of the directory of the specification", uri);
    }
    auto read = document::load(path.string());
    if (!read) return std::unexpected(read.error());
    const auto kept = std::make_shared<const document::Document>(std::move(*read));
    const auto tree = add(kept);
    if (tree) by_uri.emplace(uri, *tree);
    return tree;
  }
};

class PlanBuilder {
 public:
  PlanBuilder(const Spec& spec, bool strict, bool answers)
      : spec_(spec),
        swagger_(spec.dialect.starts_with("Swagger")),
        with_answers_(answers),
        trees_(std::make_shared<Trees>()),
        resources_([this](const std::string& uri) { return trees_->load(uri); }),
        requests_(resources_, {strict, schema::Direction::request}),
        answers_(resources_, {strict, schema::Direction::response}) {}

  Result<std::shared_ptr<const Plan>> build(std::span<const std::uint32_t> origins) {
    const bool modern = spec_.dialect.starts_with("OpenAPI 3.1");
    const schema::Dialect dialect{modern ? schema::Version::draft2020 : schema::Version::openapi30, true, true};
    for (const auto& document : spec_.documents) {
      const auto tree = trees_->add(document);
      if (!tree) return std::unexpected(tree.error());
      ids_[document->origin()] = resources_.add_document(uri_of(document->origin()), **tree, dialect);
    }
    root_ = trees_->places.at(&spec_.documents.front()->root());
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
    auto requests = requests_.finish();
    auto answers = answers_.finish();
    if (!requests) return std::unexpected(requests.error());
    if (!answers) return std::unexpected(answers.error());
    plan_.requests = std::move(*requests);
    plan_.answers = std::move(*answers);
    trees_->places.clear();
    plan_.requests.keeps.push_back(trees_);
    plan_.answers.keeps.push_back(trees_);
    return std::make_shared<const Plan>(std::move(plan_));
  }

 private:
  struct Seen {
    const Value* value;
    Resources::Id resource;
  };

  // What a reference object stands for.
  Result<Seen> follow(Seen at) {
    for (int chain = 0; chain < 16; ++chain) {
      const Value* reference = at.value->find("$ref");
      if (reference == nullptr || !reference->is(Kind::string)) return at;
      const auto place = resources_.resolve(at.resource, reference->text());
      if (!place) return std::unexpected(place.error());
      at = {place->value, place->resource};
    }
    return fail(ErrorCode::invalid, "a reference leads to itself");
  }

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
    if (const Value* answers = own.value->find("responses"); answers != nullptr && with_answers_) {
      for (const Value& one : *answers) {
        if (auto read = answer({&one, own.resource}, own, out); !read) return std::unexpected(read.error());
      }
    }
    return out;
  }

  Seen seen(const document::Node& node) { return {trees_->places.at(&node), ids_.at(std::string(node.origin()))}; }

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
    if (in == "formData") {
      out.body.declared = true;
      if (out.body.media.empty()) {
        for (const char* type : {"application/x-www-form-urlencoded", "multipart/form-data"}) {
          out.body.media.push_back({type, schema::none});
        }
      }
      return {};
    }
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

  Result<void> media(Seen holder, Compiler& compiler, std::vector<Media>& out) {
    const Value* content = holder.value->find("content");
    if (content == nullptr) return {};
    for (const Value& one : *content) {
      Media media{std::string(one.name().substr(0, one.name().find(';'))), schema::none};
      if (const Value* own = one.find("schema")) {
        const auto id = compiler.compile(*own, holder.resource);
        if (!id) return std::unexpected(id.error());
        media.schema = *id;
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
    return media(*body, requests_, out.body.media);
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
    schema::SchemaId id = schema::none;
    if (const Value* own = at.value->find("schema")) {
      const auto compiled = requests_.compile(*own, at.resource);
      if (!compiled) return std::unexpected(compiled.error());
      id = *compiled;
    }
    for (std::string& type : swagger_types(operation, "consumes")) out.body.media.push_back({std::move(type), id});
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
    if (const Value* own = body->value->find("schema"); own != nullptr && swagger_) {
      const auto id = answers_.compile(*own, body->resource);
      if (!id) return std::unexpected(id.error());
      for (std::string& type : swagger_types(operation, "produces")) one.media.push_back({std::move(type), *id});
    } else if (auto read = media(*body, answers_, one.media); !read) {
      return read;
    }
    out.answers.push_back(std::move(one));
    return {};
  }

  const Spec& spec_;
  bool swagger_;
  bool with_answers_;
  std::shared_ptr<Trees> trees_;
  Resources resources_;
  Compiler requests_;
  Compiler answers_;
  std::map<std::string, Resources::Id> ids_;
  const Value* root_ = nullptr;
  Plan plan_;
};

}  // namespace

Result<std::shared_ptr<const Plan>> build_plan(const Spec& spec, std::span<const std::uint32_t> origins, bool strict,
                                               bool answers) {
  return PlanBuilder(spec, strict, answers).build(origins);
}

}  // namespace sallyport::controls::contract
