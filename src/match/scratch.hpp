// Scratch: bump memory of a thread for one phase of one evaluation. What it hands out stays valid
// until reset(); the largest block is kept, so a busy thread allocates nothing.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace sallyport::match {

class Scratch {
 public:
  static constexpr std::size_t block_bytes = 64u << 10;
  static constexpr std::size_t kept_bytes = 4u << 20;  // a larger block is given back by reset()

  [[nodiscard]] char* take(std::size_t size) {
    if (end_ - used_ < size) grow(size);
    char* const at = current_ + used_;
    used_ += size;
    return at;
  }
  // Gives the unused tail of the last take() back.
  void shrink(const char* at, std::size_t size) { used_ = static_cast<std::size_t>(at - current_) + size; }
  void reset() {
    if (blocks_.size() > 1 || (!blocks_.empty() && end_ > kept_bytes)) {
      blocks_.clear();
      current_ = nullptr;
      end_ = 0;
    }
    used_ = 0;
  }

 private:
  void grow(std::size_t size) {
    std::size_t want = end_ * 2 < block_bytes ? block_bytes : end_ * 2;
    if (want > kept_bytes) want = kept_bytes;
    if (want < size) want = size;
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(want));
    current_ = blocks_.back().get();
    end_ = want;
    used_ = 0;
  }
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* current_ = nullptr;
  std::size_t used_ = 0;
  std::size_t end_ = 0;
};

}  // namespace sallyport::match
