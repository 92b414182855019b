// CleanFields: fields of late that hold nothing to redact. The same few fields come with every call:
// what is the same to the last byte need not be searched for secrets again. One of a core.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sallyport::events {

class CleanFields {
 public:
  static constexpr std::size_t slots = 128;
  static constexpr std::size_t longest = 124;  // bytes of name and value together

  [[nodiscard]] bool hold(std::string_view name, std::string_view value) const {
    const Slot& slot = slots_[place(name, value)];
    return slot.name != 0 && slot.name == name.size() && slot.value == value.size() &&
           std::memcmp(slot.bytes.data(), name.data(), name.size()) == 0 &&
           std::memcmp(slot.bytes.data() + name.size(), value.data(), value.size()) == 0;
  }
  // In the place of another one; what is too long, or has no value, is not kept.
  void add(std::string_view name, std::string_view value) {
    if (name.size() + value.size() > longest || name.empty() || value.empty()) return;
    Slot& slot = slots_[place(name, value)];
    slot.name = static_cast<std::uint16_t>(name.size());
    slot.value = static_cast<std::uint16_t>(value.size());
    name.copy(slot.bytes.data(), name.size());
    value.copy(slot.bytes.data() + name.size(), value.size());
  }

 private:
  struct Slot {
    std::uint16_t name = 0;
    std::uint16_t value = 0;
    std::array<char, longest> bytes;
  };
  // Cheap: two fields in one place only take turns.
  static std::size_t place(std::string_view name, std::string_view value) {
    if (name.empty() || value.empty()) return 0;
    const auto at = [](std::string_view text, std::size_t i) -> std::size_t {
      return static_cast<unsigned char>(text[i]);
    };
    const std::size_t mixed = name.size() * 31 + at(name, 0) * 7 + at(name, name.size() / 2) * 3 + value.size() * 17 +
                              at(value, 0) + at(value, value.size() - 1) * 5;
    return mixed % slots;
  }
  std::array<Slot, slots> slots_{};
};

}  // namespace sallyport::events
