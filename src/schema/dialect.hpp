// Which reading of JSON Schema: what keywords there are and what they mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::schema {

enum class Version : std::uint8_t {
  draft4,
  draft7,
  draft2020,  // 2020-12, and the schemas of OpenAPI 3.1
  openapi30,  // draft 4 with `nullable` and `discriminator`: OpenAPI 3.0, Swagger 2.0
};

struct Dialect {
  Version version = Version::draft2020;
  bool validation = true;  // keywords of the validation vocabulary count
  bool format = false;     // `format` asserts

  [[nodiscard]] bool old() const { return version == Version::draft4 || version == Version::openapi30; }
  // Before 2019, members beside a `$ref` had no meaning.
  [[nodiscard]] bool ref_hides() const { return version != Version::draft2020; }
  [[nodiscard]] std::string_view id() const { return version == Version::draft4 ? "id" : "$id"; }
};

// Of a `$schema`, with or without an empty fragment; nothing for others.
[[nodiscard]] std::optional<Version> standard_version(std::string_view uri) noexcept;
// The text of a standard meta-schema, by its URI without fragment; empty for others.
[[nodiscard]] std::string_view metaschema(std::string_view uri) noexcept;

}  // namespace sallyport::schema
