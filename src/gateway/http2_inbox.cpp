#include "gateway/http2_inbox.hpp"

#include <cstring>

namespace sallyport::gateway {

// The library hands over what a peer sends beyond its window too, before it resets the stream.
bool Http2Inbox::add(std::string_view bytes, BufferPool& pool) {
  const std::size_t kept = size();
  if (kept + bytes.size() > window) return false;
  if (buffer_.size() - end_ < bytes.size()) {
    if (buffer_.size() - kept >= bytes.size()) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, kept);
    } else {
      const bool little = kept + bytes.size() <= BufferPool::small;
      Buffer larger = pool.take(little ? BufferPool::small : BufferPool::large);
      if (kept != 0) std::memcpy(larger.data(), buffer_.data() + begin_, kept);
      buffer_ = std::move(larger);
    }
    begin_ = 0;
    end_ = kept;
  }
  bytes.copy(buffer_.data() + end_, bytes.size());
  end_ += bytes.size();
  return true;
}

void Http2Inbox::release() {
  begin_ = end_ = 0;
  buffer_.release();
}

}  // namespace sallyport::gateway
