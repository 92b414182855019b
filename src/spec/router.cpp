#include "spec/router.hpp"

#include <bit>

#include "spec/path_template.hpp"

namespace sallyport {
namespace {

constexpr std::uint16_t bit(Method method) { return static_cast<std::uint16_t>(1u << static_cast<unsigned>(method)); }

// `rest` begins with '/': splits off its first segment.
struct Split {
  std::string_view segment;
  std::string_view tail;  // empty or begins with '/'
};
Split split(std::string_view rest) noexcept {
  const std::size_t end = rest.find('/', 1);
  if (end == std::string_view::npos) return {rest.substr(1), {}};
  return {rest.substr(1, end - 1), rest.substr(end)};
}

}  // namespace

Router::Claim Router::claim_below(std::uint32_t node, std::string_view path) const noexcept {
  Claim best;
  for (;;) {
    if (nodes_[node].api != none) best = {nodes_[node].api, path};
    if (path.empty() || !nodes_[node].concrete) return best;
    const Split next = split(path);
    node = index_.find(node, next.segment);
    if (node == none) return best;
    path = next.tail;
  }
}

Router::Claim Router::claim(std::string_view host, std::string_view path) const noexcept {
  if (const std::uint32_t root = index_.find(exact_hosts, host); root != none) {
    if (const Claim found = claim_below(root, path); found.entry != none) return found;
  }
  // Behind the first dot, then behind the next: the longest suffix comes first.
  for (std::size_t dot = wildcards_ ? host.find('.', 1) : host.npos; dot < host.size(); dot = host.find('.', dot + 1)) {
    const std::uint32_t root = index_.find(wildcard_hosts, host.substr(dot + 1));
    if (root == none) continue;
    if (const Claim found = claim_below(root, path); found.entry != none) return found;
  }
  return any_host_ == none ? Claim{} : claim_below(any_host_, path);
}

// Depth is at most PathTemplate::max_segments: a path that goes deeper than the tree ends there.
std::uint32_t Router::match(std::uint32_t at, std::string_view rest) const noexcept {
  const Node& node = nodes_[at];
  if (rest.empty()) return node.leaf;
  const Split next = split(rest);
  if (node.concrete) {
    if (const std::uint32_t child = index_.find(at, next.segment); child != none) {
      if (const std::uint32_t leaf = match(child, next.tail); leaf != none) return leaf;
    }
  }
  if (next.segment.empty()) return none;  // variables stand for one or more characters
  for (std::uint32_t i = node.mixed_first; i != node.mixed_first + node.mixed_count; ++i) {
    const Mixed& mixed = mixed_[i];
    if (!matches_mixed(pooled(mixed.text, mixed.length), next.segment)) continue;
    if (const std::uint32_t leaf = match(mixed.node, next.tail); leaf != none) return leaf;
  }
  return node.variable == none ? none : match(node.variable, next.tail);
}

const Operation* Router::choose(const Leaf& leaf, Method method, std::string_view token) const noexcept {
  if (method == Method::head && (leaf.methods & bit(method)) == 0) method = Method::get;
  if (method != Method::other) {
    if ((leaf.methods & bit(method)) == 0) return nullptr;
    return operations_[leaf.first + static_cast<unsigned>(std::popcount(leaf.methods & (bit(method) - 1u)))];
  }
  const std::uint32_t first = leaf.first + static_cast<unsigned>(std::popcount(leaf.methods));
  for (std::uint32_t i = first; i != first + leaf.others; ++i) {
    if (operations_[i]->method_token == token) return operations_[i];
  }
  return nullptr;
}

Route Router::find(std::string_view host, std::string_view path, Method method,
                   std::string_view method_token) const noexcept {
  Route route;
  if (!path.starts_with('/')) return route;
  const Claim claimed = claim(host, path);
  if (claimed.entry == none) return route;
  const Entry& entry = entries_[claimed.entry];
  route.api = entry.api;
  if (entry.root == none) {
    route.kind = RouteKind::prefix;
    return route;
  }
  const std::uint32_t found = match(entry.root, claimed.rest);
  if (found == none) {
    route.kind = RouteKind::unknown_path;
    return route;
  }
  const Leaf& leaf = leaves_[found];
  route.operation = choose(leaf, method, method_token);
  if (route.operation != nullptr) {
    route.kind = RouteKind::operation;
    route.path_template = route.operation->path_template;
  } else {
    route.kind = RouteKind::unknown_method;
    route.path_template = operations_[leaf.first]->path_template;
    route.allowed_methods = pooled(leaf.allowed, leaf.allowed_length);
  }
  return route;
}

std::size_t Router::bytes() const noexcept {
  const auto held = []<class T>(const std::vector<T>& vector) {
    return vector.capacity() * sizeof(T);  // NOLINT(bugprone-sizeof-expression): some hold pointers
  };
  return index_.bytes() + held(nodes_) + held(mixed_) + held(leaves_) + held(entries_) + held(operations_) +
         held(pool_);
}

}  // namespace sallyport
