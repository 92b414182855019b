#include "controls/access/path_pattern.hpp"

#include "http/characters.hpp"
#include "http/path.hpp"

#include <sallyport/arena.hpp>
#include <sallyport/message.hpp>

namespace sallyport::controls::access {
namespace {

bool starts_with_hex(std::string_view text, std::string_view triplet) {
  return text.size() >= 3 && same_name(text.substr(0, 3), triplet);
}

// Takes the next segment off the front of `rest` ("/a/b" -> "a", "/b"). Loosely, an encoded slash
// ends it too, and it ends before its parameters.
std::string_view next_segment(std::string_view& rest, bool loosely) {
  rest.remove_prefix(rest.starts_with('/') ? 1 : 3);
  std::size_t end = 0;
  while (end < rest.size() && rest[end] != '/' && !(loosely && starts_with_hex(rest.substr(end), "%2F"))) ++end;
  std::string_view segment = rest.substr(0, end);
  rest.remove_prefix(end);
  if (!loosely) return segment;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] == ';' || starts_with_hex(segment.substr(i), "%3B")) return segment.substr(0, i);
  }
  return segment;
}

}  // namespace

Result<PathPattern> PathPattern::compile(std::string_view text) {
  PathPattern pattern;
  if (!text.starts_with('/'))
    return fail(ErrorCode::invalid, "a path pattern begins with /", {}, "for example /admin/**");
  if (text.ends_with("/**")) {
    pattern.below_ = true;
    text.remove_suffix(3);
  }
  Arena arena;
  const auto canonical = http::canonical_path(text.empty() ? "/" : text, arena);
  if (!canonical) {
    return fail(ErrorCode::invalid, "no request can have this path: " + std::string(canonical.error().detail));
  }
  std::string_view rest = text.empty() ? std::string_view{} : canonical->text;
  while (!rest.empty()) pattern.segments_.emplace_back(next_segment(rest, false));
  for (const std::string& segment : pattern.segments_) {
    if (segment != "*" && segment.find('*') != std::string::npos) {
      return fail(ErrorCode::invalid, "`*` stands for a whole segment", {}, "/files/* or /files/**");
    }
  }
  return pattern;
}

bool PathPattern::matches(std::string_view path, bool loosely) const {
  std::string_view rest = path;
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    std::string_view segment;
    do {
      if (rest.empty()) return loosely && i + 1 == segments_.size() && segments_[i].empty();
      segment = next_segment(rest, loosely);
    } while (loosely && segment.empty() && !rest.empty());  // ";a=b" alone: some drop it
    const std::string& wanted = segments_[i];
    if (wanted == "*" && !segment.empty()) continue;
    if (!(loosely ? same_name(segment, wanted) : segment == wanted)) return false;
  }
  if (below_) return true;
  if (!loosely) return rest.empty();
  while (!rest.empty()) {
    if (!next_segment(rest, true).empty()) return false;
  }
  return true;
}

}  // namespace sallyport::controls::access
