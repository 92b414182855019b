#include "discover/access_log.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.hpp"
#include "decode/json.hpp"

namespace sallyport::discover {
namespace {

using decode::Value;

constexpr std::size_t max_method = 32;

std::string_view take_word(std::string_view& text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(begin);
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

std::uint16_t status_of(std::string_view word) {
  std::uint16_t status = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), status);
  const bool whole = read.ec == std::errc{} && read.ptr == word.data() + word.size();
  return whole && status >= 100 && status <= 599 ? status : std::uint16_t{0};
}

bool is_method(std::string_view word) {
  return !word.empty() && word.size() <= max_method &&
         std::ranges::all_of(word, [](char c) { return is_upper(c) || c == '-' || c == '_'; });
}

// "GET /a HTTP/1.1", the version may be missing (HTTP/0.9 and some JSON logs).
std::optional<LogLine> request_line(std::string_view text) {
  LogLine out;
  out.method = take_word(text);
  out.target = take_word(text);
  if (!is_method(out.method) || out.target.empty()) return std::nullopt;
  return out;
}

// The end of a text in quotes that begins at `from`; nginx writes a quote within as \x22, Apache as \".
std::size_t closing_quote(std::string_view line, std::size_t from) {
  for (std::size_t at = from; (at = line.find('"', at)) != std::string_view::npos; ++at) {
    std::size_t backslashes = 0;
    while (at - backslashes > from && line[at - backslashes - 1] == '\\') ++backslashes;
    if (backslashes % 2 == 0) return at;
  }
  return std::string_view::npos;
}

// AWS: "https 2026-01-01T00:00:00Z app/x client:1 target:2 0.1 0.2 0.3 200 200 …": the status is the ninth word.
std::uint16_t alb_status(std::string_view before) {
  constexpr auto types = std::to_array<std::string_view>({"http", "https", "h2", "grpcs", "ws", "wss"});
  std::string_view rest = before;
  if (std::ranges::find(types, take_word(rest)) == types.end()) return 0;
  for (int i = 0; i < 7; ++i) static_cast<void>(take_word(rest));
  return status_of(take_word(rest));
}

const Value* member(const Value* of, std::string_view name) {
  return of != nullptr && of->is(decode::Kind::object) ? of->find(name) : nullptr;
}

// The first of these names that holds text or a number. "a.b" is that name, or `b` within `a`.
template <std::size_t N>
std::string_view first_of(const Value& root, const std::array<std::string_view, N>& names) {
  for (const std::string_view name : names) {
    const Value* found = root.find(name);
    for (std::string_view rest = name; found == nullptr && rest.contains('.');) {
      const Value* at = &root;
      while (at != nullptr && !rest.empty()) {
        const std::size_t dot = std::min(rest.find('.'), rest.size());
        at = member(at, rest.substr(0, dot));
        rest.remove_prefix(std::min(dot + 1, rest.size()));
      }
      found = at;
    }
    if (found != nullptr && !found->is_container() && !found->is(decode::Kind::null)) return found->text();
  }
  return {};
}

}  // namespace

std::optional<LogLine> parse_text_line(std::string_view line) {
  const std::size_t open = line.find('"');
  if (open == std::string_view::npos) return std::nullopt;
  const std::size_t close = closing_quote(line, open + 1);
  if (close == std::string_view::npos) return std::nullopt;
  auto out = request_line(line.substr(open + 1, close - open - 1));
  if (!out) return std::nullopt;
  std::string_view rest = line.substr(close + 1);
  out->status = status_of(take_word(rest));
  if (out->status == 0) out->status = alb_status(line.substr(0, open));
  return out;
}

std::optional<LogLine> parse_json_line(std::string_view line, Arena& arena) {
  constexpr auto methods = std::to_array<std::string_view>(
      {"method", "request_method", "http_method", "requestMethod", "verb", "http.request.method", "request.method"});
  constexpr auto targets =
      std::to_array<std::string_view>({"request_uri", "uri", "path", "target", "url.original", "url", "requestUrl",
                                       "url.path", "request.uri", "request.path", "request_path", "http.target"});
  constexpr auto statuses = std::to_array<std::string_view>(
      {"status", "status_code", "response_code", "http.response.status_code", "response.status", "http_status"});
  constexpr auto requests = std::to_array<std::string_view>({"request", "request_line", "message"});
  const auto parsed = decode::parse_json(line, arena, {.duplicates = true});
  if (!parsed || !(*parsed)->is(decode::Kind::object)) return std::nullopt;
  const Value& root = **parsed;
  LogLine out{first_of(root, methods), first_of(root, targets), 0};
  if (out.method.empty() || out.target.empty()) {
    const auto whole = request_line(first_of(root, requests));
    if (!whole) return std::nullopt;
    out = *whole;
  }
  if (!is_method(out.method)) return std::nullopt;
  out.status = status_of(first_of(root, statuses));
  return out;
}

std::optional<Target> split_target(std::string_view target) {
  target = target.substr(0, target.find('#'));
  if (const std::size_t scheme = target.find("://"); scheme != std::string_view::npos &&
                                                     !target.substr(0, scheme).contains('/') &&
                                                     !target.substr(0, scheme).contains('?')) {
    const std::size_t path = target.find_first_of("/?", scheme + 3);
    target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
  }
  const std::size_t mark = target.find('?');
  Target out{target.substr(0, mark), mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1)};
  if (out.path.empty()) out.path = "/";
  if (!out.path.starts_with('/') && out.path != "*") return std::nullopt;
  return out;
}

}  // namespace sallyport::discover
