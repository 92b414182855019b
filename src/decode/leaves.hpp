// Leaves: every place of a message that carries something of the client, one by one, each with
// where it stands. What looks for attacks or for sensitive data walks these and misses none.
//
//   visit_head(request, arena, [&](const Leaf& leaf) { inspect(leaf); return true; });
//   visit_content(*content, arena, [&](const Leaf& leaf) { ... });
//
// Values are decoded once, by the rules of their place: percent-decoded in paths and queries,
// unescaped in JSON and XML. What may be wrapped inside a value is nested.hpp's.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "decode/content.hpp"

#include <sallyport/arena.hpp>
#include <sallyport/message.hpp>

namespace sallyport::decode {

// Names are leaves too: an attack may stand in the name of a parameter.
enum class Place : std::uint8_t {
  path_segment,
  query_name,
  query_value,
  header_name,
  header_value,
  cookie_name,
  cookie_value,
  json_name,
  json_string,
  json_number,
  form_name,
  form_value,
  part_name,
  part_filename,
  part_header,
  part_content,  // text, or bytes of a file
  xml_name,      // of an element or attribute
  xml_attribute,
  xml_text,
  xml_cdata,
  xml_comment,
  xml_instruction,
  graphql_name,     // of an operation, alias, variable
  graphql_literal,  // a string
  text,             // a whole body of text
  bytes,            // a whole body that is not looked into further
};
[[nodiscard]] std::string_view place_name(Place place) noexcept;

struct Leaf {
  Place place = Place::text;
  std::string_view name;        // of the parameter, field, member, element; empty for items and texts
  std::string_view value;       // decoded
  const Value* json = nullptr;  // of JSON: the node; pointer_to() of pointer.hpp tells its place
  const Value* root = nullptr;  // of JSON: the tree it stands in
};

// Returns false to stop.
using Visit = std::function<bool(const Leaf&)>;

// What could not be taken apart and therefore was not visited leaf by leaf: the rule of the first
// such place (a Cookie field with a nameless cookie, a query with a bad escape), or empty. The
// place was then visited raw, as one value.
struct Visited {
  bool stopped = false;
  std::string_view unread;
  std::uint32_t unread_count = 0;
};

// Path segments, query, fields, cookies. Fields that were removed are left out.
Visited visit_head(const Request& request, Arena& arena, const Visit& visit);
// The parts of a multipart are read as their types say, one level deep.
Visited visit_content(const Content& content, Arena& arena, const Visit& visit);

}  // namespace sallyport::decode
