// Walks a decoded body and scans each of its values, with the names that it stands under.
//
//   BodyScan body_scan(limits);
//   body_scan.run(*root, [&](const BodyScan::Place& at, const Findings& found) { … });
//
// What is looked at is bounded by Limits; of longer arrays a sample. Nothing is allocated. When
// something was left out, sampled() is true.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "classify/context.hpp"
#include "classify/findings.hpp"
#include "decode/value.hpp"

namespace sallyport::classify {

// The same names come again and again in a body: what they say is looked up once.
class NameCache {
 public:
  NameKinds operator()(std::string_view name);

 private:
  struct Entry {
    std::string_view name;
    NameKinds kinds;
  };
  std::array<Entry, 64> entries_;
};

class BodyScan {
 public:
  struct Limits {
    std::size_t bytes = 256u << 10;  // of values
    std::size_t values = 20'000;
    std::size_t items = 64;  // of one array: the first half, then evenly spread
    Confidence least = Confidence::medium;
  };
  static constexpr std::size_t max_depth = 128;  // values deeper than that are left out

  // Where a value stands. Valid within the call that it is given to.
  class Place {
   public:
    [[nodiscard]] const decode::Value& value() const { return *value_; }
    // RFC 6901: "/data/items/2/x".
    void append_pointer(std::string& out) const;
    // With '*' for places in arrays, and for names that may be values: "/data/items/*/x".
    void append_shape(std::string& out) const;

   private:
    friend class BodyScan;
    struct Step {
      const decode::Value* container = nullptr;
      const decode::Value* end = nullptr;
      std::uint32_t index = 0;  // of the child that is looked at
    };
    void append(std::string& out, bool shape) const;
    std::array<Step, max_depth> steps_;
    std::size_t depth_ = 0;
    const decode::Value* value_ = nullptr;
  };

  explicit BodyScan(const Limits& limits) : limits_(limits) { found_.set_least(limits.least); }

  // Calls each(place, findings) for every value in which something was found.
  template <class Each>
  void run(const decode::Value& root, Each&& each) {
    begin(root);
    while (next()) {
      if (look()) each(static_cast<const Place&>(place_), static_cast<const Findings&>(found_));
    }
  }
  // A body that is no tree.
  [[nodiscard]] const Findings& text(std::string_view body);
  [[nodiscard]] bool sampled() const { return sampled_; }

 private:
  void begin(const decode::Value& root);
  bool next();  // to the next value that is no container
  bool look();  // scans it; was something found?

  Limits limits_;
  Place place_;
  NameCache names_;
  Findings found_;
  const decode::Value* at_ = nullptr;
  const decode::Value* end_ = nullptr;
  std::size_t bytes_ = 0;
  std::size_t values_ = 0;
  bool sampled_ = false;
};

}  // namespace sallyport::classify
