// A path template as OpenAPI writes it ("Path Templating"): literal text and variables in braces.
//
//   /pets/mine            concrete segments
//   /pets/{id}            a variable is a whole segment
//   /files/{name}.{ext}   mixed: a segment of several variables, or of variables and text
//
// A variable stands for one or more characters and never for '/'. A trailing slash is an empty
// last segment and significant. Literal text is brought into the form of a canonical request path
// (http/path.hpp): unreserved characters decoded, other percent-encodings in upper case, whatever
// RFC 3986 §3.3 does not allow in a path percent-encoded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <sallyport/result.hpp>

namespace sallyport {

// In the text of a segment this character stands for a variable. Canonical text never holds it.
inline constexpr char variable_mark = '{';

enum class SegmentKind : std::uint8_t { concrete, mixed, variable };

struct TemplateSegment {
  std::string text;  // canonical: "pets", "{", "report-{.pdf"
  [[nodiscard]] SegmentKind kind() const;
};

struct PathTemplate {
  static constexpr std::size_t max_length = 8192;   // bytes of the text
  static constexpr std::size_t max_segments = 128;  // bounds the depth of a search

  std::vector<TemplateSegment> segments;  // none for the empty text; "/" is one empty segment
  std::vector<std::string> variables;     // names in order

  // Equal for templates that "are identical but for the names of their variables": "/pets/{".
  [[nodiscard]] std::string shape() const;
  // May a canonical request path match at all? Not with empty segments inside or dot segments.
  [[nodiscard]] bool reachable() const;
};

// `text` is empty or begins with '/'. Errors: another beginning, unbalanced or nested braces, a
// variable without a name or with '/' in it, a variable named twice, a limit exceeded.
[[nodiscard]] Result<PathTemplate> parse_path_template(std::string_view text);

// Percent-encoding of literal text as said above. Idempotent; a '%' that begins no encoding
// becomes "%25". '/' is kept.
[[nodiscard]] std::string canonical_path_text(std::string_view text);

// Does a segment of a request path match a mixed segment's text? Leftmost matching, no
// backtracking: at most |segment| x |longest literal| comparisons.
[[nodiscard]] bool matches_mixed(std::string_view pattern, std::string_view segment) noexcept;

// Strict order in which mixed segments are tried: longer literal beginning, longer literal end,
// more literal text, fewer variables, then by text.
[[nodiscard]] bool mixed_before(std::string_view a, std::string_view b);

}  // namespace sallyport
