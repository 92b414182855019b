#include "schema/format.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "base/uuid.hpp"
#include "schema/decimal.hpp"
#include "schema/format_parts.hpp"
#include "schema/pattern.hpp"

namespace sallyport::schema {
namespace {

struct Name {
  std::string_view text;
  Format format;
};
constexpr auto names = std::to_array<Name>({
    {"date-time", Format::date_time},
    {"date", Format::date},
    {"time", Format::time},
    {"duration", Format::duration},
    {"email", Format::email},
    {"idn-email", Format::idn_email},
    {"hostname", Format::hostname},
    {"idn-hostname", Format::idn_hostname},
    {"ipv4", Format::ipv4},
    {"ipv6", Format::ipv6},
    {"uri", Format::uri},
    {"uri-reference", Format::uri_reference},
    {"iri", Format::iri},
    {"iri-reference", Format::iri_reference},
    {"uri-template", Format::uri_template},
    {"uuid", Format::uuid},
    {"json-pointer", Format::json_pointer},
    {"relative-json-pointer", Format::relative_json_pointer},
    {"regex", Format::regex},
    {"byte", Format::byte},
    {"int32", Format::int32},
    {"int64", Format::int64},
    {"float", Format::float_},
    {"double", Format::double_},
});

bool uuid(std::string_view text) { return parse_uuid(text).has_value(); }

bool base64(std::string_view text) {
  if (text.size() % 4 != 0) return false;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
  });
}

bool within(std::string_view text, std::string_view least, std::string_view most) {
  const Decimal number(text);
  return number.integer() && number.compare(Decimal(least)) >= 0 && number.compare(Decimal(most)) <= 0;
}

// Does the magnitude fit? Digits that the type would round off are let be.
bool below(std::string_view text, std::int64_t point) { return Decimal(text).point() <= point; }

}  // namespace

std::optional<Format> format_named(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(names, name, &Name::text);
  if (found == names.end()) return std::nullopt;
  return found->format;
}

bool of_numbers(Format format) noexcept { return format >= Format::int32; }

bool matches_format(Format format, std::string_view text) {
  switch (format) {
    case Format::date_time:
      return formats::date_time(text);
    case Format::date:
      return formats::date(text);
    case Format::time:
      return formats::time(text);
    case Format::duration:
      return formats::duration(text);
    case Format::email:
    case Format::idn_email:
      return formats::email(text, format == Format::idn_email);
    case Format::hostname:
      return formats::hostname(text);
    case Format::old_hostname:
      return formats::old_hostname(text);
    case Format::idn_hostname:
      return formats::idn_hostname(text);
    case Format::ipv4:
      return formats::ipv4(text);
    case Format::ipv6:
      return formats::ipv6(text);
    case Format::uri:
    case Format::uri_reference:
      return formats::uri(text, format == Format::uri_reference, false);
    case Format::iri:
    case Format::iri_reference:
      return formats::uri(text, format == Format::iri_reference, true);
    case Format::uri_template:
      return formats::uri_template(text);
    case Format::uuid:
      return uuid(text);
    case Format::json_pointer:
      return formats::json_pointer(text);
    case Format::relative_json_pointer:
      return formats::relative_json_pointer(text);
    case Format::regex:
      return Pattern::is_expression(text);
    case Format::byte:
      return base64(text);
    case Format::int32:
      return within(text, "-2147483648", "2147483647");
    case Format::int64:
      return within(text, "-9223372036854775808", "9223372036854775807");
    case Format::float_:
      return below(text, 39);
    case Format::double_:
      return below(text, 309);
  }
  return false;
}

}  // namespace sallyport::schema
