#include "gateway/waiting_line.hpp"

#include <algorithm>

namespace sallyport::gateway {

std::size_t WaitingLine::length(const balance::Group& group) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(places_, [&](const Place* place) { return &place->group_ == &group; }));
}

void WaitingLine::freed(const balance::Group& group) {
  const auto next = std::ranges::find_if(
      places_, [&](const Place* place) { return &place->group_ == &group && place->waiting_ != nullptr; });
  if (next != places_.end()) (*next)->call();
}

}  // namespace sallyport::gateway
