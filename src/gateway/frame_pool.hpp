// Memory of coroutine frames: a call makes about a dozen short-lived ones, always of the same few
// sizes. Each thread keeps what it freed. With the address sanitizer every frame is an allocation
// of its own, so that a use after the coroutine's end is seen.
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <utility>

namespace sallyport::gateway {

class FramePool {
 public:
  static constexpr std::size_t step = 64;       // bytes between two size classes
  static constexpr std::size_t largest = 4096;  // bytes; longer frames are not kept
  static constexpr std::size_t kept = 256;      // free blocks of a size class

  [[nodiscard]] static void* take(std::size_t size);
  static void give(void* at, std::size_t size) noexcept;
  // Returns what this thread keeps; for its end.
  static void clear() noexcept;

 private:
  struct Block {
    Block* next;
  };
  struct Class {
    Block* first;
    std::size_t count;
  };
  static std::size_t class_of(std::size_t size) { return (size + step - 1) / step; }
  static std::array<Class, largest / step + 1>& classes() {
    static thread_local constinit std::array<Class, largest / step + 1> of_thread{};
    return of_thread;
  }
};

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SALLYPORT_FRAMES_UNPOOLED
#endif
#endif

inline void* FramePool::take(std::size_t size) {
#ifndef SALLYPORT_FRAMES_UNPOOLED
  if (size <= largest) {
    Class& own = classes()[class_of(size)];
    if (Block* block = own.first; block != nullptr) {
      own.first = block->next;
      --own.count;
      return block;
    }
    size = class_of(size) * step;
  }
#endif
  return ::operator new(size);
}

inline void FramePool::give(void* at, std::size_t size) noexcept {
#ifndef SALLYPORT_FRAMES_UNPOOLED
  if (size <= largest) {
    Class& own = classes()[class_of(size)];
    if (own.count < kept) {
      own.first = ::new (at) Block{own.first};
      ++own.count;
      return;
    }
  }
#endif
  (void)size;
  ::operator delete(at);
}

inline void FramePool::clear() noexcept {
  for (Class& own : classes()) {
    while (own.first != nullptr) ::operator delete(std::exchange(own.first, own.first->next));
    own.count = 0;
  }
}

}  // namespace sallyport::gateway
