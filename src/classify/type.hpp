// Types of sensitive data and the classes that rules and people speak of. The list is types.def.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::classify {

enum class DataClass : std::uint8_t { pci, financial, pii, phi, credential, internal };
inline constexpr std::size_t class_count = 6;

enum class Type : std::uint8_t {
#define TYPE(name, data_class, source) name,
#include "classify/types.def"
#undef TYPE
};
inline constexpr std::size_t type_count = 0
#define TYPE(name, data_class, source) +1
#include "classify/types.def"
#undef TYPE
    ;

// How sure a detector is. Only what is at least medium is reported unless asked otherwise.
enum class Confidence : std::uint8_t {
  low,     // its form alone, or a known placeholder
  medium,  // form and check digits, or form and name
  high,    // a form that nothing else has, or form, check digits and name
};

[[nodiscard]] std::string_view name_of(Type type);
[[nodiscard]] std::string_view source_of(Type type);
[[nodiscard]] DataClass class_of(Type type);
[[nodiscard]] std::string_view name_of(DataClass data_class);
[[nodiscard]] std::optional<Type> type_named(std::string_view name);

// A set of types; as large as a few words, whatever was found.
class TypeSet {
 public:
  void add(Type type) { words_[index(type)] |= bit(type); }
  void add(const TypeSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  }
  [[nodiscard]] bool has(Type type) const { return (words_[index(type)] & bit(type)) != 0; }
  [[nodiscard]] bool empty() const {
    for (const auto word : words_) {
      if (word != 0) return false;
    }
    return true;
  }
  friend bool operator==(const TypeSet&, const TypeSet&) = default;

 private:
  static constexpr std::size_t index(Type type) { return static_cast<std::size_t>(type) / 64; }
  static constexpr std::uint64_t bit(Type type) { return std::uint64_t{1} << (static_cast<unsigned>(type) % 64); }
  std::array<std::uint64_t, (type_count + 63) / 64> words_{};
};

}  // namespace sallyport::classify
