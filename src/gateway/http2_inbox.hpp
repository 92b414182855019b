// Http2Inbox: the bytes of one stream's body that were received and not yet read. It never holds
// more than a window: whoever sends beyond it broke the flow control (RFC 9113 §5.2, §6.9.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "gateway/buffers.hpp"

namespace sallyport::gateway {

class Http2Inbox {
 public:
  static constexpr std::uint32_t window = 64 * 1024;  // bytes that are held
  static_assert(window <= BufferPool::large, "what a peer may send always fits into the larger buffer");

  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] bool empty() const { return end_ == begin_; }
  // Valid until the next add().
  [[nodiscard]] std::string_view bytes() const { return {buffer_.data() + begin_, size()}; }

  // Copies them in. False, and nothing is kept of them, when more than a window would be held.
  [[nodiscard]] bool add(std::string_view bytes, BufferPool& pool);
  // The first `count` bytes were read; at most size().
  void drop(std::size_t count) { begin_ += count; }
  // Gives back the buffer; the bytes are gone.
  void release();

 private:
  Buffer buffer_;  // the bytes are [begin_, end_) of it
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace sallyport::gateway
