// TextIndex: (owner, text) -> number, for texts that are known when it is built. One flat table
// for all owners: a look-up hashes the text once and usually reads one half of a cache line,
// whether it holds ten texts or a million.
//
// Look-ups allocate nothing. Keys are configuration; whoever chooses look-ups only cannot make a
// probe longer than the longest run of the table. 32 bytes an entry at a load of at most 3/4.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace sallyport {

class TextIndex {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  // The value of a key, or `none`.
  [[nodiscard]] std::uint32_t find(std::uint32_t owner, std::string_view text) const noexcept {
    if (text.size() > longest_ || slots_.empty()) return none;
    const std::uint32_t hash = hash_of(owner, text);
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.value == none) return none;
      if (slot.hash == hash && slot.owner == owner && slot.length == text.size() && same(slot, text)) return slot.value;
    }
  }

  // Adds a key that is not there yet; `value` must not be `none`.
  void add(std::uint32_t owner, std::string_view text, std::uint32_t value);

  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return slots_.capacity() * sizeof(Slot) + pool_.capacity(); }

 private:
  static constexpr std::size_t inline_text = 16;

  struct alignas(32) Slot {
    std::uint32_t value = none;  // none: an empty slot
    std::uint32_t owner = 0;
    std::uint32_t hash = 0;
    std::uint32_t length = 0;
    std::array<char, inline_text> text{};  // the text, or when longer its place in the pool
  };

  [[nodiscard]] static std::uint32_t hash_of(std::uint32_t owner, std::string_view text) noexcept;
  [[nodiscard]] bool same(const Slot& slot, std::string_view text) const noexcept {
    if (text.empty()) return true;
    const char* stored = slot.text.data();
    if (text.size() > inline_text) {
      std::uint64_t place = 0;
      std::memcpy(&place, slot.text.data(), sizeof place);
      stored = pool_.data() + place;
    }
    return std::memcmp(stored, text.data(), text.size()) == 0;
  }
  void place(const Slot& slot) noexcept;
  void grow();

  std::vector<Slot> slots_;
  std::vector<char> pool_;
  std::size_t mask_ = 0;
  std::size_t count_ = 0;
  std::size_t longest_ = 0;
};

}  // namespace sallyport
