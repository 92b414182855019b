// Search: what most detectors share: a subject, where findings go, and the weight of the place.
#pragma once

#include <algorithm>

#include "detectors/evidence.hpp"
#include "detectors/subject.hpp"
#include "detectors/text.hpp"

namespace sallyport::detectors {

class Search {
 public:
  Search(Attack attack, const Subject& subject, Findings& findings) noexcept
      : subject(subject), text(subject.text()), attack_(attack), findings_(findings) {}

  // `weak` is what is left when the text only tells about it.
  void add(Strength strength, Strength weak, std::string_view rule, std::size_t begin, std::size_t end) noexcept {
    findings_.add(attack_, subject.told(begin) ? std::min(strength, weak) : strength, rule, around(text, begin, end));
  }

  const Subject& subject;
  const std::string_view text;
  static constexpr std::size_t npos = std::string_view::npos;

 private:
  Attack attack_;
  Findings& findings_;
};

}  // namespace sallyport::detectors
