#include "document/outline.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace sallyport::document {
namespace {

constexpr std::size_t chunk_bytes = 64u << 10;
constexpr std::size_t deepest = 1000;  // trees are built and destroyed recursively

Limits clamped(Limits limits) {
  limits.depth = std::min(limits.depth, deepest);
  limits.nodes = std::min<std::size_t>(limits.nodes, std::numeric_limits<std::uint32_t>::max() - 1);
  return limits;
}

}  // namespace

std::string where(std::string_view origin, Mark at) { return fmt::format("{}:{}:{}", origin, at.line, at.column); }

Outline::Outline(std::string_view origin, const Limits& limits) : origin_(origin), limits_(clamped(limits)) {}

bool Outline::refuse(ErrorCode code, Mark at, std::string message) {
  error_ = Error{code, std::move(message), where(origin_, at), {}, ErrorSource::configuration};
  return false;
}

bool Outline::fits(Mark at, std::string_view text) {
  if (text.size() <= limits_.scalar) return true;
  return refuse(ErrorCode::limit, at, fmt::format("a value of more than {} bytes", limits_.scalar));
}

bool Outline::add(Raw raw) {
  total_ += raw.weight;
  if (total_ > limits_.nodes) {
    return refuse(ErrorCode::limit, raw.at, fmt::format("more than {} values, aliases expanded", limits_.nodes));
  }
  const std::size_t depth = open_.size() + raw.height;
  if (depth > limits_.depth) {
    return refuse(ErrorCode::limit, raw.at, fmt::format("nested deeper than {} levels", limits_.depth));
  }
  if (!open_.empty()) {
    Raw& parent = nodes_[open_.back()];
    ++parent.children;
    parent.height = std::max(parent.height, static_cast<std::uint16_t>(raw.height + 1));
  }
  if (const auto taken = std::exchange(pending_, std::nullopt)) {
    raw.key = taken->text;
    raw.key_at = taken->at;
    raw.key_quoted = taken->quoted;
  }
  nodes_.push_back(raw);
  return true;
}

bool Outline::key(Mark at, std::string_view text, bool quoted) {
  if (!fits(at, text)) return false;
  pending_ = Key{at, text, quoted};
  return true;
}

bool Outline::null(Mark at) { return add({.shape = Raw::Shape::null, .at = at, .end = next() + 1}); }

bool Outline::scalar(Mark at, std::string_view text, bool quoted) {
  if (!fits(at, text)) return false;
  return add({.shape = Raw::Shape::scalar, .quoted = quoted, .at = at, .text = text, .end = next() + 1});
}

bool Outline::open(Mark at, Raw::Shape shape) {
  const std::uint32_t index = next();
  if (!add({.shape = shape, .height = 1, .at = at})) return false;
  // `weight` holds the total before this value until close() makes it the difference.
  nodes_[index].weight = static_cast<std::uint32_t>(total_ - 1);
  open_.push_back(index);
  return true;
}

void Outline::close() {
  const std::uint32_t index = open_.back();
  open_.pop_back();
  Raw& raw = nodes_[index];
  raw.end = next();
  raw.weight = static_cast<std::uint32_t>(total_ - raw.weight);
  if (open_.empty()) return;
  Raw& parent = nodes_[open_.back()];
  parent.height = std::max(parent.height, static_cast<std::uint16_t>(raw.height + 1));
}

bool Outline::alias(Mark at, std::uint32_t target) {
  const Raw& meant = nodes_[target];
  if (meant.end == 0) return refuse(ErrorCode::invalid, at, "an alias inside the value that it stands for");
  return add({.shape = Raw::Shape::alias,
              .height = meant.height,
              .at = at,
              .end = next() + 1,
              .weight = meant.weight,
              .target = target});
}

std::string_view Outline::keep(std::string_view text) {
  if (text.empty()) return {};
  if (text.size() > free_bytes_) {
    free_bytes_ = std::max(chunk_bytes, text.size());
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(free_bytes_));
    free_ = chunks_.back().get();
  }
  std::ranges::copy(text, free_);
  const std::string_view kept(free_, text.size());
  free_ += text.size();
  free_bytes_ -= text.size();
  return kept;
}

}  // namespace sallyport::document
