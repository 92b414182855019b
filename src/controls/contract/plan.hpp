// What the specification says of each operation, ready to be asked.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "controls/contract/documents.hpp"
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

// A field of a form, or the parts of one name of a multipart form.
struct FormField {
  std::string name;
  schema::SchemaId schema = schema::none;
  schema::SchemaId items = schema::none;  // of arrays
  Shape shape = Shape::scalar;
  bool items_are_objects = false;
  bool required = false;  // Swagger 2: nothing else says so
  bool explode = true;
  Style style = Style::form;
  std::vector<std::string> types;  // what `encoding` lets a part be: "image/png", "image/*"; none: anything
};

// An element of an XML body, or an attribute of one, by the hints of OpenAPI's XML objects.
struct XmlShape {
  struct Member {
    std::string property;
    std::string name;   // of the element or attribute
    std::string space;  // namespace; empty: any
    bool attribute = false;
    bool unwrapped = false;   // an array whose items stand in this element themselves
    std::uint32_t shape = 0;  // in Plan::xml
  };
  Shape shape = Shape::scalar;
  schema::SchemaId schema = schema::none;
  std::string item_name;               // of arrays
  std::uint32_t items = schema::none;  // of arrays, in Plan::xml
  std::vector<Member> members;         // of objects
};

struct Media {
  std::string type;                        // "application/json", "text/*", "*/*"
  schema::SchemaId schema = schema::none;  // none: anything
  std::vector<FormField> fields = {};      // of forms, by name
  Seen source = {};                        // of the schema, in Plan::documents
  bool closed = false;                     // Swagger 2: `fields` are all there may be, and each is judged alone
  std::string root = {};                   // of XML: the name of the root element; empty: any
  std::uint32_t xml = schema::none;        // in Plan::xml
  [[nodiscard]] const FormField* field(std::string_view name) const;
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

// An example of the specification, for who wants to know whether it fits its schema.
struct Example {
  std::string where;  // "openapi.yaml:12"
  const decode::Value* value = nullptr;
  schema::SchemaId schema = schema::none;
  bool answer = false;  // of the answer program
};

struct Plan {
  schema::Program requests;
  schema::Program answers;
  std::vector<OperationPlan> operations;  // by Operation::index
  std::vector<XmlShape> xml;
  std::vector<Example> examples;              // when they were asked for
  std::shared_ptr<Documents> documents;       // that the programs point into
  std::vector<std::string> query_everywhere;  // keys that security schemes send in the query
};

// The most specific media type that takes it, or null.
[[nodiscard]] const Media* choose(const std::vector<Media>& media, const decode::MediaType& type);

}  // namespace sallyport::controls::contract
