// Builds a Router: a tree of base paths per set of APIs that share hosts, a tree of templates per
// API, and the flat tables that both are kept in.
#include <algorithm>
#include <map>
#include <span>
#include <unordered_map>

#include <fmt/format.h>

#include "spec/path_template.hpp"
#include "spec/router.hpp"

namespace sallyport {

class RouterBuilder {
 public:
  Result<Router> build(const std::vector<const Api*>& apis);

 private:
  static constexpr std::uint32_t none = Router::none;
  using Segments = std::span<const TemplateSegment>;

  // What only building needs to know of a node.
  struct Birth {
    std::uint32_t parent = none;
    SegmentKind kind = SegmentKind::concrete;
  };
  struct MixedChild {
    std::uint32_t parent = 0;
    std::uint32_t node = 0;
    std::string text;
  };

  Result<void> add_api(const Api& api);
  Result<void> add_operation(const Operation& operation, std::uint32_t root, const PathTemplate& base);
  Result<void> add_hosts();
  Result<std::uint32_t> add_scope(const std::vector<std::uint32_t>& entries, const std::string& host);
  std::uint32_t new_node(std::uint32_t parent, SegmentKind kind);
  std::uint32_t descend(std::uint32_t node, Segments segments);
  void place_mixed();
  void place_leaves();
  Result<void> bound_search();
  std::uint32_t pool(std::string_view text);

  Router router_;
  std::vector<Birth> births_;
  std::vector<MixedChild> mixed_;
  std::unordered_map<std::string, std::uint32_t> mixed_nodes_;  // "parent text" -> node
  std::vector<std::vector<const Operation*>> leaves_;
  std::vector<PathTemplate> bases_;                             // by entry
  std::map<std::string, std::vector<std::uint32_t>> hosts_;     // host -> entries
  std::map<std::vector<std::uint32_t>, std::uint32_t> scopes_;  // entries -> tree of base paths
  std::map<std::string, std::uint32_t> allowed_;
};

std::uint32_t RouterBuilder::new_node(std::uint32_t parent, SegmentKind kind) {
  router_.nodes_.emplace_back();
  births_.push_back({parent, kind});
  return static_cast<std::uint32_t>(router_.nodes_.size() - 1);
}

// The node at the end of `segments`, with all on the way to it made when missing.
std::uint32_t RouterBuilder::descend(std::uint32_t node, Segments segments) {
  for (const auto& segment : segments) {
    std::uint32_t next = none;
    switch (segment.kind()) {
      case SegmentKind::concrete:
        next = router_.index_.find(node, segment.text);
        if (next == none) {
          next = new_node(node, SegmentKind::concrete);
          router_.index_.add(node, segment.text, next);
          router_.nodes_[node].concrete = true;
        }
        break;
      case SegmentKind::mixed: {
        const auto [at, added] = mixed_nodes_.try_emplace(fmt::format("{} {}", node, segment.text), none);
        if (added) {
          at->second = new_node(node, SegmentKind::mixed);
          mixed_.push_back({node, at->second, segment.text});
        }
        next = at->second;
        break;
      }
      case SegmentKind::variable:
        next = router_.nodes_[node].variable;
        if (next == none) {
          next = new_node(node, SegmentKind::variable);
          router_.nodes_[node].variable = next;
        }
        break;
    }
    node = next;
  }
  return node;
}

std::uint32_t RouterBuilder::pool(std::string_view text) {
  const std::size_t at = router_.pool_.size();
  router_.pool_.insert(router_.pool_.end(), text.begin(), text.end());
  return static_cast<std::uint32_t>(at);
}

Result<void> RouterBuilder::add_operation(const Operation& operation, std::uint32_t root, const PathTemplate& base) {
  const auto parsed = parse_path_template(operation.path_template);
  if (!parsed) return std::unexpected(parsed.error());
  const Segments all = parsed->segments;
  const auto same = [](const TemplateSegment& a, const TemplateSegment& b) { return a.text == b.text; };
  if (all.size() < base.segments.size() || !std::ranges::equal(all.first(base.segments.size()), base.segments, same)) {
    return fail(ErrorCode::invalid, fmt::format("operation {} is outside the base path", operation.label));
  }
  const std::uint32_t node = descend(root, all.subspan(base.segments.size()));
  std::uint32_t& leaf = router_.nodes_[node].leaf;
  if (leaf == none) {
    leaf = static_cast<std::uint32_t>(leaves_.size());
    leaves_.emplace_back();
  }
  for (const Operation* other : leaves_[leaf]) {
    if (other->method != operation.method) continue;
    if (operation.method == Method::other && other->method_token != operation.method_token) continue;
    return fail(ErrorCode::invalid, fmt::format("{} {} and {} are the same operation", operation.method_token,
                                                other->path_template, operation.path_template));
  }
  leaves_[leaf].push_back(&operation);
  return {};
}

Result<void> RouterBuilder::add_api(const Api& api) {
  const auto index = static_cast<std::uint32_t>(router_.entries_.size());
  std::string_view text = api.base_path;
  if (text.ends_with('/')) text.remove_suffix(1);
  auto base = parse_path_template(text);
  if (!base) return std::unexpected(base.error());
  if (!base->variables.empty() || !base->reachable() || (!text.empty() && base->segments.back().text.empty())) {
    return fail(ErrorCode::invalid, fmt::format("base path '{}' is not a plain path", api.base_path));
  }
  if (api.hosts.empty()) return fail(ErrorCode::invalid, "an API needs a host, or \"*\"");
  for (const auto& host : api.hosts) {
    const bool pattern = host == "*" || (host.starts_with("*.") && host.size() > 2);
    if (host.empty() || (host.find('*', pattern ? 1 : 0) != host.npos)) {
      return fail(ErrorCode::invalid, fmt::format("host '{}' is neither a name, \"*\" nor \"*.name\"", host));
    }
    auto& entries = hosts_[host];
    if (entries.empty() || entries.back() != index) entries.push_back(index);
  }
  router_.entries_.push_back({&api, none});
  if (api.has_spec) {
    const std::uint32_t root = new_node(none, SegmentKind::concrete);
    router_.entries_.back().root = root;
    for (const auto& operation : api.operations) {
      if (auto added = add_operation(operation, root, *base); !added) return added;
    }
  }
  bases_.push_back(std::move(*base));
  return {};
}

// The tree of base paths of a set of APIs. Hosts with the same set share it.
Result<std::uint32_t> RouterBuilder::add_scope(const std::vector<std::uint32_t>& entries, const std::string& host) {
  const auto [at, added] = scopes_.try_emplace(entries, none);
  if (!added) return at->second;
  at->second = new_node(none, SegmentKind::concrete);
  for (const std::uint32_t entry : entries) {
    std::uint32_t& claimed = router_.nodes_[descend(at->second, bases_[entry].segments)].api;
    if (claimed != none) {
      return fail(ErrorCode::invalid,
                  fmt::format("host '{}' and base path '{}' belong to API '{}' already", host,
                              router_.entries_[entry].api->base_path, router_.entries_[claimed].api->name),
                  router_.entries_[entry].api->name);
    }
    claimed = entry;
  }
  return at->second;
}

Result<void> RouterBuilder::add_hosts() {
  for (const auto& [host, entries] : hosts_) {
    const auto scope = add_scope(entries, host);
    if (!scope) return std::unexpected(scope.error());
    if (host == "*") {
      router_.any_host_ = *scope;
    } else if (host.starts_with("*.")) {
      router_.index_.add(Router::wildcard_hosts, std::string_view(host).substr(2), *scope);
      router_.wildcards_ = true;
    } else {
      router_.index_.add(Router::exact_hosts, host, *scope);
    }
  }
  return {};
}

void RouterBuilder::place_mixed() {
  std::ranges::sort(mixed_, [](const MixedChild& a, const MixedChild& b) {
    return a.parent != b.parent ? a.parent < b.parent : mixed_before(a.text, b.text);
  });
  for (const auto& child : mixed_) {
    auto& parent = router_.nodes_[child.parent];
    if (parent.mixed_count++ == 0) parent.mixed_first = static_cast<std::uint32_t>(router_.mixed_.size());
    router_.mixed_.push_back({pool(child.text), static_cast<std::uint32_t>(child.text.size()), child.node});
  }
}

void RouterBuilder::place_leaves() {
  for (auto& operations : leaves_) {
    // All are elements of one Api's vector: by address is the order of declaration.
    std::ranges::sort(operations, {},
                      [](const Operation* operation) { return std::pair(operation->method, operation); });
    Router::Leaf leaf;
    leaf.first = static_cast<std::uint32_t>(router_.operations_.size());
    std::string allowed;
    const auto allow = [&allowed](std::string_view token) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(token);
    };
    const bool has_head = std::ranges::find(operations, Method::head, &Operation::method) != operations.end();
    for (const Operation* operation : operations) {
      router_.operations_.push_back(operation);
      allow(operation->method_token);
      if (operation->method == Method::get && !has_head) allow("HEAD");
      if (operation->method == Method::other) {
        ++leaf.others;
      } else {
        leaf.methods = static_cast<std::uint16_t>(leaf.methods | (1u << static_cast<unsigned>(operation->method)));
      }
    }
    allowed.resize(std::min<std::size_t>(allowed.size(), UINT16_MAX));
    const auto [at, added] = allowed_.try_emplace(allowed, 0);
    if (added) at->second = pool(allowed);
    leaf.allowed = at->second;
    leaf.allowed_length = static_cast<std::uint16_t>(allowed.size());
    router_.leaves_.push_back(leaf);
  }
}

// A segment of a path follows at most one concrete child, but perhaps every mixed one and the
// variable. Children were made after their parents, so going backwards meets them first.
Result<void> RouterBuilder::bound_search() {
  const std::size_t count = router_.nodes_.size();
  std::vector<std::uint64_t> concrete(count, 0);
  std::vector<std::uint64_t> others(count, 0);
  for (std::size_t i = count; i-- != 0;) {
    const std::uint64_t visits = 1 + router_.nodes_[i].mixed_count + concrete[i] + others[i];
    const auto [parent, kind] = births_[i];
    if (parent == none) {
      router_.worst_case_ = static_cast<std::uint32_t>(std::max<std::uint64_t>(router_.worst_case_, visits));
      if (visits <= Router::max_visits) continue;
      const auto at = std::ranges::find(router_.entries_, i, &Router::Entry::root);
      return fail(ErrorCode::limit,
                  fmt::format("templates overlap so much that one path could cost {} steps; {} are allowed", visits,
                              Router::max_visits),
                  at->api->name, "variables and concrete text alternate at many levels: join templates");
    }
    if (kind == SegmentKind::concrete) {
      concrete[parent] = std::max(concrete[parent], visits);
    } else {
      others[parent] += visits;
    }
  }
  return {};
}

Result<Router> RouterBuilder::build(const std::vector<const Api*>& apis) {
  for (const Api* api : apis) {
    if (auto added = add_api(*api); !added) {
      added.error().where = api->name;
      return std::unexpected(std::move(added.error()));
    }
  }
  if (auto added = add_hosts(); !added) return std::unexpected(std::move(added.error()));
  place_mixed();
  place_leaves();
  if (auto bound = bound_search(); !bound) return std::unexpected(std::move(bound.error()));
  router_.nodes_.shrink_to_fit();
  return std::move(router_);
}

Result<Router> Router::build(const std::vector<const Api*>& apis) { return RouterBuilder().build(apis); }

}  // namespace sallyport
