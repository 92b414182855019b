// Long because what a segment is follows from all of its neighbours at once.
#include "inventory/path_learner.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <iterator>
#include <limits>
#include <ranges>
#include <unordered_map>

namespace sallyport::inventory {
namespace {

// Different words, below which a set of them is not called endless.
constexpr std::size_t open_words = 8;
// Part of the calls of such a set that are to words seen once.
constexpr double open_share = 0.1;
// Endpoints that words must have in common to be values of one kind, and how many such words.
constexpr std::size_t alike_endpoints = 2;
constexpr std::size_t alike_words = 3;
// A closed set of numbers, each seen about as often, as /status/404: names.
constexpr std::size_t closed_numbers = 5;
constexpr std::uint64_t closed_calls = 8;

// Different values that a word must have stood below to tell of another one.
constexpr std::size_t shared_values = 3;

// Different words below them, without which they are collections: /book/search, /film/search.
constexpr std::size_t shared_words = 3;
// Words that have words below them, from which on those below are looked at for what they share.
constexpr std::size_t tenant_words = 16;

constexpr std::size_t signature_depth = 3;
constexpr std::size_t signature_size = 200;

// Is at least every second number between the least and the greatest there?
bool is_dense(auto&& numbers) {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t most = std::numeric_limits<std::int64_t>::min();
  std::int64_t count = 0;
  for (const std::string_view text : numbers) {
    std::int64_t number = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc{}) return false;
    least = std::min(least, number);
    most = std::max(most, number);
    ++count;
  }
  return most / 2 - least / 2 < count;
}

}  // namespace

struct PathLearner::Walk {
  std::unordered_map<std::uint32_t, Signature> signatures;
  std::vector<LearnedPath> out;
  std::string path;
  std::vector<Segment> values;
  std::uint64_t least = 0;
};

void PathLearner::add(std::string_view path, std::uint32_t tag, std::uint64_t calls) {
  std::array<std::string_view, max_segments> segments;
  std::size_t count = 0;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (count == max_segments || segment.size() > max_segment) {
      ++left_out_;
      return;
    }
    segments[count++] = segment;
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  // Whole or not at all: half a path would be an endpoint that nobody called.
  std::uint32_t at = 0;
  std::size_t known = 0;
  for (; known < count; ++known) {
    const auto next = nodes_[at].children.find(segments[known]);
    if (next == nodes_[at].children.end()) break;
    at = next->second;
  }
  if (nodes_.size() + count - known > max_) {
    ++left_out_;
    return;
  }
  at = 0;
  for (const std::string_view segment : std::span(segments).first(count)) {
    nodes_[at].through += calls;
    auto next = nodes_[at].children.find(segment);
    if (next == nodes_[at].children.end()) {
      next = nodes_[at].children.emplace(segment, static_cast<std::uint32_t>(nodes_.size())).first;
      const std::uint32_t made = next->second;
      nodes_.emplace_back();
      at = made;
    } else {
      at = next->second;
    }
  }
  Node& last = nodes_[at];
  last.through += calls;
  last.ends += calls;
  if (last.tags.size() < max_tags && std::ranges::find(last.tags, tag) == last.tags.end()) last.tags.push_back(tag);
}

std::vector<PathLearner::Child> PathLearner::children_of(const Nodes& nodes) const {
  std::map<std::string_view, Child> merged;
  for (const std::uint32_t node : nodes) {
    for (const auto& [segment, child] : nodes_[node].children) {
      Child& entry = merged[segment];
      entry.through += nodes_[child].through;
      entry.nodes.push_back(child);
    }
  }
  std::vector<Child> out;
  out.reserve(merged.size());
  for (auto& [segment, child] : merged) {
    child.segment = segment;
    child.parts = split_extension(segment);
    child.kind = kind_of_segment(child.parts.stem);
    out.push_back(std::move(child));
  }
  return out;
}

void PathLearner::decide(std::vector<Child>& children, bool behind_value, std::size_t depth, Walk& walk) const {
  std::map<std::string_view, std::vector<Child*>> words;  // by format
  std::vector<Child*> numbers;
  std::size_t dates = 0;
  std::size_t versions = 0;
  for (const Child& child : children) {
    dates += child.kind == Segment::date ? 1 : 0;
    versions += child.kind == Segment::version ? 1 : 0;
  }
  for (Child& child : children) {
    child.value = is_value(child.kind);
    // A lone date in front is a version: /2010-04-01/Accounts.
    if (child.kind == Segment::date && dates == 1 && !behind_value && child.through >= closed_calls)
      child.value = false;
    if (child.kind == Segment::integer) numbers.push_back(&child);
    if (child.kind == Segment::version && !behind_value) continue;
    // /v1/… is a version of the API; /skills/17/versions/v1 and its like are values.
    if (child.kind == Segment::version && versions >= 2) child.value = true;
    if (!child.value) words[child.parts.extension].push_back(&child);
  }
  // Statuses of HTTP are named wherever they stand alone.
  const bool statuses = std::ranges::all_of(numbers, [](const Child* number) {
    return number->segment.size() == 3 && number->segment[0] >= '1' && number->segment[0] <= '5';
  });
  if (numbers.size() >= closed_numbers || (!numbers.empty() && statuses)) {
    std::uint64_t sum = 0;
    std::uint64_t least = ~std::uint64_t{0};
    bool leaves = true;
    for (const Child* number : numbers) {
      sum += number->through;
      least = std::min(least, number->through);
      for (const std::uint32_t node : number->nodes) leaves = leaves && nodes_[node].children.empty();
    }
    // One after the other they are counted things: /items/0 to /items/49 of busy lists.
    const bool counted =
        !statuses && is_dense(numbers | std::views::transform([](const Child* n) { return n->segment; }));
    if (leaves && !counted && least >= closed_calls && least * 4 * numbers.size() >= sum) {
      for (Child* number : numbers) number->value = false;
    }
  }
  for (auto& [extension, group] : words) {
    decide_open(group);
    decide_shared(group, children);
    decide_alike(group, children, depth, walk);
  }
}

void PathLearner::decide_open(std::vector<Child*>& words) const {
  if (words.size() < open_words) return;
  std::ranges::sort(words, {}, &Child::through);
  // From the rarest on, as long as none is much more frequent than those before.
  std::size_t count = 0;
  std::uint64_t calls = 0;
  std::uint64_t once = 0;
  std::uint64_t last = 0;
  for (const Child* word : words) {
    if (count > 0 && word->through * count > 4 * calls + count && word->through > 3 * last + 1) break;
    last = word->through;
    ++count;
    calls += word->through;
    once += word->through == 1 ? 1 : 0;
  }
  if (count < open_words || static_cast<double>(once) < open_share * static_cast<double>(calls)) return;
  for (Child* word : std::span(words).first(count)) word->value = true;
}

// Calls of each word right below a word, and below how many different ones it stands.
struct PathLearner::Below {
  struct Use {
    std::uint64_t calls = 0;
    std::size_t places = 0;
  };
  std::map<std::string_view, Use> words;
  std::size_t places = 0;  // that have words below them
  std::uint64_t calls = 0;

  void add(const std::vector<Node>& nodes, const Child& child) {
    std::map<std::string_view, std::uint64_t> own;
    for (const std::uint32_t node : child.nodes) {
      for (const auto& [segment, below] : nodes[node].children) {
        if (!is_value(kind_of_segment(segment))) own[segment] += nodes[below].through;
      }
    }
    for (const auto& [segment, count] : own) {
      Use& use = words[segment];
      use.calls += count;
      ++use.places;
      calls += count;
    }
    places += own.empty() ? 0 : 1;
  }
  // Do most of the child's calls go to words that stand below several others?
  [[nodiscard]] bool covers(const std::vector<Node>& nodes, const Child& child) const {
    std::uint64_t known = 0;
    std::uint64_t all = 0;
    for (const std::uint32_t node : child.nodes) {
      for (const auto& [segment, below] : nodes[node].children) {
        if (is_value(kind_of_segment(segment))) continue;
        all += nodes[below].through;
        const auto at = words.find(segment);
        if (at != words.end() && at->second.places >= shared_values) known += nodes[below].through;
      }
    }
    return all > 0 && known * 10 >= all * 8;
  }
  // How many words get four fifths of the calls.
  [[nodiscard]] std::size_t common() const {
    std::vector<std::uint64_t> counts;
    for (const auto& [segment, use] : words) counts.push_back(use.calls);
    std::ranges::sort(counts, std::greater());
    std::uint64_t sum = 0;
    std::size_t count = 0;
    while (count < counts.size() && sum * 5 < calls * 4) sum += counts[count++];
    return count;
  }
};

// What stands below values tells of other values: popular ones are seen as often as names are.
void PathLearner::decide_shared(std::vector<Child*>& words, const std::vector<Child>& all) const {
  // Many words, and below them always the same few: tenants and their collections. Where few words
  // have many different ones below, they are the collections.
  Below among;
  for (const Child* word : words) {
    if (!word->value) among.add(nodes_, *word);
  }
  if (among.places >= tenant_words && among.common() >= shared_words && among.places * 2 >= among.common() * 3) {
    std::vector<Child*> alike;
    for (Child* word : words) {
      if (!word->value && among.covers(nodes_, *word)) alike.push_back(word);
    }
    if (alike.size() * 2 >= among.places) {
      for (Child* word : alike) word->value = true;
    }
  }
  Below below;
  for (const Child& child : all) {
    if (child.value) below.add(nodes_, child);
  }
  if (below.places < shared_values) return;
  for (Child* word : words) word->value = word->value || below.covers(nodes_, *word);
}

void PathLearner::decide_alike(std::vector<Child*>& words, const std::vector<Child>& all, std::size_t depth,
                               Walk& walk) const {
  if (depth >= max_segments) return;
  // Endpoints below each, those with a name in them.
  struct Named {
    Child* child;
    Signature names;
  };
  const auto named = [&](const Child& child) {
    Signature out;
    for (const std::string& path : signature(child.nodes, true, 0, walk)) {
      if (path.find_first_not_of("{}/.") != std::string::npos) out.insert(path);
    }
    return out;
  };
  const auto common = [](const Signature& a, const Signature& b) {
    std::size_t count = 0;
    for (const std::string& path : a) count += b.contains(path) ? 1 : 0;
    return count;
  };
  Signature values;  // below those that are values already
  std::size_t looked = 0;
  for (const Child& child : all) {
    if (!child.value || ++looked > 64) continue;
    values.merge(named(child));
  }
  std::vector<Named> open;
  for (Child* word : words) {
    if (word->value || open.size() >= 512) continue;
    Signature names = named(*word);
    if (names.size() < alike_endpoints) continue;
    // Known values have all of this, too.
    if (common(names, values) * 10 >= names.size() * 8 && !values.empty()) {
      word->value = true;
      continue;
    }
    open.push_back({word, std::move(names)});
  }
  // The greatest group around one of them.
  std::vector<Named*> best;
  for (std::size_t i = 0; i < open.size() && i < 32; ++i) {
    std::vector<Named*> group;
    for (Named& other : open) {
      const std::size_t both = common(other.names, open[i].names);
      const std::size_t either = other.names.size() + open[i].names.size() - both;
      if (both >= alike_endpoints && both * 2 >= either) group.push_back(&other);
    }
    if (group.size() > best.size()) best = std::move(group);
  }
  if (best.size() < alike_words) return;
  for (Named* below : best) below->child->value = true;
}

PathLearner::Signature PathLearner::signature(const Nodes& nodes, bool behind_value, std::size_t depth,
                                              Walk& walk) const {
  Signature out;
  std::size_t looked = 0;
  for (const std::uint32_t node : nodes) {
    if (++looked > 64 || out.size() >= signature_size) break;
    const Signature& below = signature(node, behind_value, depth, walk);
    out.insert(below.begin(), below.end());
  }
  return out;
}

const PathLearner::Signature& PathLearner::signature(std::uint32_t node, bool behind_value, std::size_t depth,
                                                     Walk& walk) const {
  if (const auto known = walk.signatures.find(node); known != walk.signatures.end()) return known->second;
  Signature out;
  if (depth < signature_depth) {
    std::vector<Child> children = children_of({node});
    decide(children, behind_value, depth + 1, walk);
    for (const Child& child : children) {
      if (out.size() >= signature_size) break;
      const std::string name = child.value ? "{}" + std::string(child.parts.extension) : std::string(child.segment);
      for (const std::uint32_t below : child.nodes) {
        if (nodes_[below].ends > 0) out.insert(name);
        for (const std::string& rest : signature(below, behind_value || child.value, depth + 1, walk))
          out.insert(name + "/" + rest);
      }
    }
  }
  return walk.signatures[node] = std::move(out);
}

void PathLearner::collect(const Nodes& nodes, std::size_t depth, Walk& walk) const {
  std::uint64_t ends = 0;
  for (const std::uint32_t node : nodes) ends += nodes_[node].ends;
  if (ends >= walk.least && depth > 0) {
    LearnedPath made{walk.path, walk.values, ends, {}};
    std::set<std::uint32_t> tags;
    for (const std::uint32_t node : nodes) tags.insert(nodes_[node].tags.begin(), nodes_[node].tags.end());
    made.tags.assign(tags.begin(), tags.end());
    walk.out.push_back(std::move(made));
  }
  std::vector<Child> children = children_of(nodes);
  if (children.empty()) return;
  decide(children, !walk.values.empty(), 0, walk);
  const std::size_t size = walk.path.size();
  struct Group {
    Nodes nodes;
    std::map<Segment, std::uint64_t> kinds;
  };
  std::map<std::string, Group, std::less<>> groups;  // values, by format
  for (Child& child : children) {
    if (child.value) {
      Group& group = groups[std::string(child.parts.extension)];
      group.kinds[child.kind] += child.through;
      group.nodes.insert(group.nodes.end(), child.nodes.begin(), child.nodes.end());
      continue;
    }
    walk.path += '/';
    walk.path += child.segment;
    collect(child.nodes, depth + 1, walk);
    walk.path.resize(size);
  }
  for (auto& [extension, group] : groups) {
    const auto most = std::ranges::max_element(group.kinds, {}, [](const auto& kind) { return kind.second; });
    walk.path += "/{}";
    walk.path += extension;
    walk.values.push_back(group.kinds.size() == 1 ? most->first : Segment::word);
    collect(group.nodes, depth + 1, walk);
    walk.values.pop_back();
    walk.path.resize(size);
  }
}

std::vector<LearnedPath> PathLearner::paths(std::uint64_t least) const {
  Walk walk;
  walk.least = std::max<std::uint64_t>(1, least);
  collect({0}, 0, walk);
  std::ranges::sort(walk.out, {}, &LearnedPath::path);
  return std::move(walk.out);
}

}  // namespace sallyport::inventory
