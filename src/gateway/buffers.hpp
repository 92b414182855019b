// Pooled byte buffers of a core: held only while bytes are in them, so that an idle connection
// costs none. Not thread-safe; every worker has its own pool.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace sallyport::gateway {

class BufferPool;

// Owns one block of a pool and gives it back. Movable, empty by default.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept
      : pool_(std::exchange(other.pool_, nullptr)),
        bytes_(std::move(other.bytes_)),
        size_(std::exchange(other.size_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    if (this == &other) return *this;
    release();
    pool_ = std::exchange(other.pool_, nullptr);
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }
  ~Buffer() { release(); }

  [[nodiscard]] char* data() const { return bytes_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] explicit operator bool() const { return size_ != 0; }
  void release();

 private:
  friend class BufferPool;
  Buffer(BufferPool& pool, std::unique_ptr<char[]> bytes, std::size_t size)
      : pool_(&pool), bytes_(std::move(bytes)), size_(size) {}
  BufferPool* pool_ = nullptr;
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

class BufferPool {
 public:
  static constexpr std::size_t small = 16 * 1024;  // heads and small bodies
  static constexpr std::size_t large = 64 * 1024;  // streamed bodies, and heads beyond `small`
  static constexpr std::size_t kept = 256;         // free blocks kept of each size

  // Other sizes are taken from and given back to the system.
  [[nodiscard]] Buffer take(std::size_t size) {
    if (size != small && size != large) return {*this, std::make_unique_for_overwrite<char[]>(size), size};
    auto& blocks = free_[size == small ? 0 : 1];
    if (blocks.empty()) return {*this, std::make_unique_for_overwrite<char[]>(size), size};
    Buffer buffer{*this, std::move(blocks.back()), size};
    blocks.pop_back();
    return buffer;
  }

 private:
  friend class Buffer;
  void give(std::unique_ptr<char[]> bytes, std::size_t size) {
    if (size != small && size != large) return;
    auto& blocks = free_[size == small ? 0 : 1];
    if (blocks.size() < (size == small ? kept : kept / 8)) blocks.push_back(std::move(bytes));
  }
  std::vector<std::unique_ptr<char[]>> free_[2];
};

inline void Buffer::release() {
  if (pool_ == nullptr) return;
  std::exchange(pool_, nullptr)->give(std::move(bytes_), size_);
  size_ = 0;
}

}  // namespace sallyport::gateway
