#include "document/builder.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

namespace sallyport::document {
namespace {

constexpr std::size_t few = 8;  // entries that are searched one after another

bool is_merge(const Raw& raw) { return raw.key == "<<" && !raw.key_quoted; }

// Indices of the entries ordered by key, equal keys in file order.
std::vector<std::uint32_t> by_key(const std::vector<Entry>& entries) {
  std::vector<std::uint32_t> order(entries.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::sort(order, {}, [&](std::uint32_t i) { return std::pair(entries[i].key, i); });
  return order;
}

}  // namespace

bool Builder::refuse(Mark at, std::string message) {
  error_ = Error{ErrorCode::invalid, std::move(message), where(*origin_, at), {}, ErrorSource::configuration};
  return false;
}

bool Builder::make(std::uint32_t index, Node& out) {
  const Raw& raw = nodes_[index];
  if (raw.shape == Raw::Shape::alias) return make(raw.target, out);
  out.line_ = raw.at.line;
  out.column_ = raw.at.column;
  out.origin_ = origin_;
  switch (raw.shape) {
    case Raw::Shape::null:
      out.kind_ = Kind::null;
      return true;
    case Raw::Shape::scalar:
      out.kind_ = Kind::scalar;
      out.text_ = raw.text;
      out.quoted_ = raw.quoted;
      return true;
    case Raw::Shape::sequence:
      out.kind_ = Kind::sequence;
      out.items_.reserve(raw.children);
      for (std::uint32_t i = index + 1; i < raw.end; i = nodes_[i].end) {
        if (!make(i, out.items_.emplace_back())) return false;
      }
      return true;
    case Raw::Shape::mapping:
      return make_mapping(raw, index, out);
    case Raw::Shape::alias:
      break;
  }
  return true;
}

bool Builder::make_mapping(const Raw& raw, std::uint32_t index, Node& out) {
  out.kind_ = Kind::mapping;
  out.entries_.reserve(raw.children);
  std::optional<std::uint32_t> merged;
  for (std::uint32_t i = index + 1; i < raw.end; i = nodes_[i].end) {
    const Raw& child = nodes_[i];
    if (is_merge(child)) {
      if (merged) return refuse(child.key_at, "duplicate key `<<`");
      merged = i;
      continue;
    }
    Entry& entry = out.entries_.emplace_back();
    entry.key = child.key;
    entry.line = child.key_at.line;
    entry.column = child.key_at.column;
    if (!make(i, entry.value)) return false;
  }
  return index_keys(out) && (!merged || merge(*merged, out));
}

bool Builder::merge(std::uint32_t index, Node& into) {
  Node source;
  if (!make(index, source)) return false;
  const Mark at = nodes_[index].at;
  if (source.kind_ == Kind::mapping) {
    Node only = std::move(source);
    source = Node();
    source.kind_ = Kind::sequence;
    source.items_.push_back(std::move(only));
  }
  if (source.kind_ != Kind::sequence) return refuse(at, "`<<` takes a mapping or a list of mappings");
  std::unordered_set<std::string_view> seen;
  for (const Entry& entry : into.entries_) seen.insert(entry.key);
  for (Node& mapping : source.items_) {
    if (mapping.kind_ != Kind::mapping) return refuse(at, "`<<` takes a mapping or a list of mappings");
    for (Entry& entry : mapping.entries_) {
      if (seen.insert(entry.key).second) into.entries_.push_back(std::move(entry));
    }
  }
  return index_keys(into);
}

bool Builder::index_keys(Node& mapping) {
  const auto duplicate = [&](const Entry& first, const Entry& second) {
    return refuse({second.line, second.column},
                  fmt::format("duplicate key `{}`, first given at {}", second.key, first.where()));
  };
  const auto& entries = mapping.entries_;
  if (entries.size() <= few) {
    for (std::size_t i = 1; i < entries.size(); ++i) {
      const auto first = std::find_if(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(i),
                                      [&](const Entry& e) { return e.key == entries[i].key; });
      if (first != entries.begin() + static_cast<std::ptrdiff_t>(i)) return duplicate(*first, entries[i]);
    }
    return true;
  }
  mapping.sorted_ = by_key(entries);
  const auto twice = std::ranges::adjacent_find(mapping.sorted_, {}, [&](std::uint32_t i) { return entries[i].key; });
  return twice == mapping.sorted_.end() || duplicate(entries[*twice], entries[*std::next(twice)]);
}

Result<Document> Builder::build(Outline outline, std::unique_ptr<const std::string> origin,
                                std::unique_ptr<const std::string> text) {
  if (outline.error()) return std::unexpected(*outline.error());
  auto root = std::make_unique<Node>();
  Builder builder(outline.nodes(), origin.get());
  if (outline.nodes().empty()) {
    root->line_ = root->column_ = 1;
    root->origin_ = origin.get();
  } else if (!builder.make(0, *root)) {
    return std::unexpected(std::move(*builder.error_));
  }
  Document document;
  document.root_ = std::move(root);
  document.scalars_ = outline.take_kept();
  document.text_ = std::move(text);
  document.origin_ = std::move(origin);
  return document;
}

Node Builder::mapping(std::vector<Entry> entries, const Node& like) {
  Node out;
  out.kind_ = Kind::mapping;
  out.line_ = like.line_;
  out.column_ = like.column_;
  out.origin_ = like.origin_;
  out.entries_ = std::move(entries);
  if (out.entries_.size() > few) out.sorted_ = by_key(out.entries_);
  return out;
}

Node Builder::sequence(std::vector<Node> items, const Node& like) {
  Node out;
  out.kind_ = Kind::sequence;
  out.line_ = like.line_;
  out.column_ = like.column_;
  out.origin_ = like.origin_;
  out.items_ = std::move(items);
  return out;
}

}  // namespace sallyport::document
