// One document a line, held to a GraphQL schema, as conformance suites ask for it.
#include <iostream>
#include <memory>

#include "base/json_text.hpp"
#include "debug.hpp"
#include "decode/json.hpp"
#include "document/file.hpp"
#include "graphql/coerce.hpp"
#include "graphql/validate.hpp"

namespace sallyport::cli {
namespace {

using decode::Kind;
using decode::Value;

constexpr std::size_t longest_file = std::size_t{16} << 20;

std::string_view text_of(const Value& line, std::string_view name) {
  const Value* found = line.find(name);
  return found != nullptr && found->is(Kind::string) ? found->text() : std::string_view();
}

class Judging {
 public:
  explicit Judging(std::shared_ptr<const graphql::Schema> schema) : schema_(std::move(schema)) {}

  void line(const std::string& text) {
    Arena arena;
    out_ = R"({"id":)";
    const auto tree = decode::parse_json(text, arena, {.duplicates = true});
    if (!tree || !(*tree)->is(Kind::object)) {
      out_ += "null";
      error("a line is a JSON object");
    } else {
      const Value* id = (*tree)->find("id");
      if (id != nullptr && id->is(Kind::string)) append_json(out_, id->text());
      if (id == nullptr || !id->is(Kind::string)) out_ += id != nullptr && id->is(Kind::number) ? id->text() : "null";
      judge(**tree, arena);
    }
    std::cout << out_ << std::endl;
  }

 private:
  void error(std::string_view what) {
    out_ += R"(,"error":)";
    append_json(out_, what);
    out_ += "}";
  }
  void invalid(std::string_view rule, std::string_view detail, decode::Position at) {
    out_ += R"(,"valid":false,"rule":)";
    append_json(out_, rule);
    out_ += R"(,"detail":)";
    append_json(out_, detail);
    out_ += R"(,"line":)" + std::to_string(at.line) + R"(,"column":)" + std::to_string(at.column) + "}";
  }

  void judge(const Value& line, Arena& arena) {
    if (line.find("schema") != nullptr) {
      auto schema = graphql::Schema::read(text_of(line, "schema"));
      if (!schema) return error(schema.error().text());
      schema_ = std::move(*schema);
    }
    if (line.find("query") == nullptr) return static_cast<void>(out_ += R"(,"valid":true})");
    if (schema_ == nullptr) return error("there is no schema");
    const std::string_view query = text_of(line, "query");
    const auto document = decode::parse_graphql(query, arena);
    if (!document) {
      return invalid(document.error().rule, document.error().detail,
                     decode::position_of(query, document.error().offset));
    }
    const auto typed = graphql::validate(**document, *schema_, arena);
    if (!typed) {
      return invalid(typed.error().rule, typed.error().detail, decode::position_of(query, typed.error().offset));
    }
    const Value* variables = line.find("variables");
    for (const graphql::Definition& one : typed->definitions) {
      if (variables == nullptr || !one.node->is(decode::GraphqlKind::operation)) continue;
      if (const auto wrong = graphql::misfit_of_variables(*schema_, *one.node, variables)) {
        return invalid(wrong->rule, wrong->detail, {});
      }
    }
    out_ += R"(,"valid":true})";
  }

  std::shared_ptr<const graphql::Schema> schema_;
  std::string out_;
};

int run(const std::string& file) {
  std::shared_ptr<const graphql::Schema> schema;
  if (!file.empty()) {
    const auto text = document::read_file(file, longest_file);
    auto read = text ? graphql::Schema::read(*text) : std::unexpected(text.error());
    if (!read) {
      std::cerr << file << ": " << read.error().text() << "\n";
      return findings;
    }
    schema = std::move(*read);
  }
  Judging judging(std::move(schema));
  for (std::string line; std::getline(std::cin, line);) judging.line(line);
  return good;
}

}  // namespace

void debug_graphql(CLI::App& debug, int& exit) {
  auto file = std::make_shared<std::string>();
  auto* part = debug.add_subcommand(
      "graphql",
      "Reads lines {\"id\", \"query\", \"variables\", \"schema\"} and answers each with {\"id\", \"valid\"} and, when\n"
      "it is not, the rule and place, or with {\"id\", \"error\"}. `schema` takes the place of the last one.");
  part->add_option("--schema", *file, "The schema: SDL, or the JSON of an introspection query");
  part->footer("Example: sallyport debug graphql --schema shop.graphql < lines");
  part->callback([file, &exit] { exit = run(*file); });
}

}  // namespace sallyport::cli
