#include "spec/references.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "http/characters.hpp"

namespace sallyport {
namespace {

using document::Document;
using document::Node;
namespace fs = std::filesystem;

// RFC 3986 §2.1; a '%' that begins no encoding stays.
std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = i + 1 < text.size() ? http::hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? http::hex_value(text[i + 2]) : -1;
    const bool encoded = text[i] == '%' && high >= 0 && low >= 0;
    out += encoded ? static_cast<char>(high * 16 + low) : text[i];
    if (encoded) i += 2;
  }
  return out;
}

// RFC 6901 §4: "~1" is '/', "~0" is '~'.
std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const char next = i + 1 < token.size() ? token[i + 1] : '\0';
    const bool escape = token[i] == '~' && (next == '0' || next == '1');
    out += escape ? (next == '1' ? '/' : '~') : token[i];
    if (escape) ++i;
  }
  return out;
}

const Node* item_at(const Node& sequence, std::string_view token) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  const bool number = error == std::errc{} && end == token.data() + token.size();
  return number && index < sequence.items().size() ? &sequence.items()[index] : nullptr;
}

// "http://x", "file:/x": a scheme before the first '/' (RFC 3986 §3.1), or "//host".
bool is_url(std::string_view reference) {
  const std::size_t colon = reference.find(':');
  return reference.starts_with("//") || (colon != reference.npos && colon > 0 && colon < reference.find('/'));
}

bool is_below(const fs::path& path, const fs::path& directory) {
  return std::mismatch(directory.begin(), directory.end(), path.begin(), path.end()).first == directory.end();
}

}  // namespace

const Node* at_pointer(const Node& root, std::string_view pointer) {
  const Node* at = &root;
  while (!pointer.empty()) {
    if (pointer.front() != '/') return nullptr;
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    const std::string token = unescaped(pointer.substr(0, end));
    pointer.remove_prefix(end);
    at = at->is_sequence() ? item_at(*at, token) : at->find(token);
    if (at == nullptr) return nullptr;
  }
  return at;
}

References::References(std::shared_ptr<const Document> main, std::optional<fs::path> file) {
  std::error_code error;
  fs::path path = file ? fs::canonical(*file, error) : fs::path{};
  directory_ = path.parent_path();
  files_.push_back({std::move(main), std::move(path)});
}

const References::File& References::file_of(const Node& node) const {
  const auto at =
      std::ranges::find_if(files_, [&](const File& file) { return file.document->origin() == node.origin(); });
  return at == files_.end() ? files_.front() : *at;
}

Result<const Document*> References::open(std::string_view name, const Node& reference) {
  const File& from = file_of(reference);
  if (from.path.empty())
    return fail(ErrorCode::invalid, "a $ref to a file needs a description that is a file", reference.where());
  std::error_code error;
  const fs::path path = fs::canonical(from.path.parent_path() / fs::path(percent_decoded(name)), error);
  if (error)
    return fail(ErrorCode::not_found, fmt::format("$ref names '{}': {}", name, error.message()), reference.where());
  if (!is_below(path, directory_)) {
    return fail(ErrorCode::invalid,
                fmt::format("$ref names '{}', which is outside the directory of the description", name),
                reference.where(), "move the file below that directory");
  }
  for (const File& file : files_) {
    if (file.path == path) return file.document.get();
  }
  if (files_.size() == max_files)
    return fail(ErrorCode::limit, "more than 256 files are referenced", reference.where());
  if (!fs::is_regular_file(path, error))
    return fail(ErrorCode::invalid, fmt::format("$ref names '{}', which is no file", name), reference.where());
  auto document = document::load(path.string());
  if (!document) return std::unexpected(std::move(document.error()));
  files_.push_back({std::make_shared<const Document>(std::move(*document)), path});
  return files_.back().document.get();
}

Result<const Node*> References::resolve(const Node& reference) {
  const std::string_view text = reference.text();
  if (text.empty()) return fail(ErrorCode::invalid, "$ref must be text", reference.where());
  if (is_url(text))
    return fail(ErrorCode::invalid, fmt::format("$ref '{}' is a URL: nothing is fetched", text), reference.where(),
                "keep the file beside the description");
  const std::size_t hash = std::min(text.find('#'), text.size());
  const Document* document = file_of(reference).document.get();
  if (hash != 0) {
    const auto opened = open(text.substr(0, hash), reference);
    if (!opened) return std::unexpected(opened.error());
    document = *opened;
  }
  const std::string pointer = percent_decoded(text.substr(std::min(hash + 1, text.size())));
  const Node* node = at_pointer(document->root(), pointer);
  if (node == nullptr)
    return fail(ErrorCode::not_found, fmt::format("$ref '{}' names no place", text), reference.where());
  return node;
}

Result<std::vector<const Node*>> References::follow(const Node& start) {
  std::vector<const Node*> out{&start};
  while (const Node* reference = out.back()->find("$ref")) {
    const auto next = resolve(*reference);
    if (!next) return std::unexpected(next.error());
    if (std::ranges::find(out, *next) != out.end())
      return fail(ErrorCode::invalid, "$ref leads back to itself", reference->where());
    if (out.size() > max_chain) return fail(ErrorCode::limit, "more than 16 references in a row", reference->where());
    out.push_back(*next);
  }
  return out;
}

std::vector<std::shared_ptr<const Document>> References::documents() const {
  std::vector<std::shared_ptr<const Document>> out;
  out.reserve(files_.size());
  for (const File& file : files_) out.push_back(file.document);
  return out;
}

}  // namespace sallyport
