// Judgement: evidence × place. What a detector found in a value weighs more or less by where the
// value stands; the heaviest that no exclusion covers is what a call is judged by.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "controls/waf/config.hpp"
#include "decode/leaves.hpp"
#include "decode/nested.hpp"
#include "detectors/inspect.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::controls::waf {

// The least score that is refused at a level of paranoia, 1 to 4: 5, 4, 3, 2.
//   9, 10  nothing else is written like this       5, 6  breaks out, by the shortest means
//   7, 8   breaks out and goes on as code          2–4   look-alikes, or told about in prose
[[nodiscard]] constexpr int threshold(std::uint32_t paranoia) { return 6 - static_cast<int>(paranoia); }

struct Charge {
  int score = 0;
  detectors::Evidence evidence;
  decode::Place place = decode::Place::text;
  std::string_view field;
  std::uint8_t depth = 0;  // of the wrappings that it was found in
};

class Judgement {
 public:
  Judgement(const Config& config, std::string_view operation, Arena& arena)
      : config_(config), operation_(operation), arena_(arena), unwrapper_(arena) {}

  void look(const decode::Leaf& leaf);
  // The whole path as one value beside its segments: an attack may hold slashes.
  void look_at_path(std::string_view path);

  [[nodiscard]] const Charge& heaviest() const { return heaviest_; }
  [[nodiscard]] bool skipped_something() const { return !unwrapper_.skipped().nothing(); }

 private:
  void value(const decode::Leaf& leaf, std::string_view text, detectors::Site site, std::uint8_t depth, bool from_html);
  void literals(const decode::Leaf& leaf, std::string_view document);
  void keys(const decode::Leaf& leaf);
  void charge(const decode::Leaf& leaf, const detectors::Findings& findings, std::uint8_t depth, bool from_html);
  [[nodiscard]] bool excluded(const detectors::Evidence& evidence, std::string_view field) const;

  const Config& config_;
  std::string_view operation_;
  Arena& arena_;
  decode::Unwrapper unwrapper_;
  Charge heaviest_;
  bool in_file_ = false;  // the part that is visited now has a file name
};

// The matched part for an event: marks and short words as they are, what could be a secret as its
// shape. At most 64 bytes, printable.
[[nodiscard]] std::string_view masked(std::string_view span, Arena& arena);

}  // namespace sallyport::controls::waf
