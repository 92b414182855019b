#include "match/joined_pattern.hpp"

#include <vector>

#include "base/ascii.hpp"

namespace sallyport::match {
namespace {

// Where a bracket expression that begins at `at` ends: the index behind "]".
std::size_t behind_class(std::string_view pattern, std::size_t at) {
  ++at;
  if (at < pattern.size() && pattern[at] == '^') ++at;
  if (at < pattern.size() && pattern[at] == ']') ++at;
  while (at < pattern.size() && pattern[at] != ']') {
    if (pattern[at] == '\\') {
      at += 2;
    } else if (pattern.substr(at).starts_with("[:") && pattern.find(":]", at) != std::string_view::npos) {
      at = pattern.find(":]", at) + 2;
    } else {
      ++at;
    }
  }
  return at + 1;
}

// The next character from `at` on that is neither escaped nor in a bracket expression; the size when none is left.
std::size_t next_mark(std::string_view pattern, std::size_t at) {
  while (at < pattern.size()) {
    if (pattern[at] == '\\') {
      at += 2;
    } else if (pattern[at] == '[') {
      at = behind_class(pattern, at);
    } else {
      return at;
    }
  }
  return pattern.size();
}

struct Group {
  std::size_t open = 0;
  bool around = false;       // look-around, or within one
  bool behind_text = false;  // something stands before it in the same branch, here or further out
  bool filled = false;       // its current branch has begun
};

class Rewriter {
 public:
  explicit Rewriter(std::string_view pattern) : pattern_(pattern) {}

  std::optional<std::string> run() {
    if (!find_groups()) return std::nullopt;
    groups_.push_back({});
    for (std::size_t at = 0; at < pattern_.size();) {
      const std::size_t next = token(at);
      if (next == 0) return std::nullopt;
      at = next;
    }
    return std::move(out_);
  }

 private:
  // Fills closes_: for "(" at i the index of its ")".
  bool find_groups() {
    closes_.assign(pattern_.size(), 0);
    std::vector<std::size_t> open;
    for (std::size_t at = next_mark(pattern_, 0); at < pattern_.size(); at = next_mark(pattern_, at + 1)) {
      if (pattern_[at] == '(') open.push_back(at);
      if (pattern_[at] == ')') {
        if (open.empty()) return false;
        closes_[open.back()] = at;
        open.pop_back();
      }
    }
    return open.empty();
  }

  void keep(std::size_t from, std::size_t to) { out_ += pattern_.substr(from, to - from); }

  // The index behind the token; 0: it cannot be carried over.
  std::size_t token(std::size_t at) {
    const char c = pattern_[at];
    Group& group = groups_.back();
    switch (c) {
      case '\\':
        return escape(at);
      case '[': {
        const std::size_t end = behind_class(pattern_, at);
        if (end > pattern_.size()) return 0;
        keep(at, end);
        group.filled = true;
        return end;
      }
      case '(':
        return open(at);
      case ')':
        keep(at, at + 1);
        groups_.pop_back();
        groups_.back().filled = true;
        return at + 1;
      case '|':
        keep(at, at + 1);
        group.filled = false;
        return at + 1;
      case '^':
        if (group.around) return 0;
        out_ += first(group) && !counted() ? "\\x1f" : "(?:)";
        group.filled = true;
        return at + 1;
      case '$':
        if (group.around) return 0;
        out_ += last(at + 1) && !counted() ? "\\x1f" : "(?:)";
        group.filled = true;
        return at + 1;
      case '*':
      case '+':
      case '?':
      case '{':
        return quantifier(at);
      default:
        keep(at, at + 1);
        group.filled = true;
        return at + 1;
    }
  }

  // A possessive one would take the joint and not give it back.
  std::size_t quantifier(std::size_t at) {
    std::size_t end = at + 1;
    if (pattern_[at] == '{') {
      while (end < pattern_.size() && (is_digit(pattern_[end]) || pattern_[end] == ',')) ++end;
      if (end == at + 1 || end == pattern_.size() || pattern_[end] != '}') {
        end = at;  // a brace
      }
      ++end;
    }
    groups_.back().filled = true;
    keep(at, end);
    if (end == at + 1 && pattern_[at] == '{') return end;
    if (end < pattern_.size() && pattern_[end] == '?') {
      keep(end, end + 1);
      return end + 1;
    }
    return end < pattern_.size() && pattern_[end] == '+' ? end + 1 : end;
  }

  std::size_t escape(std::size_t at) {
    if (at + 1 >= pattern_.size()) return 0;
    const char c = pattern_[at + 1];
    if (c == 'A' || c == 'z' || c == 'Z' || c == 'G' || c == 'K' || c == 'Q' || c == 'E' || c == 'c') return 0;
    keep(at, at + 2);
    groups_.back().filled = true;
    return at + 2;
  }

  std::size_t open(std::size_t at) {
    const Group& outer = groups_.back();
    Group inner{at, outer.around, outer.behind_text || outer.filled, false};
    const std::string_view rest = pattern_.substr(at);
    std::size_t size = 1;
    if (rest.starts_with("(*") || rest.starts_with("(?#")) return 0;
    if (rest.starts_with("(?=") || rest.starts_with("(?!")) {
      inner.around = true;
      size = 3;
    } else if (rest.starts_with("(?<=") || rest.starts_with("(?<!")) {
      inner.around = true;
      size = 4;
    } else if (rest.starts_with("(?P<") || rest.starts_with("(?<") || rest.starts_with("(?'")) {
      const std::size_t end = rest.find_first_of(">'", rest[2] == '\'' ? 3 : 0);
      if (end == std::string_view::npos) return 0;
      size = end + 1;
    } else if (rest.starts_with("(?>")) {
      out_ += "(?:";  // atomic: may take the joint and not give it back
      groups_.push_back(inner);
      return at + 3;
    } else if (rest.starts_with("(?|") || rest.starts_with("(?:")) {
      size = 3;
    } else if (rest.starts_with("(?")) {
      std::size_t end = 2;
      while (end < rest.size() && (is_letter(rest[end]) || rest[end] == '-')) ++end;
      const std::string_view options = rest.substr(2, end - 2);
      if (end == rest.size() || options.find_first_not_of("is-") != std::string_view::npos) return 0;
      if (rest[end] == ')') {  // of the rest of the group: no text
        keep(at, at + end + 1);
        return at + end + 1;
      }
      if (rest[end] != ':') return 0;
      size = end + 1;
    }
    keep(at, at + size);
    groups_.push_back(inner);
    return at + size;
  }

  // Nothing that a match could hold stands before this place.
  static bool first(const Group& group) { return !group.behind_text && !group.filled; }

  // Nothing stands behind this place, here or further out.
  [[nodiscard]] bool last(std::size_t at) const {
    for (std::size_t level = groups_.size(); level-- > 0;) {
      if (at < pattern_.size() && pattern_[at] != ')' && pattern_[at] != '|') return false;
      if (level > 0) at = closes_[groups_[level].open] + 1;
    }
    return true;
  }

  // A group around this place is repeated a number of times: one joint would not do.
  [[nodiscard]] bool counted() const {
    for (std::size_t level = 1; level < groups_.size(); ++level) {
      const std::size_t behind = closes_[groups_[level].open] + 1;
      if (behind < pattern_.size() && pattern_[behind] == '{') return true;
    }
    return false;
  }

  std::string_view pattern_;
  std::vector<std::size_t> closes_;
  std::vector<Group> groups_;
  std::string out_;
};

// A group "(?:…|…)" that is not repeated, nor within one that is.
struct Alternation {
  std::size_t begin = 0;  // of the first branch
  std::size_t end = 0;    // of the last
  std::vector<std::size_t> bars;
};

// The longest; no bars: there is none.
Alternation longest_alternation(std::string_view pattern) {
  Alternation best;
  std::vector<Alternation> open;
  std::vector<Alternation> found;
  std::vector<std::pair<std::size_t, std::size_t>> unfit;  // repeated groups, look-around, captures
  for (std::size_t at = next_mark(pattern, 0); at < pattern.size(); at = next_mark(pattern, at + 1)) {
    const char c = pattern[at];
    if (c == '(') {
      open.push_back({at, 0, {}});
    } else if (c == '|' && !open.empty()) {
      open.back().bars.push_back(at);
    } else if (c == ')' && !open.empty()) {
      Alternation group = std::move(open.back());
      open.pop_back();
      const char behind = at + 1 < pattern.size() ? pattern[at + 1] : ' ';
      const bool repeated = behind == '*' || behind == '+' || behind == '?' || behind == '{';
      if (repeated || !pattern.substr(group.begin).starts_with("(?:")) {
        unfit.emplace_back(group.begin, at);
      } else if (!group.bars.empty()) {
        group.begin += 3;
        group.end = at;
        found.push_back(std::move(group));
      }
    }
  }
  for (Alternation& group : found) {
    bool fits = group.end - group.begin > best.end - best.begin;
    for (const auto& [from, to] : unfit) fits = fits && !(from < group.begin && group.end < to);
    if (fits) best = std::move(group);
  }
  return best;
}

}  // namespace

std::optional<std::string> joined_pattern(std::string_view pattern) { return Rewriter(pattern).run(); }

std::vector<std::string> split_pattern(const std::string& pattern, std::size_t limit) {
  if (pattern.size() <= limit) return {pattern};
  Alternation group = longest_alternation(pattern);
  if (group.bars.empty()) return {pattern};
  const std::string before = pattern.substr(0, group.begin);
  const std::string after = pattern.substr(group.end);
  const std::size_t around = before.size() + after.size();
  group.bars.push_back(group.end);
  std::vector<std::string> out;
  std::string share;
  std::size_t from = group.begin;
  const auto close = [&] {
    // A share that is still too long has a long branch.
    for (std::string& part : split_pattern(before + share + after, limit)) out.push_back(std::move(part));
    share.clear();
  };
  for (const std::size_t bar : group.bars) {
    const std::string branch = pattern.substr(from, bar - from);
    from = bar + 1;
    if (!share.empty() && around + share.size() + branch.size() > limit) close();
    if (!share.empty()) share += '|';
    share += branch;
  }
  close();
  return out;
}

std::optional<std::string> leading_group(std::string_view pattern) {
  if (!pattern.starts_with("(?:")) return std::nullopt;
  std::size_t depth = 0;
  std::optional<std::string> group;
  for (std::size_t at = next_mark(pattern, 0); at < pattern.size(); at = next_mark(pattern, at + 1)) {
    const char c = pattern[at];
    if (c == '|' && depth == 0) return std::nullopt;
    if (c == '(') ++depth;
    if (c == ')' && --depth == 0 && !group) {
      const char behind = at + 1 < pattern.size() ? pattern[at + 1] : ' ';
      if (behind == '*' || behind == '?' || behind == '{') return std::nullopt;
      group = pattern.substr(0, at + 1);
    }
  }
  if (group && (group->find("\\x1f") != std::string::npos || group->find("(?:)") != std::string::npos))
    return std::nullopt;
  return group;
}

}  // namespace sallyport::match
