// BodyShapes: what forms and XML bodies look like, from the schema of a media type and its
// `encoding` and `xml` hints (OpenAPI 3.1 §4.8.14, §4.8.15, §4.8.26).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controls/contract/documents.hpp"
#include "controls/contract/plan.hpp"
#include "schema/compiler.hpp"

#include <sallyport/result.hpp>

namespace sallyport::controls::contract {

class BodyShapes {
 public:
  BodyShapes(Documents& documents, schema::Compiler& compiler, std::vector<XmlShape>& xml)
      : documents_(documents), compiler_(compiler), xml_(xml) {}

  // Fields of the form that `schema` describes; `encoding` may be null.
  Result<std::vector<FormField>> fields(Seen schema, const decode::Value* encoding);
  // Of one field that stands alone (Swagger 2: `in: formData`).
  Result<FormField> field(std::string_view name, Seen schema);
  // The root element; its name goes to Media::root.
  Result<void> xml(Seen schema, Media& media);

 private:
  struct Named {
    std::string name;
    Seen schema;
  };
  Result<void> properties(Seen schema, int depth, std::vector<Named>& out);
  Result<Shape> shape(Seen schema, int depth);
  // `items` of an array schema, or a null value.
  Result<Seen> items(Seen schema, int depth);
  Result<std::uint32_t> element(Seen schema, const std::string& name);
  Result<XmlShape::Member> member(const Named& property);
  Result<const decode::Value*> hints(Seen schema);

  Documents& documents_;
  schema::Compiler& compiler_;
  std::vector<XmlShape>& xml_;
  std::map<std::pair<const decode::Value*, std::string>, std::uint32_t> known_;
};

}  // namespace sallyport::controls::contract
