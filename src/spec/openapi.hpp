// Reads an OpenAPI description: OpenAPI 3.0.x and 3.1.x, Swagger 2.0, as YAML or JSON.
//
// Of each operation only what routing and lifecycle need; schemas are compiled elsewhere from the
// nodes kept in Spec::sources.
//
// Errors (with file:line:column): no OpenAPI document, another version, a path that does not
// begin with '/' or whose braces or variables are wrong, two paths that are the same but for
// variable names and declare the same method (both positions), an operation or path item that is
// no mapping, `deprecated`
// that is no boolean, a server variable in a path without default, and every mistake inside
// `x-sallyport` (lifecycle.hpp). What can be lived with is a Warning: duplicate operationIds,
// unknown members of path items, paths that no request can match, missing title or version, and
// two paths that are the same but for variable names when no method is declared twice. The
// standard forbids those, too; well-known descriptions hold them and nothing in them is ambiguous.
//
// `$ref` of a path item may name a place in this document ("#/paths/~1pets") or in a file below
// the directory of the description ("pets.yaml#/item"). Nothing is fetched. Refused: URLs, files
// outside that directory (symbolic links followed), cycles. Members beside `$ref` are used, too;
// a method in both is an error.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sallyport/operation.hpp>
#include <sallyport/result.hpp>

#include "document/node.hpp"

namespace sallyport {

struct Warning {
  std::string where;  // "file:line:column"
  std::string message;
};

// Where an operation came from. Nodes live as long as the documents of the Spec.
struct OperationSource {
  const document::Node* operation = nullptr;
  // The path items that apply: the one under `paths`, then what its $ref named, and so on. A
  // member of an earlier one hides that of a later one.
  std::vector<const document::Node*> path_items;
  // From `servers` of the operation or its path item; empty: those of the Spec apply.
  std::vector<std::string> base_paths;
};

struct Spec {
  std::string title;
  std::string version;              // info.version
  std::string dialect;              // "OpenAPI 3.1.0", "Swagger 2.0"
  std::string owner;                // x-sallyport of the root
  Stage stage = Stage::production;  // x-sallyport of the root
  // Paths of the root's servers in order, each once; variables stand for their defaults. "/v1",
  // and "/" for none. Never empty.
  std::vector<std::string> base_paths;
  std::vector<Operation> operations;     // path_template and label WITHOUT base path
  std::vector<OperationSource> sources;  // sources[i] belongs to operations[i]
  std::vector<Warning> warnings;
  // The description, then the files that it refers to.
  std::vector<std::shared_ptr<const document::Document>> documents;
};

// Reads a file. Files of `$ref` are read from below its directory.
[[nodiscard]] Result<Spec> load_openapi(const std::string& path);
// Takes a document that is not a file: `$ref` to files is refused.
[[nodiscard]] Result<Spec> parse_openapi(document::Document document);

// The operations of a Spec as a gateway serves them, ready for Api::operations and Api::base_path.
struct Mounted {
  std::string base_path;               // claims all operations: the longest common beginning
  std::vector<Operation> operations;   // path_template and label with base path, index set
  std::vector<std::uint32_t> origins;  // operations[i] is Spec::operations[origins[i]]
};

// Each operation at every base path of its servers. With `base_override` ("/" or "/v1") instead
// each at that path alone: all `servers` are ignored. An override that is not a plain path is an
// error.
[[nodiscard]] Result<Mounted> mount(const Spec& spec, std::optional<std::string_view> base_override = {});

}  // namespace sallyport
