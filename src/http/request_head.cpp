// Request heads: RFC 9112 §3 (request line), RFC 9110 §7.1 and §7.2 (target and Host).
#include <cstring>

#include "http/characters.hpp"
#include "http/field_line.hpp"
#include "http/head.hpp"
#include "http/host.hpp"
#include "http/path.hpp"
#include "http/request_parts.hpp"

#include <sallyport/engine.hpp>

namespace sallyport::http {
Checked<void> read_method(std::string_view token, Request& out) {
  if (token.empty() || token.size() > 32 || !all(token, character::tchar)) {
    return refuse("method_syntax", "the method is no token");
  }
  for (const char c : token) {
    // Methods are case-sensitive, but some back-ends fold them: "get" could be judged as unknown
    // and served as GET.
    if (c >= 'a' && c <= 'z') return refuse("method_case", "a method in lower case");
  }
  out.method_token = token;
  static constexpr std::pair<std::string_view, Method> names[] = {
      {"GET", Method::get},         {"POST", Method::post},       {"PUT", Method::put},
      {"DELETE", Method::delete_},  {"PATCH", Method::patch},     {"HEAD", Method::head},
      {"OPTIONS", Method::options}, {"CONNECT", Method::connect}, {"TRACE", Method::trace}};
  out.method = Method::other;
  for (const auto& [name, method] : names) {
    if (name == token) out.method = method;
  }
  if (out.method == Method::connect) return refuse("method_connect", "CONNECT asks for a tunnel", 405);
  if (out.method == Method::trace) return refuse("method_trace", "TRACE reflects credentials (CWE-693)", 405);
  return {};
}

Checked<std::string_view> split_query(std::string_view target, Request& out) {
  const std::size_t question = target.find('?');
  out.has_query = question != std::string_view::npos;
  if (out.has_query) out.query = target.substr(question + 1);
  if (!all(out.query, character::query)) return refuse("query_character", "a character that is not allowed in a query");
  const std::string_view path = target.substr(0, question);
  return path.empty() ? std::string_view{"/"} : path;
}

Checked<void> read_path(std::string_view raw, Arena& arena, Request& out) {
  if (raw == "*") {
    out.path = raw;
    return {};
  }
  const auto path = canonical_path(raw, arena);
  if (!path) return std::unexpected(path.error());
  out.path = path->text;
  out.path_parameters = path->parameters;
  out.encoded_slash = path->encoded_slash;
  return {};
}

Checked<void> read_expect(Request& out) {
  if (const Field* expect = out.fields.find(FieldName::expect)) {
    if (!same_name(expect->value, "100-continue")) return refuse("expect", "an unknown expectation", 417);
    out.expect_continue = true;
  }
  return {};
}

namespace {

Checked<void> read_version(std::string_view text, Request& out) {
  if (text == "HTTP/1.1") {
    out.version = {1, 1};
  } else if (text == "HTTP/1.0") {
    out.version = {1, 0};
  } else if (text.size() == 8 && text.starts_with("HTTP/") && text[6] == '.' && is(text[5], character::digit) &&
             is(text[7], character::digit)) {
    return refuse("version", "an HTTP version that is not spoken here", 505);
  } else {
    return refuse("version_syntax", "not an HTTP version");
  }
  return {};
}

// The target in absolute-form: its authority must be the one of Host (RFC 9112 §3.2.2).
struct Target {
  std::string_view authority;  // empty in origin-form
  std::string_view path;       // raw, begins with '/'; "*" in asterisk-form
  bool absolute = false;
  bool absolute_https = false;
};

Checked<Target> split_target(std::string_view target, Request& out) {
  Target split;
  std::string_view rest = target;
  if (target == "*") {
    if (out.method != Method::options) return refuse("target_asterisk", "\"*\" is for OPTIONS only");
    split.path = target;
    return split;
  }
  if (target.front() != '/') {
    const std::size_t colon = target.find("://");
    const std::string_view scheme = target.substr(0, colon == std::string_view::npos ? 0 : colon);
    split.absolute = true;
    split.absolute_https = same_name(scheme, "https");
    if (!split.absolute_https && !same_name(scheme, "http")) {
      return refuse("target_form", "the target is neither a path nor an http URI");
    }
    rest = target.substr(colon + 3);
    const std::size_t end = rest.find_first_of("/?");
    split.authority = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end);
  }
  const auto path = split_query(rest, out);
  if (!path) return std::unexpected(path.error());
  split.path = *path;
  return split;
}

Checked<void> read_authority(const Target& target, Arena& arena, Request& out) {
  const Field* host = out.fields.find(FieldName::host);
  if (host == nullptr) {
    // HTTP/1.0 knows no Host; without one there is nothing to route by.
    return refuse("host_missing", "no Host field");
  }
  const auto named = parse_authority(host->value, arena);
  if (!named) return std::unexpected(named.error());
  out.host = named->host;
  out.port = named->port;
  if (!target.absolute) return {};
  const auto absolute = parse_authority(target.authority, arena);
  if (!absolute) return std::unexpected(absolute.error());
  const std::uint16_t usual = target.absolute_https ? 443 : 80;
  const auto port = [usual](std::uint16_t given) { return given == 0 ? usual : given; };
  if (absolute->host != named->host || port(absolute->port) != port(named->port)) {
    return refuse("authority_mismatch", "the target's authority is not that of Host");
  }
  return {};
}

Checked<void> read_request_line(std::string_view line, const HeadLimits& limits, Request& out, Target& target) {
  const std::size_t first = line.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) return refuse("request_line", "not \"METHOD target HTTP/1.1\"");
  if (auto read = read_method(line.substr(0, first), out); !read) return read;
  out.target = line.substr(first + 1, second - first - 1);
  if (out.target.size() > limits.target) return refuse("target_limit", "the target is too long", 414);
  if (auto read = read_version(line.substr(second + 1), out); !read) return read;
  if (out.target.empty()) return refuse("request_line", "an empty target");
  const auto split = split_target(out.target, out);
  if (!split) return std::unexpected(split.error());
  target = *split;
  return {};
}

Checked<void> read_framing(Request& out) {
  const auto body = read_body_fields(out.fields, out.version);
  if (!body) return std::unexpected(body.error());
  out.framing = body->chunked ? Framing::chunked : body->has_length ? Framing::length : Framing::none;
  out.content_length = body->length;
  if (auto expect = read_expect(out); !expect) return expect;
  out.expect_continue = out.expect_continue && out.version.minor >= 1 && out.framing != Framing::none;
  return {};
}

}  // namespace

Checked<std::size_t> HeadEnd::find(std::string_view buffer, std::size_t limit) noexcept {
  if (scanned_ == 0 && !buffer.empty() && !is(buffer.front(), character::tchar)) {
    return refuse("start_byte", "the first byte begins no message");
  }
  while (scanned_ < buffer.size()) {
    const void* found = std::memchr(buffer.data() + scanned_, '\n', buffer.size() - scanned_);
    if (found == nullptr) break;
    const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - buffer.data());
    if (at == line_ || buffer[at - 1] != '\r') return refuse("bare_lf", "a line that ends without CR");
    const bool empty = at == line_ + 1;
    scanned_ = line_ = at + 1;
    if (empty)
      return scanned_ > limit ? refuse("head_limit", "the head is too long", 431) : Checked<std::size_t>(scanned_);
  }
  scanned_ = buffer.size();
  if (buffer.size() > limit) return refuse("head_limit", "the head is too long", 431);
  return need_more;
}

Checked<void> read_request_head(std::string_view head, bool https, const HeadLimits& limits, Arena& arena,
                                Request& out) {
  out.clear();
  out.https = https;
  const std::size_t line_end = head.find("\r\n");
  Target target;
  const auto line = read_request_line(head.substr(0, line_end), limits, out, target);
  // The fields are read even when the line was refused: the event then says who called.
  const std::string_view rest = head.substr(line_end + 2, head.size() - line_end - 4);
  const auto fields = read_fields(rest, limits, out.fields);
  if (!line) return line;
  if (!fields) return fields;
  if (auto authority = read_authority(target, arena, out); !authority) return authority;
  if (auto path = read_path(target.path, arena, out); !path) return path;
  if (auto framing = read_framing(out); !framing) return framing;
  return apply_connection(out.fields, out.version, out.keep_alive);
}

}  // namespace sallyport::http

namespace sallyport {

Result<void> parse_request(std::string_view head, bool https, Arena& arena, Request& out) {
  http::HeadEnd end;
  const auto size = end.find(head, http::HeadLimits{}.head);
  if (!size)
    return fail(ErrorCode::invalid, std::string(size.error().rule), "request", std::string(size.error().detail));
  if (*size != head.size()) return fail(ErrorCode::invalid, "not exactly one request head", "request");
  const auto read = http::read_request_head(head, https, http::HeadLimits{}, arena, out);
  if (!read)
    return fail(ErrorCode::invalid, std::string(read.error().rule), "request", std::string(read.error().detail));
  return {};
}

}  // namespace sallyport
