#include "gateway/http2_budget.hpp"

#include <algorithm>
#include <cstring>

namespace sallyport::gateway {
namespace {

// RFC 9113 §6.
namespace type {
enum : unsigned char { data = 0, headers = 1, rst_stream = 3, settings = 4, ping = 6, continuation = 9 };
}
constexpr unsigned char end_stream = 0x1;
constexpr unsigned char end_headers = 0x4;

}  // namespace

bool TokenBucket::take(std::chrono::milliseconds now) {
  const auto passed = static_cast<std::uint64_t>(std::max<std::int64_t>(0, (now - last_).count()));
  last_ = now;
  left_ = std::min(burst_, left_ + std::min<std::uint64_t>(passed, 3'600'000) * rate_);
  if (left_ < 1000) return false;
  left_ -= 1000;
  return true;
}

bool FrameBudget::unfinished() const {
  const bool data_only = in_frame_ && head_[3] == type::data && !in_block_;
  return in_block_ || head_size_ != 0 || (in_frame_ && !data_only);
}

bool FrameBudget::take(std::string_view bytes, std::chrono::milliseconds now) {
  const std::size_t skipped = std::min(skip_, bytes.size());
  skip_ -= skipped;
  bytes.remove_prefix(skipped);
  while (!bytes.empty()) {
    if (!in_frame_) {
      const std::size_t taken = std::min(bytes.size(), head_.size() - head_size_);
      std::memcpy(head_.data() + head_size_, bytes.data(), taken);
      head_size_ += taken;
      bytes.remove_prefix(taken);
      if (head_size_ < head_.size()) return true;
      head_size_ = 0;
      in_frame_ = true;
      left_ = static_cast<std::uint32_t>(head_[0]) << 16 | static_cast<std::uint32_t>(head_[1]) << 8 | head_[2];
      if (!judge(now)) return false;
    }
    const auto taken = static_cast<std::uint32_t>(std::min<std::size_t>(bytes.size(), left_));
    bytes.remove_prefix(taken);
    left_ -= taken;
    if (left_ == 0) frame_ended();
  }
  return true;
}

bool FrameBudget::judge(std::chrono::milliseconds now) {
  const unsigned char flags = head_[4];
  switch (head_[3]) {
    case type::data:
      return left_ != 0 || (flags & end_stream) != 0 || idle_.take(now);
    case type::headers:
      continuations_ = 0;
      in_block_ = true;
      idle_.earn(idle_frames_earned);
      return true;
    case type::continuation:
      return ++continuations_ <= max_continuations;
    case type::rst_stream:
      return take_reset(now);
    case type::settings:
      return settings_.take(now);
    case type::ping:
      return pings_.take(now);
    default:
      return idle_.take(now);
  }
}

void FrameBudget::frame_ended() {
  in_frame_ = false;
  const bool of_block = head_[3] == type::headers || head_[3] == type::continuation;
  if (of_block && (head_[4] & end_headers) != 0) in_block_ = false;
  if (!in_block_) ++finished_;
}

}  // namespace sallyport::gateway
