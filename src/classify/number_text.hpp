// NumberText: digits as people write them, in groups: "4111 1111 1111 1111", "529.982.247-25".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sallyport::classify {

class NumberText {
 public:
  static constexpr std::size_t max_digits = 40;
  static constexpr std::size_t max_groups = 12;

  // At text[at] stands a digit. Groups are parted by one of " -./"; what goes on beyond the limits
  // is left out, and bounded() is false.
  NumberText(std::string_view text, std::size_t at);

  [[nodiscard]] std::size_t groups() const { return groups_; }
  [[nodiscard]] std::size_t group_size(std::size_t i) const { return sizes_[i]; }
  [[nodiscard]] char separator(std::size_t i) const { return separators_[i]; }  // behind group i; 0: the end
  // The digits of the first `groups` groups.
  [[nodiscard]] std::string_view digits(std::size_t groups) const;
  [[nodiscard]] std::size_t begin() const { return begin_; }
  [[nodiscard]] std::size_t end(std::size_t groups) const { return ends_[groups - 1]; }
  // Are the first groups written like this, and do they end there? "3.3.3-2": sizes and separators;
  // '_' is a space or a dash. How many groups that is, or 0.
  [[nodiscard]] std::size_t written_as(std::string_view pattern) const;
  // Four groups of one to three digits and dots between: an IPv4 address.
  [[nodiscard]] bool written_as_address() const;
  // Could the number end behind that group: what follows is no further part of the same word?
  [[nodiscard]] bool ends_after(std::size_t groups) const;
  // Part of a longer word: "ORD-4111…", "3.1415", "a_123".
  [[nodiscard]] bool compound() const { return compound_; }

 private:
  std::string_view text_;
  std::size_t begin_;
  std::size_t groups_ = 0;
  std::size_t count_ = 0;
  bool compound_ = false;
  std::array<char, max_digits> digits_;
  std::array<std::uint8_t, max_groups> sizes_;
  std::array<char, max_groups> separators_;
  std::array<std::size_t, max_groups> ends_;
};

}  // namespace sallyport::classify
