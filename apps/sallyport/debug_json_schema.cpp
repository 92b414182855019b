// One schema and one instance a line, as conformance suites ask for them.
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>

#include "base/json_text.hpp"
#include "debug.hpp"
#include "decode/json.hpp"
#include "document/file.hpp"
#include "schema/compiler.hpp"

namespace sallyport::cli {
namespace {

using decode::Value;

constexpr decode::Limits generous{.depth = 1000, .names = 1'000'000, .values = 1'000'000, .duplicates = true};
constexpr std::size_t longest_file = std::size_t{64} << 20;

// Documents by URI: the standard meta-schemas, and a folder that stands for an address.
class Documents {
 public:
  explicit Documents(std::string folder) : folder_(std::move(folder)) {}

  Result<const Value*> load(const std::string& uri) {
    if (const auto known = trees_.find(uri); known != trees_.end()) return known->second;
    constexpr std::string_view address = "http://localhost:1234/";
    std::string text(schema::metaschema(uri));
    if (text.empty() && uri.starts_with(address) && !folder_.empty()) {
      const std::filesystem::path path = std::filesystem::path(folder_) / uri.substr(address.size());
      auto read = document::read_file(path.string(), longest_file);
      if (!read) return std::unexpected(read.error());
      text = std::move(*read);
    }
    if (text.empty()) return nullptr;
    texts_.push_back(std::make_unique<std::string>(std::move(text)));
    const auto tree = decode::parse_json(*texts_.back(), arena_, generous);
    if (!tree) return fail(ErrorCode::invalid, std::string(tree.error().detail), uri);
    return trees_[uri] = *tree;
  }

 private:
  std::string folder_;
  Arena arena_;
  std::vector<std::unique_ptr<std::string>> texts_;
  std::map<std::string, const Value*> trees_;
};

std::string_view text_of(const Value& line, std::string_view name) {
  const Value* found = line.find(name);
  return found == nullptr ? std::string_view() : found->text();
}

Result<bool> is_valid(const Value& line) {
  const Value* own = line.find("schema");
  const Value* instance = line.find("instance");
  if (own == nullptr || instance == nullptr) return fail(ErrorCode::invalid, "no schema or no instance");
  const std::string_view draft = text_of(line, "draft");
  schema::Dialect dialect;
  dialect.format = text_of(line, "format") == "true";
  if (draft == "draft4") dialect.version = schema::Version::draft4;
  if (draft == "draft7") dialect.version = schema::Version::draft7;

  Documents documents{std::string(text_of(line, "remotes"))};
  schema::Resources resources([&](const std::string& uri) { return documents.load(uri); });
  const auto root = resources.add_schema("", *own, dialect);
  if (!root) return std::unexpected(root.error());
  schema::Compiler compiler(resources);
  const auto id = compiler.compile(*own, *root);
  if (!id) return std::unexpected(id.error());
  const auto program = compiler.finish();
  if (!program) return std::unexpected(program.error());
  Arena scratch;
  const schema::Judged judged = schema::validate(*program, *id, *instance, scratch);
  if (judged.judgement == schema::Judgement::undecided) return fail(ErrorCode::limit, "too much work");
  return judged.judgement == schema::Judgement::good;
}

void answer(const std::string& line) {
  Arena arena;
  const auto tree = decode::parse_json(line, arena, generous);
  std::string out = R"({"id":)";
  const Result<bool> valid =
      tree ? is_valid(**tree) : Result<bool>(fail(ErrorCode::invalid, std::string(tree.error().detail)));
  const Value* id = tree ? (*tree)->find("id") : nullptr;
  if (id == nullptr) {
    out += "null";
  } else if (id->is(decode::Kind::string)) {
    append_json(out, id->text());
  } else {
    out += id->text();
  }
  if (valid) {
    out += *valid ? R"(,"valid":true})" : R"(,"valid":false})";
  } else {
    out += R"(,"error":)";
    append_json(out, valid.error().text());
    out += "}";
  }
  std::cout << out << std::endl;
}

}  // namespace

void debug_json_schema(CLI::App& debug, int& exit) {
  auto* part = debug.add_subcommand(
      "json-schema",
      "Reads lines {\"id\", \"draft\": draft2020-12 | draft7 | draft4, \"schema\", \"instance\", \"remotes\", "
      "\"format\"}\n"
      "and answers each with {\"id\", \"valid\"} or {\"id\", \"error\"}. `remotes`: a folder that stands for\n"
      "http://localhost:1234/. `format`: whether the keyword asserts. Nothing is fetched.");
  part->footer("Example: sallyport debug json-schema < lines");
  part->callback([&exit] {
    for (std::string line; std::getline(std::cin, line);) answer(line);
    exit = good;
  });
}

}  // namespace sallyport::cli
