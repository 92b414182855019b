// The place of a field in a JSON document: "customer_id", "order.owner", "items[].customer_id",
// "[].tenant". Every element of a list is a place of its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "decode/value.hpp"

#include <sallyport/result.hpp>

namespace sallyport::controls::authorize_objects {

class FieldPath {
 public:
  static constexpr std::size_t max_steps = 32;
  [[nodiscard]] static Result<FieldPath> parse(std::string_view text);

  enum class Found : std::uint8_t {
    all_good,
    mismatch,  // some place holds something else, or what cannot be compared
    absent,    // some place is not there; no place holds anything wrong
  };
  // Compares the text of every place with `expected`. An empty list is good: nothing in it is
  // anybody's. Numbers are compared as they are written.
  [[nodiscard]] Found compare(const decode::Value& root, std::string_view expected) const {
    return at(root, 0, expected);
  }

 private:
  struct Step {
    std::string name;  // of a member; empty: every element
    bool elements = false;
  };
  [[nodiscard]] Found at(const decode::Value& value, std::size_t step, std::string_view expected) const;
  std::vector<Step> steps_;
};

}  // namespace sallyport::controls::authorize_objects
