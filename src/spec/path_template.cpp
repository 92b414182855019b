#include "spec/path_template.hpp"

#include <algorithm>
#include <tuple>

#include "http/characters.hpp"

namespace sallyport {
namespace {

void put_encoded(std::string& out, unsigned char byte) {
  static constexpr char digits[] = "0123456789ABCDEF";
  out += '%';
  out += digits[byte >> 4];
  out += digits[byte & 15];
}

// Reads "{name}" at `at`, which stands on the brace; leaves `at` behind the closing one.
Result<std::string> parse_variable(std::string_view text, std::size_t& at) {
  const std::size_t end = text.find_first_of("{}/", at + 1);
  if (end == std::string_view::npos || text[end] != '}') {
    return fail(ErrorCode::invalid, "unbalanced '{' in path template");
  }
  std::string name(text.substr(at + 1, end - at - 1));
  if (name.empty()) return fail(ErrorCode::invalid, "a variable without a name in path template");
  at = end + 1;
  return name;
}

// Ranks of mixed_before: smaller is tried first.
auto mixed_rank(std::string_view text) {
  const std::size_t first = text.find(variable_mark);
  const std::size_t last = text.rfind(variable_mark);
  const auto variables = static_cast<std::size_t>(std::count(text.begin(), text.end(), variable_mark));
  return std::tuple(std::string_view::npos - first, std::string_view::npos - (text.size() - last),
                    std::string_view::npos - (text.size() - variables), variables, text);
}

}  // namespace

SegmentKind TemplateSegment::kind() const {
  if (text.find(variable_mark) == std::string::npos) return SegmentKind::concrete;
  return text.size() == 1 ? SegmentKind::variable : SegmentKind::mixed;
}

std::string PathTemplate::shape() const {
  std::string out;
  for (const auto& segment : segments) {
    out += '/';
    out += segment.text;
  }
  return out;
}

bool PathTemplate::reachable() const {
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::string& text = segments[i].text;
    if (text == "." || text == ".." || (text.empty() && i + 1 != segments.size())) return false;
  }
  return true;
}

std::string canonical_path_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const int high = i + 1 < text.size() ? http::hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? http::hex_value(text[i + 2]) : -1;
    if (c == '%' && high >= 0 && low >= 0) {
      const auto byte = static_cast<unsigned char>(high * 16 + low);
      if (http::is(static_cast<char>(byte), http::character::unreserved)) {
        out += static_cast<char>(byte);
      } else {
        put_encoded(out, byte);
      }
      i += 2;
    } else if (http::is(c, http::character::path)) {
      out += c;
    } else {
      put_encoded(out, static_cast<unsigned char>(c));
    }
  }
  return out;
}

Result<PathTemplate> parse_path_template(std::string_view text) {
  PathTemplate out;
  if (text.empty()) return out;
  if (text.front() != '/') return fail(ErrorCode::invalid, "a path must begin with '/'");
  if (text.size() > PathTemplate::max_length) return fail(ErrorCode::limit, "path template longer than 8192 bytes");
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '/') {
      if (out.segments.size() == PathTemplate::max_segments) {
        return fail(ErrorCode::limit, "path template of more than 128 segments");
      }
      out.segments.emplace_back();
      ++at;
    } else if (c == '{') {
      auto name = parse_variable(text, at);
      if (!name) return std::unexpected(std::move(name.error()));
      if (std::ranges::find(out.variables, *name) != out.variables.end()) {
        return fail(ErrorCode::invalid, "variable '" + *name + "' stands twice in path template");
      }
      out.variables.push_back(std::move(*name));
      out.segments.back().text += variable_mark;
    } else if (c == '}') {
      return fail(ErrorCode::invalid, "unbalanced '}' in path template");
    } else {
      const std::size_t end = std::min(text.find_first_of("{}/", at), text.size());
      out.segments.back().text += canonical_path_text(text.substr(at, end - at));
      at = end;
    }
  }
  return out;
}

bool matches_mixed(std::string_view pattern, std::string_view segment) noexcept {
  // Each mark stands for at least one character, so a match is never shorter than the pattern.
  if (segment.size() < pattern.size()) return false;
  const std::size_t first = pattern.find(variable_mark);
  const std::size_t last = pattern.rfind(variable_mark);
  const std::string_view suffix = pattern.substr(last + 1);
  if (!segment.starts_with(pattern.substr(0, first)) || !segment.ends_with(suffix)) return false;

  const std::string_view room = segment.substr(0, segment.size() - suffix.size());
  std::size_t at = first + 1;  // behind the first character of the first variable
  std::size_t mark = first;
  while (mark != last) {
    const std::size_t next = pattern.find(variable_mark, mark + 1);
    const std::string_view literal = pattern.substr(mark + 1, next - mark - 1);
    const std::size_t found = room.find(literal, at);
    if (found == std::string_view::npos) return false;
    at = found + literal.size() + 1;
    mark = next;
  }
  return at <= room.size();
}

bool mixed_before(std::string_view a, std::string_view b) { return mixed_rank(a) < mixed_rank(b); }

}  // namespace sallyport
