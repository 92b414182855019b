// Input: what a call offers to the rules, as named values per variable. It knows nothing of HTTP or
// of parse trees: whoever decodes a message fills it (http_input.hpp does, as ModSecurity reads
// messages). Names and values are views that must live as long as the evaluation; the lists lie in
// the arena, so an Input is trivially destructible.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include <sallyport/arena.hpp>

#include "match/transformation.hpp"
#include "match/variable.hpp"

namespace sallyport::match {

// A growing list in an arena.
template <class T>
class List {
 public:
  void push_back(Arena& arena, const T& value) {
    if (size_ == capacity_) {
      const std::uint32_t more = capacity_ == 0 ? 4 : capacity_ * 2;
      const std::span<T> grown = arena.array<T>(more);
      for (std::uint32_t i = 0; i < size_; ++i) grown[i] = items_[i];
      items_ = grown.data();
      capacity_ = more;
    }
    items_[size_++] = value;
  }
  [[nodiscard]] std::span<const T> all() const { return {items_, size_}; }
  [[nodiscard]] std::span<T> all() { return {items_, size_}; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::uint32_t size() const { return size_; }
  void clear() { size_ = 0; }

 private:
  T* items_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

struct Item {
  std::string_view name;  // within the collection; empty for a scalar
  std::string_view value;
  std::uint32_t traits = 0;  // traits_of(value)
};

struct Input {
  // Values of all variables together; what a message holds more is left out and `cut` is set.
  static constexpr std::uint32_t max_items = 100'000;

  std::array<List<Item>, variable_count> values;
  std::uint32_t items = 0;
  bool cut = false;

  void add(Arena& arena, Variable variable, std::string_view name, std::string_view value) {
    add(arena, variable, {name, value, traits_of(value)});
  }
  void add(Arena& arena, Variable variable, const Item& item) {
    if (items == max_items) {
      cut = true;
      return;
    }
    ++items;
    values[static_cast<std::size_t>(variable)].push_back(arena, item);
  }
  void set(Arena& arena, Variable variable, std::string_view value) {
    values[static_cast<std::size_t>(variable)].clear();
    add(arena, variable, {}, value);
  }
  [[nodiscard]] std::span<const Item> of(Variable variable) const {
    return values[static_cast<std::size_t>(variable)].all();
  }
};

}  // namespace sallyport::match
