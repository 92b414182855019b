#include "document/node.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sallyport::document {
namespace {

std::string place(std::string_view origin, std::uint32_t line, std::uint32_t column) {
  return fmt::format("{}:{}:{}", origin, line, column);
}

}  // namespace

std::span<const Node> Node::items() const { return items_; }
std::span<const Entry> Node::entries() const { return entries_; }

const Node* Node::find(std::string_view key) const {
  if (sorted_.empty()) {
    const auto it = std::ranges::find(entries_, key, &Entry::key);
    return it == entries_.end() ? nullptr : &it->value;
  }
  const auto key_of = [this](std::uint32_t i) { return entries_[i].key; };
  const auto it = std::ranges::lower_bound(sorted_, key, {}, key_of);
  return it == sorted_.end() || key_of(*it) != key ? nullptr : &entries_[*it].value;
}

std::string Node::where() const { return place(origin(), line_, column_); }
std::string Entry::where() const { return place(value.origin(), line, column); }

}  // namespace sallyport::document
