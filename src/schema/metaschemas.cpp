// The standard meta-schemas, in our own words: what a schema must look like in each dialect.
#include <array>

#include "schema/dialect.hpp"

namespace sallyport::schema {
namespace {

struct Text {
  std::string_view uri;
  std::string_view json;
};

constexpr std::string_view draft4 = R"({
"id":"http://json-schema.org/draft-04/schema#","$schema":"http://json-schema.org/draft-04/schema#",
"definitions":{
 "count":{"type":"integer","minimum":0},
 "schemas":{"type":"array","minItems":1,"items":{"$ref":"#"}},
 "named":{"type":"object","additionalProperties":{"$ref":"#"}},
 "names":{"type":"array","minItems":1,"uniqueItems":true,"items":{"type":"string"}},
 "kind":{"enum":["array","boolean","integer","null","number","object","string"]}},
"type":"object",
"properties":{
 "id":{"type":"string"},"$schema":{"type":"string"},"title":{"type":"string"},"description":{"type":"string"},
 "multipleOf":{"type":"number","minimum":0,"exclusiveMinimum":true},
 "maximum":{"type":"number"},"minimum":{"type":"number"},
 "exclusiveMaximum":{"type":"boolean"},"exclusiveMinimum":{"type":"boolean"},
 "maxLength":{"$ref":"#/definitions/count"},"minLength":{"$ref":"#/definitions/count"},
 "maxItems":{"$ref":"#/definitions/count"},"minItems":{"$ref":"#/definitions/count"},
 "maxProperties":{"$ref":"#/definitions/count"},"minProperties":{"$ref":"#/definitions/count"},
 "pattern":{"type":"string","format":"regex"},"uniqueItems":{"type":"boolean"},
 "additionalItems":{"anyOf":[{"type":"boolean"},{"$ref":"#"}]},
 "additionalProperties":{"anyOf":[{"type":"boolean"},{"$ref":"#"}]},
 "items":{"anyOf":[{"$ref":"#"},{"$ref":"#/definitions/schemas"}]},
 "required":{"$ref":"#/definitions/names"},
 "definitions":{"$ref":"#/definitions/named"},"properties":{"$ref":"#/definitions/named"},
 "patternProperties":{"$ref":"#/definitions/named"},
 "dependencies":{"type":"object","additionalProperties":{"anyOf":[{"$ref":"#"},{"$ref":"#/definitions/names"}]}},
 "enum":{"type":"array","minItems":1,"uniqueItems":true},
 "type":{"anyOf":[{"$ref":"#/definitions/kind"},
  {"type":"array","minItems":1,"uniqueItems":true,"items":{"$ref":"#/definitions/kind"}}]},
 "format":{"type":"string"},
 "allOf":{"$ref":"#/definitions/schemas"},"anyOf":{"$ref":"#/definitions/schemas"},
 "oneOf":{"$ref":"#/definitions/schemas"},"not":{"$ref":"#"}},
"dependencies":{"exclusiveMaximum":["maximum"],"exclusiveMinimum":["minimum"]}})";

constexpr std::string_view draft7 = R"({
"$id":"http://json-schema.org/draft-07/schema#","$schema":"http://json-schema.org/draft-07/schema#",
"definitions":{
 "count":{"type":"integer","minimum":0},
 "schemas":{"type":"array","minItems":1,"items":{"$ref":"#"}},
 "named":{"type":"object","additionalProperties":{"$ref":"#"}},
 "names":{"type":"array","uniqueItems":true,"items":{"type":"string"}},
 "kind":{"enum":["array","boolean","integer","null","number","object","string"]}},
"type":["object","boolean"],
"properties":{
 "$id":{"type":"string","format":"uri-reference"},"$schema":{"type":"string","format":"uri"},
 "$ref":{"type":"string","format":"uri-reference"},"$comment":{"type":"string"},
 "title":{"type":"string"},"description":{"type":"string"},
 "readOnly":{"type":"boolean"},"writeOnly":{"type":"boolean"},"examples":{"type":"array"},
 "multipleOf":{"type":"number","exclusiveMinimum":0},
 "maximum":{"type":"number"},"exclusiveMaximum":{"type":"number"},
 "minimum":{"type":"number"},"exclusiveMinimum":{"type":"number"},
 "maxLength":{"$ref":"#/definitions/count"},"minLength":{"$ref":"#/definitions/count"},
 "maxItems":{"$ref":"#/definitions/count"},"minItems":{"$ref":"#/definitions/count"},
 "maxProperties":{"$ref":"#/definitions/count"},"minProperties":{"$ref":"#/definitions/count"},
 "pattern":{"type":"string","format":"regex"},"uniqueItems":{"type":"boolean"},
 "items":{"anyOf":[{"$ref":"#"},{"$ref":"#/definitions/schemas"}]},
 "additionalItems":{"$ref":"#"},"additionalProperties":{"$ref":"#"},
 "contains":{"$ref":"#"},"propertyNames":{"$ref":"#"},
 "required":{"$ref":"#/definitions/names"},
 "definitions":{"$ref":"#/definitions/named"},"properties":{"$ref":"#/definitions/named"},
 "patternProperties":{"type":"object","additionalProperties":{"$ref":"#"},"propertyNames":{"format":"regex"}},
 "dependencies":{"type":"object","additionalProperties":{"anyOf":[{"$ref":"#"},{"$ref":"#/definitions/names"}]}},
 "enum":{"type":"array"},
 "type":{"anyOf":[{"$ref":"#/definitions/kind"},
  {"type":"array","minItems":1,"uniqueItems":true,"items":{"$ref":"#/definitions/kind"}}]},
 "format":{"type":"string"},"contentMediaType":{"type":"string"},"contentEncoding":{"type":"string"},
 "if":{"$ref":"#"},"then":{"$ref":"#"},"else":{"$ref":"#"},
 "allOf":{"$ref":"#/definitions/schemas"},"anyOf":{"$ref":"#/definitions/schemas"},
 "oneOf":{"$ref":"#/definitions/schemas"},"not":{"$ref":"#"}}})";

constexpr std::string_view draft2020 = R"({
"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://json-schema.org/draft/2020-12/schema",
"$vocabulary":{"https://json-schema.org/draft/2020-12/vocab/core":true,
 "https://json-schema.org/draft/2020-12/vocab/applicator":true,
 "https://json-schema.org/draft/2020-12/vocab/unevaluated":true,
 "https://json-schema.org/draft/2020-12/vocab/validation":true,
 "https://json-schema.org/draft/2020-12/vocab/meta-data":true,
 "https://json-schema.org/draft/2020-12/vocab/format-annotation":true,
 "https://json-schema.org/draft/2020-12/vocab/content":true},
"$dynamicAnchor":"meta","type":["object","boolean"],
"allOf":[{"$ref":"meta/core"},{"$ref":"meta/applicator"},{"$ref":"meta/unevaluated"},{"$ref":"meta/validation"},
 {"$ref":"meta/meta-data"},{"$ref":"meta/format-annotation"},{"$ref":"meta/content"}],
"properties":{
 "definitions":{"type":"object","additionalProperties":{"$dynamicRef":"#meta"}},
 "dependencies":{"type":"object","additionalProperties":{"anyOf":[{"$dynamicRef":"#meta"},
  {"$ref":"meta/validation#/$defs/names"}]}},
 "$recursiveAnchor":{"$ref":"meta/core#/$defs/anchor"},"$recursiveRef":{"$ref":"meta/core#/$defs/reference"}}})";

constexpr std::string_view core = R"({
"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://json-schema.org/draft/2020-12/meta/core",
"$dynamicAnchor":"meta","type":["object","boolean"],
"properties":{
 "$id":{"$ref":"#/$defs/reference","pattern":"^[^#]*#?$"},"$schema":{"$ref":"#/$defs/absolute"},
 "$ref":{"$ref":"#/$defs/reference"},"$anchor":{"$ref":"#/$defs/anchor"},
 "$dynamicRef":{"$ref":"#/$defs/reference"},"$dynamicAnchor":{"$ref":"#/$defs/anchor"},
 "$vocabulary":{"type":"object","propertyNames":{"$ref":"#/$defs/absolute"},"additionalProperties":{"type":"boolean"}},
 "$comment":{"type":"string"},"$defs":{"type":"object","additionalProperties":{"$dynamicRef":"#meta"}}},
"$defs":{"anchor":{"type":"string","pattern":"^[A-Za-z_][-A-Za-z0-9._]*$"},
 "absolute":{"type":"string","format":"uri"},"reference":{"type":"string","format":"uri-reference"}}})";

constexpr std::string_view applicator = R"({
"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://json-schema.org/draft/2020-12/meta/applicator",
"$dynamicAnchor":"meta","type":["object","boolean"],
"properties":{
 "prefixItems":{"$ref":"#/$defs/schemas"},"items":{"$dynamicRef":"#meta"},"contains":{"$dynamicRef":"#meta"},
 "additionalProperties":{"$dynamicRef":"#meta"},"propertyNames":{"$dynamicRef":"#meta"},
 "properties":{"$ref":"#/$defs/named"},"dependentSchemas":{"$ref":"#/$defs/named"},
 "patternProperties":{"type":"object","additionalProperties":{"$dynamicRef":"#meta"},"propertyNames":{"format":"regex"}},
 "if":{"$dynamicRef":"#meta"},"then":{"$dynamicRef":"#meta"},"else":{"$dynamicRef":"#meta"},
 "allOf":{"$ref":"#/$defs/schemas"},"anyOf":{"$ref":"#/$defs/schemas"},"oneOf":{"$ref":"#/$defs/schemas"},
 "not":{"$dynamicRef":"#meta"}},
"$defs":{"schemas":{"type":"array","minItems":1,"items":{"$dynamicRef":"#meta"}},
 "named":{"type":"object","additionalProperties":{"$dynamicRef":"#meta"}}}})";

constexpr std::string_view unevaluated = R"({
"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://json-schema.org/draft/2020-12/meta/unevaluated",
"$dynamicAnchor":"meta","type":["object","boolean"],
"properties":{"unevaluatedItems":{"$dynamicRef":"#meta"},"unevaluatedProperties":{"$dynamicRef":"#meta"}}})";

constexpr std::string_view validation = R"({
"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://json-schema.org/draft/2020-12/meta/validation",
"$dynamicAnchor":"meta","type":["object","boolean"],
"properties":{
 "type":{"anyOf":[{"$ref":"#/$defs/kind"},{"type":"array","minItems":1,"uniqueItems":true,"items":{"$ref":"#/$defs/kind"}}]},
 "const":true,"enum":{"type":"array"},
 "multipleOf":{"type":"number","exclusiveMinimum":0},
 "maximum":{"type":"number"},"exclusiveMaximum":{"type":"number"},
 "minimum":{"type":"number"},"exclusiveMinimum":{"type":"number"},
 "maxLength":{"$ref":"#/$defs/count"},"minLength":{"$ref":"#/$defs/count"},"pattern":{"type":"string","format":"regex"},
 "maxItems":{"$ref":"#/$defs/count"},"minItems":{"$ref":"#/$defs/count"},"uniqueItems":{"type":"boolean"},
 "maxContains":{"$ref":"#/$defs/count"},"minContains":{"$ref":"#/$defs/count"},
 "maxProperties":{"$ref":"#/$defs/count"},"minProperties":{"$ref":"#/$defs/count"},
 "required":{"$ref":"#/$defs/names"},
 "dependentRequired":{"type":"object","additionalProperties":{"$ref":"#/$defs/names"}}},
"$defs":{"count":{"type":"integer","minimum":0},"names":{"type":"array","items":{"type":"string"},"uniqueItems":true},
 "kind":{"enum":["array","boolean","integer","null","number","object","string"]}}})";

constexpr std::string_view meta_data = R"({
"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://json-schema.org/draft/2020-12/meta/meta-data",
"$dynamicAnchor":"meta","type":["object","boolean"],
"properties":{"title":{"type":"string"},"description":{"type":"string"},"default":true,"deprecated":{"type":"boolean"},
 "readOnly":{"type":"boolean"},"writeOnly":{"type":"boolean"},"examples":{"type":"array"}}})";

constexpr std::string_view format_annotation = R"({
"$schema":"https://json-schema.org/draft/2020-12/schema",
"$id":"https://json-schema.org/draft/2020-12/meta/format-annotation",
"$dynamicAnchor":"meta","type":["object","boolean"],"properties":{"format":{"type":"string"}}})";

constexpr std::string_view format_assertion = R"({
"$schema":"https://json-schema.org/draft/2020-12/schema",
"$id":"https://json-schema.org/draft/2020-12/meta/format-assertion",
"$dynamicAnchor":"meta","type":["object","boolean"],"properties":{"format":{"type":"string"}}})";

constexpr std::string_view content = R"({
"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://json-schema.org/draft/2020-12/meta/content",
"$dynamicAnchor":"meta","type":["object","boolean"],
"properties":{"contentEncoding":{"type":"string"},"contentMediaType":{"type":"string"},
 "contentSchema":{"$dynamicRef":"#meta"}}})";

constexpr auto texts = std::to_array<Text>({
    {"http://json-schema.org/draft-04/schema", draft4},
    {"http://json-schema.org/draft-07/schema", draft7},
    {"https://json-schema.org/draft/2020-12/schema", draft2020},
    {"https://json-schema.org/draft/2020-12/meta/core", core},
    {"https://json-schema.org/draft/2020-12/meta/applicator", applicator},
    {"https://json-schema.org/draft/2020-12/meta/unevaluated", unevaluated},
    {"https://json-schema.org/draft/2020-12/meta/validation", validation},
    {"https://json-schema.org/draft/2020-12/meta/meta-data", meta_data},
    {"https://json-schema.org/draft/2020-12/meta/format-annotation", format_annotation},
    {"https://json-schema.org/draft/2020-12/meta/format-assertion", format_assertion},
    {"https://json-schema.org/draft/2020-12/meta/content", content},
});

}  // namespace

std::optional<Version> standard_version(std::string_view uri) noexcept {
  if (uri.ends_with('#')) uri.remove_suffix(1);
  if (uri == "http://json-schema.org/draft-04/schema") return Version::draft4;
  // Drafts 6 and 2019-09 are read as their neighbours, which have all of their keywords.
  if (uri == "http://json-schema.org/draft-07/schema" || uri == "http://json-schema.org/draft-06/schema") {
    return Version::draft7;
  }
  if (uri == "https://json-schema.org/draft/2020-12/schema" || uri == "https://json-schema.org/draft/2019-09/schema") {
    return Version::draft2020;
  }
  return std::nullopt;
}

std::string_view metaschema(std::string_view uri) noexcept {
  for (const Text& text : texts) {
    if (text.uri == uri) return text.json;
  }
  return {};
}

}  // namespace sallyport::schema
