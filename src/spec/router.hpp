// Router: which API and which of its operations a call is aimed at. Immutable; shared by all
// threads; find() allocates nothing and cannot fail.
//
// Precedence, in this order:
//   1. Host. The exact name, then "*.suffix" patterns (one or more labels; longest suffix first),
//      then "*". A later step is tried only when no API of the earlier one claims the path.
//   2. Base path. The longest that is a prefix of the path on a segment boundary. From here on
//      the API is chosen: what it does not declare is unknown, no other API is asked.
//   3. Path template (OpenAPI 3.1 "Paths Object"), segment by segment: concrete text, then mixed
//      segments in the order of mixed_before(), then a whole-segment variable. When the better
//      choice fails further down, the next is tried. A trailing slash is significant and a
//      segment with parameters (";v=1") is compared as a whole.
//   4. Method, on that template only: "DELETE /pets/mine" is unknown_method when the concrete
//      template has no DELETE, even if "/pets/{id}" has one. HEAD without a declaration is
//      answered by GET's operation (RFC 9110 §9.3.2). Other methods than the well-known ones are
//      compared by token.
//
// Cost: one hash look-up per label or segment, whatever the number of hosts and operations.
// Backtracking visits a node of the template tree at most once; build() computes the most that
// any path can cost and refuses an API that exceeds `max_visits`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sallyport/operation.hpp>
#include <sallyport/result.hpp>

#include "base/text_index.hpp"

namespace sallyport {

class Router {
 public:
  // Nodes and mixed siblings that one search may look at: some hundred microseconds.
  static constexpr std::uint32_t max_visits = 16'384;

  // Claims nothing.
  Router() = default;

  // The APIs, and the operations in them, must outlive the router and stay where they are.
  // Operation::path_template holds the base path. Errors (`where` names the API): no host or a
  // malformed one, a base path that is not concrete, two APIs with the same host and base path,
  // a malformed template or one outside its API's base path, two operations with the same
  // template but for variable names and the same method, more than max_visits.
  [[nodiscard]] static Result<Router> build(const std::vector<const Api*>& apis);

  // `host` and `path` are canonical (Request::host, Request::path). Views in the result point
  // into the APIs and into the router. "*" (OPTIONS *) belongs to no API.
  [[nodiscard]] Route find(std::string_view host, std::string_view path, Method method,
                           std::string_view method_token) const noexcept;

  // The most nodes and siblings that any path can make find() look at.
  [[nodiscard]] std::uint32_t worst_case() const noexcept { return worst_case_; }
  // Memory held.
  [[nodiscard]] std::size_t bytes() const noexcept;

 private:
  friend class RouterBuilder;
  static constexpr std::uint32_t none = TextIndex::none;
  // Owners in index_ that are not nodes.
  static constexpr std::uint32_t exact_hosts = none - 1;
  static constexpr std::uint32_t wildcard_hosts = none - 2;

  // Of a tree of templates below a base path, or of the tree of base paths of a set of APIs.
  struct Node {
    std::uint32_t variable = none;  // child node
    std::uint32_t leaf = none;      // templates: the path ends here
    std::uint32_t api = none;       // base paths: what is claimed from here on
    std::uint32_t mixed_first = 0;  // children in mixed_
    std::uint32_t mixed_count = 0;
    bool concrete = false;  // has children in index_
  };
  struct Mixed {
    std::uint32_t text = 0;  // in pool_
    std::uint32_t length = 0;
    std::uint32_t node = 0;
  };
  // The operations of one template: first the well-known methods in their order, then others.
  struct Leaf {
    std::uint32_t first = 0;    // in operations_
    std::uint32_t allowed = 0;  // in pool_
    std::uint16_t allowed_length = 0;
    std::uint16_t methods = 0;  // bit per well-known method
    std::uint32_t others = 0;
  };
  struct Entry {
    const Api* api = nullptr;
    std::uint32_t root = none;  // of its templates; none without specification
  };
  struct Claim {
    std::uint32_t entry = none;
    std::string_view rest;  // the path behind the base path
  };

  [[nodiscard]] std::string_view pooled(std::uint32_t at, std::size_t length) const noexcept {
    return {pool_.data() + at, length};
  }
  [[nodiscard]] Claim claim(std::string_view host, std::string_view path) const noexcept;
  [[nodiscard]] Claim claim_below(std::uint32_t node, std::string_view path) const noexcept;
  [[nodiscard]] std::uint32_t match(std::uint32_t node, std::string_view rest) const noexcept;
  [[nodiscard]] const Operation* choose(const Leaf& leaf, Method method, std::string_view token) const noexcept;

  TextIndex index_;  // hosts and concrete segments
  std::vector<Node> nodes_;
  std::vector<Mixed> mixed_;
  std::vector<Leaf> leaves_;
  std::vector<Entry> entries_;
  std::vector<const Operation*> operations_;
  std::vector<char> pool_;
  std::uint32_t any_host_ = none;  // tree of base paths of "*"
  bool wildcards_ = false;
  std::uint32_t worst_case_ = 0;
};

}  // namespace sallyport
