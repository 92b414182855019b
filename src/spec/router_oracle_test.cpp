// Router against a slow and obvious reading of the same rules: a scan over all APIs and all
// templates, comparing candidates pair by pair. Random templates, hosts and paths from a small
// alphabet, so that they collide often; the seed is fixed.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <random>

#include "spec/path_template.hpp"
#include "spec/router_fixture.hpp"

namespace sallyport {
namespace {

using testing::Gate;
using testing::GateApi;

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> out;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/', 1), path.size());
    out.emplace_back(path.substr(1, end - 1));
    path.remove_prefix(end);
  }
  return out;
}

// "a{x}b": variables become '*'.
std::string starred(std::string_view segment) {
  std::string out;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    out += segment[i] == '{' ? '*' : segment[i];
    if (segment[i] == '{') i = segment.find('}', i);
  }
  return out;
}

// A star stands for one or more characters, by trying every length.
bool glob(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] != '*') return !text.empty() && text[0] == pattern[0] && glob(pattern.substr(1), text.substr(1));
  for (std::size_t taken = 1; taken <= text.size(); ++taken) {
    if (glob(pattern.substr(1), text.substr(taken))) return true;
  }
  return false;
}

enum Rank { concrete, mixed, variable };
Rank rank(const std::string& segment) {
  return segment.find('*') == segment.npos ? concrete : segment == "*" ? variable : mixed;
}

// Negative when template segment `a` is preferred to `b`. Both match the same text.
int prefer(const std::string& a, const std::string& b) {
  if (rank(a) != rank(b)) return rank(a) - rank(b);
  if (a == b || rank(a) != mixed) return 0;
  const auto size = [](std::size_t n) { return static_cast<int>(n); };
  const int before = size(b.find('*')) - size(a.find('*'));
  if (before != 0) return before;
  const int behind = size(b.size() - b.rfind('*')) - size(a.size() - a.rfind('*'));
  if (behind != 0) return behind;
  const auto stars = [](const std::string& s) { return static_cast<int>(std::count(s.begin(), s.end(), '*')); };
  const int literal = (size(b.size()) - stars(b)) - (size(a.size()) - stars(a));
  if (literal != 0) return literal;
  if (stars(a) != stars(b)) return stars(a) - stars(b);
  // By text, where a variable is '{' and so greater than any character of these tests.
  std::string x = a, y = b;
  std::ranges::replace(x, '*', '{');
  std::ranges::replace(y, '*', '{');
  return x.compare(y);
}

struct Candidate {
  const Operation* operation;
  std::vector<std::string> segments;
};

bool better(const Candidate& a, const Candidate& b) {
  for (std::size_t i = 0; i < a.segments.size(); ++i) {
    if (const int order = prefer(a.segments[i], b.segments[i]); order != 0) return order < 0;
  }
  return false;
}

bool claims(const Api& api, std::string_view path) {
  std::string base = api.base_path;
  while (base.ends_with('/')) base.pop_back();
  return path == base || path.starts_with(base + "/");
}

// Higher is better; none: the host does not match.
std::optional<int> host_rank(std::string_view pattern, std::string_view host) {
  if (pattern == host) return 1000;
  if (pattern == "*") return 0;
  if (pattern.starts_with("*.") && host.size() > pattern.size() - 1 && host.ends_with(pattern.substr(1))) {
    return static_cast<int>(pattern.size());
  }
  return {};
}

const Api* oracle_api(const std::vector<const Api*>& apis, std::string_view host, std::string_view path) {
  const Api* best = nullptr;
  std::pair<int, std::size_t> best_rank;
  for (const Api* api : apis) {
    for (const auto& pattern : api->hosts) {
      const auto by_host = host_rank(pattern, host);
      if (!by_host || !claims(*api, path)) continue;
      const std::pair rank{*by_host, segments_of(api->base_path == "/" ? "" : api->base_path).size()};
      if (best == nullptr || rank > best_rank) {
        best = api;
        best_rank = rank;
      }
    }
  }
  return best;
}

std::string oracle(const std::vector<const Api*>& apis, std::string_view host, std::string_view token,
                   std::string_view path) {
  Route route;
  route.api = oracle_api(apis, host, path);
  if (route.api == nullptr) return Gate::text(route);
  route.kind = RouteKind::prefix;
  if (!route.api->has_spec) return Gate::text(route);
  const auto wanted = segments_of(path);
  std::vector<Candidate> found;
  for (const auto& operation : route.api->operations) {
    Candidate candidate{&operation, {}};
    for (const auto& segment : segments_of(operation.path_template)) candidate.segments.push_back(starred(segment));
    if (std::ranges::equal(candidate.segments, wanted, glob)) found.push_back(candidate);
  }
  route.kind = RouteKind::unknown_path;
  if (found.empty()) return Gate::text(route);
  std::ranges::iter_swap(found.begin(), std::ranges::min_element(found, better));
  const auto by_token = [&](std::string_view method) -> const Operation* {
    for (const auto& candidate : found) {
      if (candidate.segments == found.front().segments && candidate.operation->method_token == method)
        return candidate.operation;
    }
    return nullptr;
  };
  route.operation = by_token(token);
  if (route.operation == nullptr && token == "HEAD") route.operation = by_token("GET");
  route.kind = route.operation != nullptr ? RouteKind::operation : RouteKind::unknown_method;
  if (route.operation != nullptr) {
    route.path_template = route.operation->path_template;
    return Gate::text(route);
  }
  std::string allowed;
  for (const std::string_view method : {"GET", "HEAD", "POST", "DELETE", "PURGE"}) {
    if (by_token(method) == nullptr && !(method == "HEAD" && by_token("GET") != nullptr)) continue;
    allowed += (allowed.empty() ? "" : ", ") + std::string(method);
  }
  // Which of several templates of the same shape is named is not promised.
  route.allowed_methods = allowed;
  return Gate::text(route);
}

std::string without_template(const std::string& text) {
  const std::size_t at = text.find("unknown_method ");
  return at == text.npos ? text : text.substr(0, at + 15) + text.substr(text.find('['));
}

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(engine_); }
  template <class T>
  T pick(std::initializer_list<T> choices) {
    return choices.begin()[below(choices.size())];
  }

 private:
  std::mt19937_64 engine_;
};

constexpr std::initializer_list<std::string_view> hosts{"a.x.y", "b.x.y", "*.x.y", "*.y", "*", "x.y"};
constexpr std::initializer_list<std::string_view> tokens{"GET", "HEAD", "POST", "DELETE", "PURGE"};
constexpr std::initializer_list<std::string_view> bases{"/", "/a", "/a/b", "/b", "/ab"};

std::string random_template(Dice& dice, std::string base) {
  if (base == "/") base.clear();
  std::size_t name = 0;
  for (std::size_t count = dice.below(5); count-- != 0;) {
    base += '/';
    for (std::size_t pieces = dice.pick<std::size_t>({1, 1, 1, 2, 3}); pieces-- != 0;) {
      if (dice.below(2) == 0) {
        base += "{v" + std::to_string(name++) + "}";
      } else {
        base += dice.pick<std::string_view>({"a", "b", "ab", "-", "ba"});
      }
    }
  }
  if (base.empty() || dice.below(8) == 0) base += '/';
  return base;
}

std::string random_path(Dice& dice) {
  std::string out;
  for (std::size_t count = dice.below(6); count-- != 0;) {
    out += '/';
    for (std::size_t pieces = 1 + dice.below(4); pieces-- != 0;)
      out += dice.pick<std::string_view>({"a", "b", "-", "ab"});
  }
  if (out.empty() || dice.below(8) == 0) out += '/';
  return out;
}

// A path that some template of the gate matches, when nothing better does.
std::string path_of_template(Dice& dice, const Gate& gate) {
  const auto apis = gate.pointers();
  const auto& operations = apis[dice.below(apis.size())]->operations;
  if (operations.empty()) return "/";
  std::string out;
  for (const char c : starred(operations[dice.below(operations.size())].path_template)) {
    if (c == '*') {
      out += dice.pick<std::string_view>({"a", "b", "-", "ab-"});
    } else {
      out += c;
    }
  }
  return out;
}

void random_gate(Dice& dice, Gate& gate) {
  for (std::size_t count = 1 + dice.below(5); count-- != 0;) {
    std::vector<std::string> names;
    for (std::size_t n = 1 + dice.below(2); n-- != 0;) names.emplace_back(dice.pick(hosts));
    const std::string base(dice.pick(bases));
    GateApi& api = gate.api("api" + std::to_string(count), names, base);
    api.has_spec = dice.below(8) != 0;
    for (std::size_t n = dice.below(30); n-- != 0;) {
      const std::string_view token = dice.pick(tokens);
      api.on(testing::method_of(token), std::string(token), random_template(dice, base));
    }
    // Two with one shape and method are refused: keep the first.
    std::vector<std::string> seen;
    std::erase_if(api.operations, [&](const Operation& operation) {
      const std::string key = operation.method_token + parse_path_template(operation.path_template)->shape();
      const bool repeated = std::ranges::find(seen, key) != seen.end();
      seen.push_back(key);
      return repeated;
    });
  }
}

TEST(RouterOracle, AgreesWithTheScan) {
  std::size_t compared = 0, operations = 0, unknown_methods = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Dice dice(seed);
    Gate gate;
    random_gate(dice, gate);
    if (!gate.build_error().empty()) {  // the same host and base path twice
      EXPECT_NE(gate.build_error().find("already"), std::string::npos) << gate.build_error();
      continue;
    }
    gate.build();
    for (int i = 0; i < 100; ++i) {
      const std::string host(dice.pick({"a.x.y", "b.x.y", "c.x.y", "x.y", "y", "z", "q.a.x.y", "q.y"}));
      const std::string token(dice.pick(tokens));
      const std::string path = dice.below(2) == 0 ? random_path(dice) : path_of_template(dice, gate);
      const std::string expected = oracle(gate.pointers(), host, token, path);
      ASSERT_EQ(without_template(gate.route(host, token, path)), expected)
          << "seed " << seed << ": " << token << " " << host << path;
      ++compared;
      operations += expected.find(" operation ") != expected.npos;
      unknown_methods += expected.find("unknown_method") != expected.npos;
    }
  }
  // The comparison is worth something only when all outcomes are met often.
  EXPECT_GT(compared, 100'000u);
  EXPECT_GT(operations, 5'000u);
  EXPECT_GT(unknown_methods, 5'000u);
}

TEST(RouterOracle, MixedSegmentsMatchAsByTryingEveryLength) {
  Dice dice(7);
  std::size_t matched = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string pattern, text;
    for (std::size_t n = dice.below(5); n-- != 0;) pattern += dice.pick<char>({'a', 'b', '*'});
    pattern.insert(dice.below(pattern.size() + 1), "*");
    for (std::size_t n = dice.below(9); n-- != 0;) text += dice.pick<char>({'a', 'b'});
    std::string marked = pattern;
    std::ranges::replace(marked, '*', variable_mark);
    ASSERT_EQ(matches_mixed(marked, text), glob(pattern, text)) << pattern << " " << text;
    matched += glob(pattern, text);
  }
  EXPECT_GT(matched, 20'000u);
}

}  // namespace
}  // namespace sallyport
