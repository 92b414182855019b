// TreeWriter: how a decoder makes a tree of Values, in document order.
//
//   [[clang::uninitialized]] TreeWriter out(arena, limits);
//   out.open(Kind::object, 0) && out.name("a", 1) && out.text(Kind::number, "1", 5) && out.close();
//   const Value* root = out.finish();
//
// Each step is false when a limit or the rule about equal names forbids it; refusal() then says
// which, and the writer is of no further use. Constant time a step, but for the index of an object
// with many members. Texts and names must live as long as the tree: in the source or the arena.
#pragma once

#include <array>
#include <cstring>
#include <memory>

#include "decode/refusal.hpp"
#include "decode/value.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::decode {

class TreeWriter {
 public:
  // Trees of at most so many values are made on the stack first.
  static constexpr std::uint32_t small_tree = 160;

  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): see room_
  TreeWriter(Arena& arena, const Limits& limits) noexcept : arena_(arena), limits_(limits) {}
  TreeWriter(const TreeWriter&) = delete;
  TreeWriter& operator=(const TreeWriter&) = delete;

  // The name of the next value, which must be a member of the object that is open. `offset`: of
  // the name, for a refusal.
  bool name(std::string_view name, std::size_t offset) {
    if (names_++ == limits_.names) return refuse("names", "too many names", offset);
    if (name.size() > limits_.string_bytes || name.size() > Value::max_name) {
      return refuse("string_bytes", "a name is too long", offset);
    }
    name_ = name;
    if (limits_.duplicates) return true;
    Value& object = nodes_[current_];
    const std::uint64_t bit = std::uint64_t{1} << filter_bit(name);
    if ((object.at_.filter & bit) != 0 && object.length_ <= Value::max_unindexed && seen(object, name)) {
      return refuse("duplicate_name", "a name stands twice in one object", offset);
    }
    object.at_.filter |= bit;
    return true;
  }

  bool open(Kind kind, std::size_t offset) {
    if (depth_ == limits_.depth) return refuse("depth", "too many levels", offset);
    Value* at = add(offset);
    if (at == nullptr) return false;
    at->kind_ = static_cast<std::uint32_t>(kind);
    at->at_.filter = 0;
    at->length_ = 0;
    at->descendants_ = current_;
    current_ = count_ - 1;
    ++depth_;
    return true;
  }

  bool close() {
    Value& container = nodes_[current_];
    const std::uint32_t outer = container.descendants_;
    container.descendants_ = count_ - 1 - current_;
    container.at_.text = nullptr;
    if (container.length_ > Value::max_unindexed && container.is(Kind::object) && !index(container)) return false;
    current_ = outer;
    --depth_;
    return true;
  }

  // A scalar. Null and booleans: use their words, "null", "true", "false".
  bool text(Kind kind, std::string_view text, std::size_t offset) {
    if (text.size() > limits_.string_bytes) return refuse("string_bytes", "a string is too long", offset);
    Value* at = add(offset);
    if (at == nullptr) return false;
    at->kind_ = static_cast<std::uint32_t>(kind);
    at->at_.text = text.data();
    at->length_ = static_cast<std::uint32_t>(text.size());
    at->descendants_ = 0;
    return true;
  }

  // Containers that are open.
  [[nodiscard]] std::uint32_t depth() const noexcept { return depth_; }
  // Is the innermost of them an object? There must be one.
  [[nodiscard]] bool in_object() const noexcept { return nodes_[current_].is(Kind::object); }
  [[nodiscard]] const Refusal& refusal() const noexcept { return refusal_; }

  // The root; nothing may be open, and there must be one value. Ends the writer.
  [[nodiscard]] const Value* finish();

 private:
  static unsigned filter_bit(std::string_view name) noexcept {
    if (name.empty()) return 0;
    const auto first = static_cast<unsigned char>(name.front());
    const auto last = static_cast<unsigned char>(name.back());
    return (static_cast<unsigned>(name.size()) * 7 + first + last * 3u) & 63u;
  }

  Value* add(std::size_t offset) {
    if (count_ == capacity_ && !grow(offset)) return nullptr;
    if (depth_ != 0) ++nodes_[current_].length_;
    Value* at = nodes_ + count_++;
    at->offset_ = static_cast<std::uint32_t>(offset);
    at->name_ = name_.data();
    at->name_length_ = static_cast<std::uint32_t>(name_.size()) & Value::max_name;
    name_ = {};
    return at;
  }

  bool refuse(std::string_view rule, std::string_view detail, std::size_t offset) {
    refusal_ = {rule, detail, offset};
    return false;
  }
  bool grow(std::size_t offset);
  bool index(Value& object);
  [[nodiscard]] bool seen(const Value& object, std::string_view name) const noexcept;

  Arena& arena_;
  const Limits limits_;
  std::uint32_t count_ = 0;
  std::uint32_t current_ = 0;
  std::uint32_t depth_ = 0;
  std::uint32_t names_ = 0;
  std::uint32_t capacity_ = limits_.values < small_tree ? limits_.values : small_tree;
  std::string_view name_;
  Refusal refusal_;
  Value* nodes_ = reinterpret_cast<Value*>(&room_);
  // Uninitialised on purpose: every node is written before it is read. Declare a writer as
  // [[clang::uninitialized]], or the compiler clears these five kilobytes first.
  struct alignas(Value) Room {
    std::byte bytes[small_tree * sizeof(Value)];
  } room_;
};

}  // namespace sallyport::decode
