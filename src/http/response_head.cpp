// Response heads: RFC 9112 §4 and §6.3. The upstream may be hostile too, so the same strictness.
#include "http/characters.hpp"
#include "http/field_line.hpp"
#include "http/head.hpp"

namespace sallyport::http {
namespace {

Checked<void> read_status_line(std::string_view line, Response& out) {
  const bool version = line.size() >= 12 && line.starts_with("HTTP/1.") && (line[7] == '0' || line[7] == '1');
  if (!version || line[8] != ' ') return refuse("status_line", "not a status line of HTTP/1");
  out.version = {1, static_cast<std::uint8_t>(line[7] - '0')};
  const std::string_view code = line.substr(9, 3);
  if (!all(code, character::digit) || code[0] < '1' || code[0] > '5') return refuse("status_code", "not a status code");
  if (line.size() > 12 && line[12] != ' ') return refuse("status_line", "bytes behind the status code");
  if (!all(line.substr(12), character::field_value)) return refuse("status_line", "a control character in the reason");
  out.status = static_cast<std::uint16_t>((code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0'));
  return {};
}

}  // namespace

Checked<void> read_response_head(std::string_view head, Method method, const HeadLimits& limits, Response& out) {
  out.clear();
  const std::size_t line_end = head.find("\r\n");
  if (auto line = read_status_line(head.substr(0, line_end), out); !line) return line;
  const std::string_view rest = head.substr(line_end + 2, head.size() - line_end - 4);
  if (auto fields = read_fields(rest, limits, out.fields); !fields) return fields;
  const auto body = read_body_fields(out.fields, out.version);
  if (!body) return std::unexpected(body.error());
  if (auto connection = apply_connection(out.fields, out.version, out.keep_alive); !connection) return connection;
  const bool no_body = method == Method::head || out.status < 200 || out.status == 204 || out.status == 304;
  if (no_body) {
    out.framing = Framing::none;
  } else if (body->chunked) {
    out.framing = Framing::chunked;
  } else if (body->has_length) {
    out.framing = Framing::length;
  } else {
    out.framing = Framing::until_close;
    out.keep_alive = false;
  }
  out.content_length = body->length;
  return {};
}

}  // namespace sallyport::http
