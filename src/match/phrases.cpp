#include "match/phrases.hpp"

#include <algorithm>

#include "http/characters.hpp"

namespace sallyport::match {

Phrases::Phrases(const std::vector<std::string>& phrases) {
  for (const std::string& phrase : phrases) {
    for (const char c : phrase) {
      const auto byte = static_cast<unsigned char>(http::lower(c));
      // A class fits in a byte: there are 230 bytes besides the capital letters and 0 is "none".
      if (class_[byte] == 0) class_[byte] = static_cast<std::uint8_t>(classes_++);
    }
  }
  for (unsigned c = 'A'; c <= 'Z'; ++c) class_[c] = class_[c + 32];

  const auto add_state = [this] {
    next_.resize(next_.size() + classes_, 0);
    length_.push_back(0);
    return static_cast<std::uint32_t>(length_.size() - 1);
  };
  add_state();
  for (const std::string& phrase : phrases) {
    std::uint32_t state = 0;
    for (const char c : phrase) {
      const std::size_t edge = state * classes_ + class_[static_cast<unsigned char>(c)];
      if (next_[edge] == 0) {
        const std::uint32_t made = add_state();
        next_[edge] = made;
      }
      state = next_[edge];
    }
    length_[state] = std::max(length_[state], static_cast<std::uint32_t>(phrase.size()));
  }

  // Missing edges lead where the longest proper suffix leads; breadth first, so that it is known.
  std::vector<std::uint32_t> fallback(length_.size(), 0);
  std::vector<std::uint32_t> order;
  for (std::size_t c = 0; c < classes_; ++c) {
    if (next_[c] != 0) order.push_back(next_[c]);
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::uint32_t state = order[i];
    const std::uint32_t suffix = fallback[state];
    if (length_[state] == 0) length_[state] = length_[suffix];
    for (std::size_t c = 0; c < classes_; ++c) {
      std::uint32_t& edge = next_[state * classes_ + c];
      const std::uint32_t other = next_[suffix * classes_ + c];
      if (edge == 0) {
        edge = other;
      } else {
        fallback[edge] = other;
        order.push_back(edge);
      }
    }
  }
}

std::optional<std::string_view> Phrases::find(std::string_view text) const {
  std::uint32_t state = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    state = next_[state * classes_ + class_[static_cast<unsigned char>(text[i])]];
    if (length_[state] != 0) return text.substr(i + 1 - length_[state], length_[state]);
  }
  return std::nullopt;
}

}  // namespace sallyport::match
