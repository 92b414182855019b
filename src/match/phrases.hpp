// Phrases: many literal texts at once, in any case (Aho and Corasick, 1975). One step a byte,
// whatever the phrases are.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::match {

class Phrases {
 public:
  explicit Phrases(const std::vector<std::string>& phrases);

  // The phrase that ends first, as it stands in the text.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view text) const;
  [[nodiscard]] std::size_t bytes() const {
    return next_.size() * sizeof next_[0] + length_.size() * sizeof length_[0];
  }

 private:
  std::array<std::uint8_t, 256> class_{};  // bytes that occur in phrases have a class of their own; 0: all others
  std::size_t classes_ = 1;
  std::vector<std::uint32_t> next_;    // [state * classes_ + class]
  std::vector<std::uint32_t> length_;  // of the longest phrase that ends in the state; 0: none
};

}  // namespace sallyport::match
