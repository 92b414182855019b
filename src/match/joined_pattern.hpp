// Patterns for values that are joined to one text: every value stands between two `joint` bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::match {

inline constexpr char joint = '\x1f';

// A pattern that is found in the joined text at least whenever PCRE2 finds `pattern` in one of the
// values: "^" and "$" become the joint, or nothing where that could lose a match. It may find more.
// None when the pattern has what cannot be carried over: \A, \z, \Z, \G, \K, verbs, \Q, comments, inline
// options that change "^", anchors within look-around.
[[nodiscard]] std::optional<std::string> joined_pattern(std::string_view pattern);

// Patterns of at most `limit` bytes that together find what `pattern` does: the branches of a large
// alternation are shared out. The pattern itself when it has none that can be.
[[nodiscard]] std::vector<std::string> split_pattern(const std::string& pattern, std::size_t limit);

// The group that a pattern begins with, "(?:;|&|…)": whatever matches has a match of it. None when it
// begins otherwise, is a choice as a whole, or the group may begin at the joint.
[[nodiscard]] std::optional<std::string> leading_group(std::string_view pattern);

}  // namespace sallyport::match
