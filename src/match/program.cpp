#include "match/program.hpp"

#include <bit>

#include "base/ascii.hpp"

#include <sallyport/message.hpp>

namespace sallyport::match {

SlotIndex::SlotIndex(const std::vector<Slot>& slots) : table_(std::bit_ceil(slots.size() * 2 + 1), no_slot) {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    std::size_t at = hash(slots[i].store, slots[i].name);
    while (table_[at & (table_.size() - 1)] != no_slot) ++at;
    table_[at & (table_.size() - 1)] = static_cast<std::uint32_t>(i);
  }
}

std::uint32_t SlotIndex::find(const std::vector<Slot>& slots, Variable store, std::string_view name) const {
  for (std::size_t at = hash(store, name);; ++at) {
    const std::uint32_t slot = table_[at & (table_.size() - 1)];
    if (slot == no_slot) return no_slot;
    if (slots[slot].store == store && slots[slot].name.size() == name.size() && same_name(slots[slot].name, name))
      return slot;
  }
}

std::size_t SlotIndex::hash(Variable store, std::string_view name) {
  std::uint64_t value = static_cast<std::uint64_t>(store);
  for (const char c : name) value = (value ^ static_cast<unsigned char>(lower(c))) * 0x100000001b3u;
  return static_cast<std::size_t>(value ^ value >> 32);
}

}  // namespace sallyport::match
