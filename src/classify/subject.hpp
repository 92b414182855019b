// Subject: the value that detectors look at, and what is known about it.
#pragma once

#include <cstddef>
#include <string_view>

#include "classify/check_digits.hpp"
#include "classify/context.hpp"

namespace sallyport::classify {

struct Subject {
  std::string_view text;
  Kinds name;  // what the field's name says

  // What the name and the words before text[at] say.
  [[nodiscard]] Kinds kinds_at(std::size_t at) const {
    Kinds kinds = name;
    kinds.add(kinds_before(text, at));
    return kinds;
  }
  // Letters and digits from `at` on, at most `limit`.
  [[nodiscard]] std::string_view word_at(std::size_t at, std::size_t limit = 128) const {
    std::size_t end = at;
    while (end < text.size() && end - at < limit && is_alnum(text[end])) ++end;
    return text.substr(at, end - at);
  }
  // Does a word end there?
  [[nodiscard]] bool ends_at(std::size_t at) const {
    return at >= text.size() || (!is_alnum(text[at]) && text[at] != '_');
  }
  [[nodiscard]] char char_at(std::size_t at) const { return at < text.size() ? text[at] : '\0'; }
};

}  // namespace sallyport::classify
