// What the specification says of each operation, ready to be asked.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "decode/media_type.hpp"
#include "schema/program.hpp"

namespace sallyport::controls::contract {

enum class In : std::uint8_t { path, query, header, cookie };
enum class Style : std::uint8_t {
  simple,
  label,
  matrix,
  form,
  space_delimited,
  pipe_delimited,
  tab_delimited,
  deep_object,
  json
};
enum class Shape : std::uint8_t { scalar, array, object };

struct Parameter {
  std::string name;
  In in = In::query;
  Style style = Style::form;
  bool explode = true;
  bool required = false;
  bool allow_empty = false;
  Shape shape = Shape::scalar;
  std::vector<std::string> members;        // of objects: names that a query may hold on their own
  schema::SchemaId schema = schema::none;  // of the request program; none: anything
  schema::SchemaId items = schema::none;   // of arrays
};

struct Media {
  std::string type;                        // "application/json", "text/*", "*/*"
  schema::SchemaId schema = schema::none;  // none: anything
  [[nodiscard]] bool takes(const decode::MediaType& type) const;
};

struct Body {
  bool declared = false;
  bool required = false;
  std::vector<Media> media;
};

struct Answer {
  std::uint16_t status = 0;  // 0: default; 4: all of 4XX
  std::vector<Media> media;  // none: no body is described
};

struct OperationPlan {
  std::vector<Parameter> parameters;
  Body body;
  std::vector<Answer> answers;
  [[nodiscard]] const Answer* answer_for(std::uint16_t status) const;
};

struct Plan {
  schema::Program requests;
  schema::Program answers;
  std::vector<OperationPlan> operations;      // by Operation::index
  std::vector<std::string> query_everywhere;  // keys that security schemes send in the query
};

// The most specific media type that takes it, or null.
[[nodiscard]] const Media* choose(const std::vector<Media>& media, const decode::MediaType& type);

}  // namespace sallyport::controls::contract
