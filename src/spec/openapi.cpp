#include "spec/openapi.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "spec/lifecycle.hpp"
#include "spec/path_template.hpp"
#include "spec/references.hpp"
#include "spec/security.hpp"
#include "spec/servers.hpp"

namespace sallyport {
namespace {

using document::Document;
using document::Entry;
using document::Kind;
using document::Node;

struct MethodKey {
  std::string_view key;
  std::string_view token;
  Method method;
};
constexpr std::array<MethodKey, 8> method_keys{{{"get", "GET", Method::get},
                                                {"put", "PUT", Method::put},
                                                {"post", "POST", Method::post},
                                                {"delete", "DELETE", Method::delete_},
                                                {"options", "OPTIONS", Method::options},
                                                {"head", "HEAD", Method::head},
                                                {"patch", "PATCH", Method::patch},
                                                {"trace", "TRACE", Method::trace}}};

const MethodKey* method_of(std::string_view key) {
  const auto at = std::ranges::find(method_keys, key, &MethodKey::key);
  return at == method_keys.end() ? nullptr : &*at;
}

// Members of a path item that are no methods, in any version.
bool is_path_member(std::string_view key) {
  static constexpr std::array<std::string_view, 5> known{"$ref", "summary", "description", "servers", "parameters"};
  return key.starts_with("x-") || std::ranges::find(known, key) != known.end();
}

std::string_view text_at(const Node& node, std::string_view key) {
  const Node* found = node.find(key);
  return found == nullptr ? std::string_view{} : found->text();
}

std::string same_path(const Entry& path, const Entry& other) {
  return fmt::format("path '{}' is the same as '{}' at {}", path.key, other.key, other.where());
}

class Loader {
 public:
  Loader(std::shared_ptr<const Document> document, std::optional<std::filesystem::path> file)
      : root_(document->root()), references_(std::move(document), std::move(file)) {}

  Result<Spec> load() {
    for (const auto step : {&Loader::read_dialect, &Loader::read_root, &Loader::read_paths}) {
      if (auto done = (this->*step)(); !done) return std::unexpected(std::move(done.error()));
    }
    spec_.documents = references_.documents();
    return std::move(spec_);
  }

 private:
  // What all operations of one path share.
  struct Path {
    const Entry& entry;
    PathTemplate path_template;
    std::vector<const Node*> items;
    Lifecycle lifecycle;  // with that of the root
    std::vector<std::string> base_paths;
  };

  Result<void> read_dialect();
  Result<void> read_root();
  Result<void> read_paths();
  Result<void> read_path(const Entry& entry);
  Result<void> read_operations(const Path& path);
  Result<void> read_operation(const Path& path, const MethodKey& method, const Node& node);
  Result<PathTemplate> check_template(const Entry& entry);
  Result<std::vector<std::string>> servers_of(const Node& holder);
  void warn(std::string where, std::string message) {
    spec_.warnings.push_back({std::move(where), std::move(message)});
  }

  const Node& root_;
  References references_;
  bool swagger_ = false;
  Lifecycle lifecycle_;  // of the root
  SecurityReader security_;
  Spec spec_;
  std::map<std::string, const Entry*> shapes_;                     // PathTemplate::shape() -> the first path of it
  std::map<std::string, const Entry*> declared_;                   // the same with a method before it
  std::map<std::string, std::string, std::less<>> operation_ids_;  // -> where
};

Result<void> Loader::read_dialect() {
  const Node* openapi = root_.find("openapi");
  const Node* swagger = root_.find("swagger");
  const Node* version = openapi != nullptr ? openapi : swagger;
  if (version == nullptr || version->kind() != Kind::scalar) {
    return fail(ErrorCode::invalid, "no OpenAPI description: neither 'openapi' nor 'swagger' is set", root_.where());
  }
  const std::string_view text = version->text();
  swagger_ = openapi == nullptr;
  const bool known = swagger_ ? text == "2.0" : text.starts_with("3.0.") || text.starts_with("3.1.");
  if (!known) {
    return fail(ErrorCode::invalid, fmt::format("unsupported version '{}'", text), version->where(),
                "supported are OpenAPI 3.0, OpenAPI 3.1 and Swagger 2.0");
  }
  spec_.dialect = fmt::format("{} {}", swagger_ ? "Swagger" : "OpenAPI", text);
  return {};
}

Result<void> Loader::read_root() {
  const Node* info = root_.find("info");
  if (info != nullptr) {
    spec_.title = text_at(*info, "title");
    spec_.version = text_at(*info, "version");
  }
  const Node& at = info != nullptr ? *info : root_;
  if (spec_.title.empty()) warn(at.where(), "the description has no title");
  if (spec_.version.empty()) warn(at.where(), "the description has no version");

  auto lifecycle = read_lifecycle(root_);
  if (!lifecycle) return std::unexpected(std::move(lifecycle.error()));
  lifecycle_ = std::move(*lifecycle);
  spec_.owner = lifecycle_.owner;
  spec_.stage = lifecycle_.stage.value_or(Stage::production);

  if (auto security = security_.read_root(root_, swagger_); !security) return security;

  if (swagger_) {
    const Node* base = root_.find("basePath");
    const std::string_view text = base == nullptr ? "/" : base->text();
    if (!text.starts_with('/') && !text.empty()) warn(base->where(), "basePath must begin with '/'");
    auto plain = plain_base_path(text.starts_with('/') ? std::string(text) : fmt::format("/{}", text));
    if (!plain) {
      plain.error().where = base->where();
      return std::unexpected(std::move(plain.error()));
    }
    spec_.base_paths = {std::move(*plain)};
    return {};
  }
  auto paths = servers_of(root_);
  if (!paths) return std::unexpected(std::move(paths.error()));
  spec_.base_paths = std::move(*paths);
  if (spec_.base_paths.empty()) spec_.base_paths = {"/"};
  return {};
}

Result<std::vector<std::string>> Loader::servers_of(const Node& holder) {
  const Node* servers = swagger_ ? nullptr : holder.find("servers");
  if (servers == nullptr) return std::vector<std::string>{};
  return server_paths(*servers);
}

Result<void> Loader::read_paths() {
  const Node* paths = root_.find("paths");
  if (paths == nullptr) {
    // OpenAPI 3.1 allows a description of webhooks or components alone.
    if (spec_.dialect.starts_with("OpenAPI 3.1")) return {};
    return fail(ErrorCode::invalid, "the description has no paths", root_.where());
  }
  if (paths->kind() == Kind::null) return {};
  if (!paths->is_mapping()) return fail(ErrorCode::invalid, "paths must be a mapping", paths->where());
  for (const Entry& entry : paths->entries()) {
    if (entry.key.starts_with("x-")) continue;
    if (auto read = read_path(entry); !read) return read;
  }
  return {};
}

Result<PathTemplate> Loader::check_template(const Entry& entry) {
  auto parsed = parse_path_template(entry.key);
  if (parsed && parsed->segments.empty()) parsed = fail(ErrorCode::invalid, "a path must begin with '/'");
  if (!parsed) {
    parsed.error().where = entry.where();
    return parsed;
  }
  if (const auto [other, added] = shapes_.try_emplace(parsed->shape(), &entry); !added) {
    warn(entry.where(), same_path(entry, *other->second));
  }
  if (!parsed->reachable() || entry.key.find_first_of("?#") != std::string_view::npos) {
    warn(entry.where(),
         fmt::format("no request can match '{}': a path holds no query, fragment, dot or empty segment", entry.key));
  }
  return parsed;
}

Result<void> Loader::read_path(const Entry& entry) {
  auto parsed = check_template(entry);
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  auto items = references_.follow(entry.value);
  if (!items) return std::unexpected(std::move(items.error()));
  Path path{entry, std::move(*parsed), std::move(*items), {}, {}};
  for (const Node* item : path.items) {
    if (!item->is_mapping()) return fail(ErrorCode::invalid, "a path item must be a mapping", item->where());
    auto lifecycle = read_lifecycle(*item);
    if (!lifecycle) return std::unexpected(std::move(lifecycle.error()));
    path.lifecycle.inherit(*lifecycle);
    if (!path.base_paths.empty()) continue;
    auto servers = servers_of(*item);
    if (!servers) return std::unexpected(std::move(servers.error()));
    path.base_paths = std::move(*servers);
  }
  path.lifecycle.inherit(lifecycle_);
  return read_operations(path);
}

Result<void> Loader::read_operations(const Path& path) {
  std::array<const Entry*, method_keys.size()> seen{};
  for (const Node* item : path.items) {
    for (const Entry& entry : item->entries()) {
      const MethodKey* method = method_of(entry.key);
      if (method == nullptr || (swagger_ && method->method == Method::trace)) {
        if (!is_path_member(entry.key)) warn(entry.where(), fmt::format("unknown member '{}' of a path", entry.key));
        continue;
      }
      const Entry*& first = seen[static_cast<std::size_t>(method - method_keys.data())];
      if (first != nullptr) {
        return fail(ErrorCode::invalid, fmt::format("'{}' is declared beside $ref and at {}", entry.key, entry.where()),
                    first->where());
      }
      first = &entry;
      if (auto read = read_operation(path, *method, entry.value); !read) return read;
    }
  }
  return {};
}

Result<void> Loader::read_operation(const Path& path, const MethodKey& method, const Node& node) {
  if (!node.is_mapping()) return fail(ErrorCode::invalid, "an operation must be a mapping", node.where());
  const auto [same, first] =
      declared_.try_emplace(fmt::format("{} {}", method.token, path.path_template.shape()), &path.entry);
  if (!first) {
    return fail(ErrorCode::invalid, fmt::format("{} of {}", method.token, same_path(path.entry, *same->second)),
                path.entry.where(), "templates that differ in the names of variables only are one path");
  }
  bool deprecated = false;
  if (const Node* flag = node.find("deprecated"); flag != nullptr) {
    deprecated = flag->text() == "true";
    if (flag->quoted() || (!deprecated && flag->text() != "false")) {
      return fail(ErrorCode::invalid, "deprecated must be true or false", flag->where());
    }
  }
  auto lifecycle = read_lifecycle(node);
  if (!lifecycle) return std::unexpected(std::move(lifecycle.error()));
  auto servers = servers_of(node);
  if (!servers) return std::unexpected(std::move(servers.error()));

  Operation operation;
  operation.index = static_cast<std::uint32_t>(spec_.operations.size());
  operation.method = method.method;
  operation.method_token = method.token;
  operation.path_template = path.entry.key;
  operation.parameters = path.path_template.variables;
  operation.operation_id = text_at(node, "operationId");
  operation.stage = operation_stage(*lifecycle, deprecated, path.lifecycle);
  operation.label = fmt::format("{} {}", method.token, path.entry.key);
  const std::string_view summary = text_at(node, "summary");
  // What an operation says of itself is nearer to it than what is said around it.
  if (lifecycle->purpose.empty()) lifecycle->purpose = summary;
  lifecycle->inherit(path.lifecycle);
  operation.deprecation = std::move(lifecycle->deprecation);
  operation.sunset = std::move(lifecycle->sunset);
  operation.owner = std::move(lifecycle->owner);
  operation.purpose = std::move(lifecycle->purpose);
  operation.data_classes = std::move(lifecycle->data);

  if (auto security = security_.read_operation(node, operation); !security) return security;
  if (const Node* tags = node.find("tags"); tags != nullptr) {
    for (const Node& tag : tags->items()) operation.tags.emplace_back(tag.text());
  }

  if (!operation.operation_id.empty()) {
    const auto [other, added] = operation_ids_.try_emplace(operation.operation_id, node.where());
    if (!added) warn(node.where(), fmt::format("operationId '{}' stands at {} already", other->first, other->second));
  }
  spec_.operations.push_back(std::move(operation));
  spec_.sources.push_back({&node, path.items, servers->empty() ? path.base_paths : *servers});
  return {};
}

Result<Spec> read(Document document, std::optional<std::filesystem::path> file) {
  return Loader(std::make_shared<const Document>(std::move(document)), std::move(file)).load();
}

}  // namespace

Result<Spec> load_openapi(const std::string& path) {
  auto document = document::load(path);
  if (!document) return std::unexpected(std::move(document.error()));
  return read(std::move(*document), path);
}

Result<Spec> parse_openapi(Document document) { return read(std::move(document), {}); }

}  // namespace sallyport
