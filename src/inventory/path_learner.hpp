// PathLearner: path templates out of paths that were called: "/orders/{}/items/{}" out of
// /orders/17/items/3, /orders/18/items/1, …
//
// Segments that look like values (segment.hpp) are. Of words, their neighbours decide:
//   - many different ones, most of them seen once or twice, are values: callers choose from what
//     has no end; what an API has is seen again and again;
//   - several under which the same endpoints stand are values: /acme/members and /zorg/members;
//   - all others are names.
//
// Only give it calls that the API answered: whoever may invent paths may invent endpoints. Bounded:
// at most max_nodes segments are kept; when they are full, new ones are counted in left_out().
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/segment.hpp"

namespace sallyport::inventory {

struct LearnedPath {
  std::string path;             // "/orders/{}"; values with a format: "/orders/{}.json"
  std::vector<Segment> values;  // of each "{}" the kind that most had; word: any text
  std::uint64_t calls = 0;
  std::vector<std::uint32_t> tags;  // that add() was given, each once, in order
};

class PathLearner {
 public:
  static constexpr std::size_t max_segments = 24;  // of one path: longer ones are left out
  static constexpr std::size_t max_segment = 256;  // bytes, likewise
  static constexpr std::size_t max_tags = 64;      // different ones of one path
  explicit PathLearner(std::size_t max_nodes = 400'000) : max_(max_nodes), nodes_(1) {}

  // `tag` is anything that is to be known of a learned path: its methods, for example. `calls` at once.
  void add(std::string_view path, std::uint32_t tag = 0, std::uint64_t calls = 1);
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }
  [[nodiscard]] std::size_t nodes() const { return nodes_.size(); }

  // What was learned, by path. `least`: calls that an endpoint must have had.
  [[nodiscard]] std::vector<LearnedPath> paths(std::uint64_t least = 2) const;

 private:
  struct Node {
    std::map<std::string, std::uint32_t, std::less<>> children;
    std::uint64_t through = 0;  // calls of it and of what is below
    std::uint64_t ends = 0;     // calls of it
    std::vector<std::uint32_t> tags;
  };
  using Nodes = std::vector<std::uint32_t>;
  using Signature = std::set<std::string, std::less<>>;
  struct Child {
    std::string_view segment;
    Parts parts;
    Segment kind = Segment::word;
    std::uint64_t through = 0;
    Nodes nodes;
    bool value = false;
  };
  struct Walk;
  struct Below;

  std::vector<Child> children_of(const Nodes& nodes) const;
  void decide(std::vector<Child>& children, bool behind_value, std::size_t depth, Walk& walk) const;
  void decide_open(std::vector<Child*>& words) const;
  void decide_shared(std::vector<Child*>& words, const std::vector<Child>& all) const;
  void decide_alike(std::vector<Child*>& words, const std::vector<Child>& all, std::size_t depth, Walk& walk) const;
  void collect(const Nodes& nodes, std::size_t depth, Walk& walk) const;
  const Signature& signature(std::uint32_t node, bool behind_value, std::size_t depth, Walk& walk) const;
  Signature signature(const Nodes& nodes, bool behind_value, std::size_t depth, Walk& walk) const;

  const std::size_t max_;
  std::vector<Node> nodes_;  // the first is the root
  std::uint64_t left_out_ = 0;
};

}  // namespace sallyport::inventory
