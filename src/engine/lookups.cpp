#include "engine/lookups.hpp"

#include <stdexcept>

namespace sallyport::engine {

std::uint32_t Lookups::add(std::shared_ptr<Answerer> answerer) {
  const std::lock_guard lock(mutex_);
  if (count_ == max_answerers) throw std::length_error("too many answerers");
  answerers_[count_] = std::move(answerer);
  published_[count_].store(answerers_[count_].get(), std::memory_order_release);
  return first_number + count_++;
}

Answerer* Lookups::find(std::uint32_t number) const {
  const std::uint32_t index = number - first_number;  // far above when the number is below
  return index < max_answerers ? published_[index].load(std::memory_order_acquire) : nullptr;
}

}  // namespace sallyport::engine
