// Field lines and the rules that hold across the fields of one head.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/head.hpp"

namespace sallyport::http {

// A field's name and value, which may be surrounded by whitespace.
[[nodiscard]] Checked<Field> check_field(std::string_view name, std::string_view value);

// Fields of which a second one makes the first ambiguous.
class Once {
 public:
  [[nodiscard]] Checked<void> see(FieldName name);

 private:
  std::uint64_t seen_ = 0;
};

// Reads all field lines of `text` (each ended by CRLF) into `out`.
[[nodiscard]] Checked<void> read_fields(std::string_view text, const HeadLimits& limits, Fields& out);

// Content-Length and Transfer-Encoding of a head (RFC 9112 §6).
struct BodyFields {
  bool has_length = false;
  bool chunked = false;
  std::uint64_t length = 0;
};
[[nodiscard]] Checked<BodyFields> read_body_fields(const Fields& fields, Version version);

// Connection: sets keep_alive and marks the named fields and all hop-by-hop fields as removed.
[[nodiscard]] Checked<void> apply_connection(Fields& fields, Version version, bool& keep_alive);

// Comma-separated list: calls `visit` with each non-empty element, whitespace trimmed; stops when
// it returns false and returns false then (RFC 9110 §5.6.1).
template <class Visit>
bool each_element(std::string_view list, Visit visit) {
  while (true) {
    const std::size_t comma = list.find(',');
    std::string_view element = list.substr(0, comma);
    while (!element.empty() && (element.front() == ' ' || element.front() == '\t')) element.remove_prefix(1);
    while (!element.empty() && (element.back() == ' ' || element.back() == '\t')) element.remove_suffix(1);
    if (!element.empty() && !visit(element)) return false;
    if (comma == std::string_view::npos) return true;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace sallyport::http
