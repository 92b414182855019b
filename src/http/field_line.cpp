#include "http/field_line.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>

#include "http/characters.hpp"

namespace sallyport::http {
namespace {

// "Transfer_Encoding", "Content.Length", "_host": some back-end takes them for the real one.
bool is_disguised(std::string_view name) {
  std::array<char, 16> letters{};
  std::size_t count = 0;
  for (const char c : name) {
    const char small = lower(c);
    if (small < 'a' || small > 'z') continue;
    if (count == 0 && small != 't' && small != 'c' && small != 'h') return false;
    if (count == letters.size()) return false;
    letters[count++] = small;
  }
  const std::string_view flat(letters.data(), count);
  return flat == "transferencoding" || flat == "contentlength" || flat == "host";
}

// A set of known fields as bits.
constexpr std::uint64_t bit(FieldName name) { return std::uint64_t{1} << static_cast<unsigned>(name); }
constexpr std::uint64_t set_of(std::initializer_list<FieldName> names) {
  std::uint64_t bits = 0;
  for (const FieldName name : names) bits |= bit(name);
  return bits;
}

// Fields of which a second one makes the first ambiguous.
constexpr std::uint64_t single = set_of(
    {FieldName::authorization, FieldName::content_length, FieldName::content_type, FieldName::expect, FieldName::host,
     FieldName::origin, FieldName::proxy_authorization, FieldName::transfer_encoding, FieldName::upgrade});

constexpr std::uint64_t hop_by_hop =
    set_of({FieldName::connection, FieldName::expect, FieldName::http2_settings, FieldName::keep_alive,
            FieldName::proxy_authenticate, FieldName::proxy_authorization, FieldName::proxy_connection, FieldName::te,
            FieldName::trailer, FieldName::transfer_encoding, FieldName::upgrade});

Checked<std::uint64_t> read_length(std::string_view text) {
  if (text.empty() || !all(text, character::digit)) return refuse("content_length", "Content-Length is no number");
  while (text.size() > 1 && text.front() == '0') text.remove_prefix(1);
  if (text.size() > 18) return refuse("content_length", "Content-Length is out of range", 413);
  std::uint64_t value = 0;
  for (const char c : text) value = value * 10 + static_cast<unsigned>(c - '0');
  return value;
}

}  // namespace

Checked<Field> check_field(std::string_view name, std::string_view value) {
  if (name.empty()) return refuse("field_name", "an empty field name");
  if (!all(name, character::tchar)) return refuse("field_name", "a field name that is no token");
  if (!all(value, character::field_value)) return refuse("field_value", "a control character in a field value");
  const FieldName known = known_field(name);
  if (known == FieldName::other && is_disguised(name)) {
    return refuse("field_disguised", "a field name that imitates a framing field");
  }
  return Field{name, value, known, false};
}

Checked<Field> read_field_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return refuse("field_colon", "a field line without a colon");
  const std::string_view name = line.substr(0, colon);
  if (name.empty()) return refuse("field_name", "an empty field name");
  if (name.front() == ' ' || name.front() == '\t') return refuse("field_fold", "a folded line (obs-fold)");
  auto field = check_field(name, line.substr(colon + 1));
  if (field) field->value = trim_blanks(field->value);
  return field;
}

Checked<void> Once::see(FieldName name) {
  static_assert(static_cast<unsigned>(FieldName::x_request_id) < 64);
  if ((seen_ & single & bit(name)) != 0) {
    return refuse("field_repeated", "a field that must occur once occurs twice");
  }
  seen_ |= bit(name);
  return {};
}

Checked<void> read_fields(std::string_view text, const HeadLimits& limits, Fields& out) {
  Once seen;
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    const auto field = read_field_line(text.substr(0, end));
    if (!field) return std::unexpected(field.error());
    if (auto once = seen.see(field->known); !once) return once;
    if (out.size() == limits.fields) return refuse("fields_limit", "too many fields", 431);
    if (!out.append(field->name, field->value, field->known)) return refuse("fields_limit", "too many fields", 431);
    text.remove_prefix(end + 2);
  }
  return {};
}

Checked<BodyFields> read_body_fields(const Fields& fields, Version version) {
  BodyFields body;
  for (const Field& field : fields.all()) {
    if (field.known == FieldName::content_length) {
      const auto length = read_length(field.value);
      if (!length) return std::unexpected(length.error());
      body.has_length = true;
      body.length = *length;
    } else if (field.known == FieldName::transfer_encoding) {
      if (!same_name(field.value, "chunked")) {
        return refuse("transfer_encoding", "Transfer-Encoding is not exactly \"chunked\"");
      }
      if (version.minor == 0) return refuse("transfer_encoding_http10", "Transfer-Encoding in HTTP/1.0");
      body.chunked = true;
    }
  }
  if (body.has_length && body.chunked) {
    return refuse("content_length_and_transfer_encoding", "both Content-Length and Transfer-Encoding");
  }
  return body;
}

Checked<void> apply_connection(Fields& fields, Version version, bool& keep_alive) {
  keep_alive = version.minor >= 1;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Field field = fields.all()[i];
    if (field.known == FieldName::connection) {
      const bool fine = each_element(field.value, [&](std::string_view option) {
        if (!all(option, character::tchar)) return false;
        if (same_name(option, "close")) {
          keep_alive = false;
        } else if (same_name(option, "keep-alive")) {
          keep_alive = keep_alive || version.minor == 0;
        } else if (const FieldName known = known_field(option);
                   known != FieldName::host && known != FieldName::content_length) {
          fields.remove(option);
        }
        return true;
      });
      if (!fine) return refuse("connection_syntax", "Connection holds something that is no token");
    }
    if ((bit(field.known) & hop_by_hop) != 0) fields.remove(i);
  }
  return {};
}

}  // namespace sallyport::http
