#include "controls/contract/minimise.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "decode/json_out.hpp"
#include "decode/pointer.hpp"

namespace sallyport::controls::contract {
namespace {

constexpr std::size_t told = 4;         // places that the event names
constexpr std::size_t told_bytes = 96;  // of each

std::string_view told_of(const decode::Value& root, std::span<const decode::Change> changes, std::string_view whose,
                         Arena& arena) {
  std::string text(whose);
  text += ": without";
  for (std::size_t i = 0; i < std::min(told, changes.size()); ++i) {
    const std::string pointer = decode::pointer_to(root, *changes[i].value);
    text += ' ';
    text += std::string_view(pointer).substr(0, told_bytes);
  }
  if (changes.size() > told) text += fmt::format(" and {} more", changes.size() - told);
  return arena.copy(text);
}

}  // namespace

Minimised without(const decode::Value& root, std::vector<const decode::Value*>& values, std::string_view whose,
                  Arena& arena) {
  std::ranges::sort(values, std::less<const decode::Value*>());
  const auto changes = arena.array<decode::Change>(values.size());
  std::size_t count = 0;
  const decode::Value* free = &root;  // what stands before it goes already
  for (const decode::Value* value : values) {
    if (std::less<const decode::Value*>()(value, free)) continue;
    changes[count++] = {value, {}};
    free = value->after();
  }
  const auto all = changes.first(count);
  return {decode::write_json(root, all, arena), told_of(root, all, whose, arena)};
}

}  // namespace sallyport::controls::contract
