// Value: one node of the tree that every decoder makes: JSON, forms, multipart, XML. Contract,
// firewall, property rules and data protection walk the same one.
//
// A tree is one array in the call's arena, in document order: a container is followed by what it
// holds. So a walk over everything is a walk over an array, and nothing recurses. Texts are
// already unescaped and UTF-8; they point into the source or into the arena, and live as long as
// both. A Value is never copied: its place in the array is part of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace sallyport::decode {

enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

// "null", "boolean", ...
[[nodiscard]] std::string_view kind_name(Kind kind) noexcept;

class Value {
 public:
  Value(Value&&) = delete;
  Value& operator=(const Value&) = delete;
  Value& operator=(Value&&) = delete;
  ~Value() = default;

  [[nodiscard]] Kind kind() const noexcept { return static_cast<Kind>(kind_); }
  [[nodiscard]] bool is(Kind kind) const noexcept { return this->kind() == kind; }
  [[nodiscard]] bool is_container() const noexcept { return kind_ >= static_cast<std::uint32_t>(Kind::array); }

  // Of a string: itself. Of a number: as it was written, every digit kept. "true", "false",
  // "null". Empty for containers.
  [[nodiscard]] std::string_view text() const noexcept {
    return is_container() ? std::string_view() : std::string_view(at_.text, length_);
  }
  // Of a boolean.
  [[nodiscard]] bool boolean() const noexcept { return length_ == 4; }

  // The name under which its object holds it; empty for items of arrays and the root.
  [[nodiscard]] std::string_view name() const noexcept { return {name_, name_length_}; }

  // Items or members of a container; 0 for others.
  [[nodiscard]] std::size_t size() const noexcept { return is_container() ? length_ : 0; }
  // Values below this one, at any depth. They follow this one in memory.
  [[nodiscard]] std::size_t descendants() const noexcept { return descendants_; }
  // Where it begins in the source, in bytes: the opening quote of a JSON string, for example.
  [[nodiscard]] std::size_t offset() const noexcept { return offset_; }

  class Iterator {
   public:
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::forward_iterator_tag;
    using pointer = const Value*;
    using reference = const Value&;
    Iterator() = default;
    explicit Iterator(const Value* at) : at_(at) {}
    const Value& operator*() const noexcept { return *at_; }
    const Value* operator->() const noexcept { return at_; }
    Iterator& operator++() noexcept {
      at_ = at_->after();
      return *this;
    }
    Iterator operator++(int) noexcept {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const Value* at_ = nullptr;
  };
  // Items or members in document order: for (const Value& member : value) ...
  [[nodiscard]] Iterator begin() const noexcept { return Iterator(this + 1); }
  [[nodiscard]] Iterator end() const noexcept { return Iterator(after()); }

  // The member of that name, or null. A few comparisons, or one keyed hash when there are many
  // members. Of equal names (where a decoder lets them in) the last.
  [[nodiscard]] const Value* find(std::string_view name) const noexcept;
  // The item or member at that place, or null. Linear.
  [[nodiscard]] const Value* at(std::size_t index) const noexcept;

  // A string on its own, for what judges values and is given a name. Belongs to no tree.
  [[nodiscard]] static Value of_text(std::string_view text, std::size_t offset) noexcept { return {text, offset}; }

  // What stands behind this value and all below it.
  [[nodiscard]] const Value* after() const noexcept { return this + descendants_ + 1; }

  // Objects with more members have an index.
  static constexpr std::uint32_t max_unindexed = 16;
  static constexpr std::uint32_t max_name = (1u << 28u) - 1;

 private:
  friend class TreeWriter;
  struct Index;
  Value() = default;
  Value(std::string_view text, std::size_t offset) noexcept
      : length_(static_cast<std::uint32_t>(text.size())),
        kind_(static_cast<std::uint32_t>(Kind::string)),
        offset_(static_cast<std::uint32_t>(offset)) {
    at_.text = text.data();
  }
  Value(const Value&) = default;  // whole trees are moved, by the writer

  union {
    const char* text;
    const Index* index;    // of an object with many members, once it is closed
    std::uint64_t filter;  // of an object that is open: a bit for each name seen
  } at_{};
  const char* name_ = nullptr;
  std::uint32_t length_ = 0;  // bytes of text, or children
  std::uint32_t name_length_ : 28 = 0;
  std::uint32_t kind_ : 4 = 0;
  std::uint32_t offset_ = 0;
  std::uint32_t descendants_ = 0;  // while open: place of the container around it
};
static_assert(sizeof(Value) == 32);

}  // namespace sallyport::decode
