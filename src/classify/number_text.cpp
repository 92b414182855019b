#include "classify/number_text.hpp"

#include "classify/check_digits.hpp"

namespace sallyport::classify {

NumberText::NumberText(std::string_view text, std::size_t at) : text_(text), begin_(at) {
  if (at > 0) {
    const char before = text[at - 1];
    compound_ =
        before == '_' || ((before == '-' || before == '.' || before == ',') && at > 1 && is_alnum(text[at - 2]));
  }
  while (groups_ < max_groups) {
    std::size_t end = at;
    while (end < text.size() && is_digit(text[end]) && count_ < max_digits) digits_[count_++] = text[end++];
    sizes_[groups_] = static_cast<std::uint8_t>(end - at);
    ends_[groups_] = end;
    separators_[groups_] = 0;
    ++groups_;
    if (end + 1 >= text.size() || count_ == max_digits) return;
    const char c = text[end];
    if ((c != ' ' && c != '-' && c != '.' && c != '/') || !is_digit(text[end + 1])) return;
    separators_[groups_ - 1] = c;
    at = end + 1;
  }
}

std::string_view NumberText::digits(std::size_t groups) const {
  std::size_t size = 0;
  for (std::size_t i = 0; i < groups; ++i) size += sizes_[i];
  return {digits_.data(), size};
}

bool NumberText::ends_after(std::size_t groups) const {
  const std::size_t end = ends_[groups - 1];
  if (end >= text_.size()) return true;
  const char next = text_[end];
  if (is_alnum(next) || next == '_') return false;
  // A dash or a dot inside a word goes on; at its end it is punctuation.
  return (next != '-' && next != '.') || end + 1 >= text_.size() || !is_alnum(text_[end + 1]);
}

bool NumberText::written_as_address() const {
  if (groups_ < 4 || !ends_after(4)) return false;
  for (std::size_t i = 0; i < 4; ++i) {
    if (sizes_[i] > 3 || (i < 3 && separators_[i] != '.')) return false;
  }
  return true;
}

std::size_t NumberText::written_as(std::string_view pattern) const {
  std::size_t group = 0;
  std::size_t at = 0;
  while (at < pattern.size()) {
    std::size_t size = 0;
    while (at < pattern.size() && is_digit(pattern[at]))
      size = size * 10 + static_cast<std::size_t>(digit(pattern[at++]));
    if (group == groups_ || sizes_[group] != size) return 0;
    if (at < pattern.size()) {
      const char wanted = pattern[at++];
      const char found = separators_[group];
      if (wanted == '_' ? found != ' ' && found != '-' : found != wanted) return 0;
    }
    ++group;
  }
  return ends_after(group) ? group : 0;
}

}  // namespace sallyport::classify
