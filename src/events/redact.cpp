#include "events/redact.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "events/secret_scan.hpp"
#include "http/characters.hpp"

namespace sallyport::events {
namespace {

constexpr std::size_t fingerprint_digits = 16;

void append_scanned(const SensitiveNames& names, TextKind kind, std::string_view text, Sink& out) {
  const bool cut = text.size() > SecretScan::max_text;
  text = text.substr(0, SecretScan::max_text);
  SecretParts parts;
  SecretScan(names, kind, cut).run(text, parts);
  parts.finish(text.size());
  std::size_t at = 0;
  for (const auto& part : parts) {
    out.append(text.substr(at, part.begin - at));
    out.append(redacted);
    at = part.end;
  }
  out.append(text.substr(at));
  if (cut) out.append("…");
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// RFC 6265 §4.1.1 and what browsers added: what holds no secret.
bool public_attribute(std::string_view pair) {
  constexpr std::string_view known[] = {"expires", "max-age",  "domain",   "path",
                                        "secure",  "httponly", "samesite", "partitioned"};
  const std::string_view name = trim(pair.substr(0, pair.find('=')));
  return std::ranges::any_of(known,
                             [&](std::string_view one) { return std::ranges::equal(name, one, {}, http::lower); });
}

// "a=1; b=2" -> "a=[redacted]; b=[redacted]". Of Set-Cookie the known attributes stay.
void append_cookies(std::string_view value, bool attributes_stay, Sink& out) {
  bool first = true;
  while (!value.empty()) {
    const std::size_t end = value.find(';');
    const std::string_view pair = trim(value.substr(0, end));
    if (!first) out.append("; ");
    if (!first && attributes_stay && public_attribute(pair)) {
      out.append(pair);
    } else if (const std::size_t equals = pair.find('='); equals == std::string_view::npos) {
      out.append(redacted);
    } else {
      out.append(pair.substr(0, equals + 1));
      out.append(redacted);
    }
    first = false;
    if (end == std::string_view::npos) break;
    value.remove_prefix(end + 1);
  }
}

// The segment of `path` that stands where the template has a variable, and whether its name is
// sensitive. Segments of a template and of a path that it matched correspond one to one.
bool sensitive_segment(std::string_view segment, const SensitiveNames& names) {
  const std::size_t open = segment.find('{');
  const std::size_t close = segment.rfind('}');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return false;
  return names.contain(segment.substr(open + 1, close - open - 1));
}

// Most paths hold short words and numbers only: nothing that a scan would find.
bool worth_scanning_path(std::string_view path) {
  std::size_t run = 0;
  bool found = false;
  for (const char c : path) {
    run = c == '/' ? 0 : run + 1;
    found |= (run >= 12) | (c == '=') | (c == ':') | (c == '@') | (c == '%') | (c == '\\') | (c == ' ');
  }
  return found;
}

std::string_view take_segment(std::string_view& rest) {
  const std::size_t end = rest.find('/', 1);
  const std::string_view segment = rest.substr(0, end);
  rest.remove_prefix(segment.size());
  return segment;
}

}  // namespace

void Sink::append(std::string_view text) noexcept {
  const std::size_t room = static_cast<std::size_t>(end_ - at_);
  if (text.size() > room) {
    cut_ = true;
    text = text.substr(0, room);
  }
  if (!text.empty()) std::memcpy(at_, text.data(), text.size());
  at_ += text.size();
}

Redactor::Redactor(const SipKey& fingerprint_key, std::span<const std::string> more_names)
    : key_(fingerprint_key), names_(more_names) {
  for (std::size_t i = 1; i < field_name_count; ++i)
    sensitive_[i] = names_.contain(field_name(static_cast<FieldName>(i)));
}

std::string_view Redactor::fingerprint(std::string_view authorization, char* out) const {
  if (authorization.empty()) return {};
  const std::size_t space = authorization.find(' ');
  std::string_view scheme = authorization.substr(0, space);
  std::string_view credential = space == std::string_view::npos ? authorization : trim(authorization.substr(space + 1));
  const bool known =
      space != std::string_view::npos && scheme.size() <= 20 && http::all(scheme, http::character::tchar);
  if (!known) {
    scheme = "credential";
    credential = authorization;
  }
  char* at = std::ranges::transform(scheme, out, http::lower).out;
  *at++ = ':';
  static constexpr char digits[] = "0123456789abcdef";
  const std::uint64_t hash = siphash(key_, credential);
  for (std::size_t i = 0; i < fingerprint_digits; ++i) *at++ = digits[(hash >> (60 - 4 * i)) & 15];
  return {out, static_cast<std::size_t>(at - out)};
}

void Redactor::field(const Field& field, Sink& out) const {
  if (field.known == FieldName::authorization || field.known == FieldName::proxy_authorization) {
    std::array<char, max_fingerprint> buffer{};
    return out.append(fingerprint(field.value, buffer.data()));
  }
  if (field.known == FieldName::cookie) return append_cookies(field.value, false, out);
  if (field.known == FieldName::set_cookie) return append_cookies(field.value, true, out);
  const bool sensitive =
      field.known == FieldName::other ? names_.contain(field.name) : sensitive_[static_cast<std::size_t>(field.known)];
  if (sensitive) return out.append(redacted);
  if (!worth_scanning(field.value)) return out.append(field.value);
  append_scanned(names_, TextKind::value, field.value, out);
}

void Redactor::query(std::string_view query, Sink& out) const { append_scanned(names_, TextKind::query, query, out); }

void Redactor::path(std::string_view path, std::string_view path_template, Sink& out) const {
  const bool scanned = worth_scanning_path(path);
  const auto append = [&](std::string_view part) {
    if (scanned) return append_scanned(names_, TextKind::path, part, out);
    out.append(part);
  };
  if (path_template.find('{') == std::string_view::npos) return append(path);
  while (!path.empty() && !path_template.empty()) {
    const std::string_view segment = take_segment(path);
    if (sensitive_segment(take_segment(path_template), names_)) {
      out.append("/");
      out.append(redacted);
    } else {
      append(segment);
    }
  }
  append(path);
}

void Redactor::text(std::string_view text, Sink& out) const {
  if (text.empty()) return;
  append_scanned(names_, TextKind::prose, text, out);
}

}  // namespace sallyport::events
