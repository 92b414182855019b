#include "controls/contract/documents.hpp"

#include <filesystem>

#include <fmt/format.h>

namespace sallyport::controls::contract {
namespace {

constexpr std::string_view file_scheme = "file://";
constexpr int max_chain = 16;  // references that lead to references

std::string uri_of(std::string_view origin) {
  return std::string(file_scheme) + std::filesystem::absolute(std::string(origin)).lexically_normal().string();
}

}  // namespace

Documents::Documents() : resources_([this](const std::string& uri) { return load(uri); }) {}

Result<std::unique_ptr<Documents>> Documents::read(const Spec& spec) {
  std::unique_ptr<Documents> out(new Documents());
  const bool modern = spec.dialect.starts_with("OpenAPI 3.1");
  const schema::Dialect dialect{modern ? schema::Version::draft2020 : schema::Version::openapi30, true, true};
  for (const auto& document : spec.documents) {
    const auto tree = out->add(document);
    if (!tree) return std::unexpected(tree.error());
    out->ids_[document->origin()] = out->resources_.add_document(uri_of(document->origin()), **tree, dialect);
  }
  out->root_ = out->seen(spec.documents.front()->root());
  return out;
}

Result<const decode::Value*> Documents::add(const std::shared_ptr<const document::Document>& document) {
  const auto tree = to_values(document->root(), arena_, &places_);
  if (!tree) return tree;
  documents_.push_back(document);
  by_uri_.emplace(uri_of(document->origin()), *tree);
  return tree;
}

Result<const decode::Value*> Documents::load(const std::string& uri) {
  if (const auto known = by_uri_.find(uri); known != by_uri_.end()) return known->second;
  if (!uri.starts_with(file_scheme)) return nullptr;
  std::error_code error;
  const auto path = std::filesystem::weakly_canonical(uri.substr(file_scheme.size()), error);
  const auto home = std::filesystem::weakly_canonical(documents_.front()->origin(), error).parent_path();
  const auto below = path.lexically_relative(home);
  if (below.empty() || below.string().starts_with("..")) {
    return fail(ErrorCode::invalid, "a reference leads out of the directory of the specification", uri);
  }
  auto read = document::load(path.string());
  if (!read) return std::unexpected(read.error());
  const auto tree = add(std::make_shared<const document::Document>(std::move(*read)));
  if (tree) by_uri_.emplace(uri, *tree);
  return tree;
}

Seen Documents::seen(const document::Node& node) const {
  return {places_.at(&node), ids_.at(std::string(node.origin()))};
}

Result<Seen> Documents::follow(Seen at) {
  for (int chain = 0; chain < max_chain; ++chain) {
    const decode::Value* reference = at.value->find("$ref");
    if (reference == nullptr || !reference->is(decode::Kind::string)) return at;
    const auto place = resources_.resolve(at.resource, reference->text());
    if (!place) return std::unexpected(place.error());
    at = {place->value, place->resource};
  }
  return fail(ErrorCode::invalid, "a reference leads to itself");
}

std::string Documents::where(Seen at) const {
  std::string_view name = resources_[at.resource].uri;
  if (name.starts_with(file_scheme)) name.remove_prefix(file_scheme.size());
  return fmt::format("{}:{}", name, at.value->offset());
}

}  // namespace sallyport::controls::contract
