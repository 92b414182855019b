// Arena: bump allocation for the lifetime of one call. The first block is part of the object, so
// a typical call allocates nothing; reset() keeps it and gives further blocks back.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace sallyport {

class Arena {
 public:
  static constexpr std::size_t inline_bytes = 4096;

  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Never null; throws std::bad_alloc as operator new does.
  void* allocate(std::size_t size, std::size_t align) {
    const auto at = (reinterpret_cast<std::uintptr_t>(next_) + align - 1) & ~(std::uintptr_t{align} - 1);
    std::byte* const start = next_ + (at - reinterpret_cast<std::uintptr_t>(next_));
    if (start > end_ || static_cast<std::size_t>(end_ - start) < size) return grow(size, align);
    next_ = start + size;
    return start;
  }

  // An uninitialised array of trivially destructible objects.
  template <class T>
    requires std::is_trivially_destructible_v<T>
  std::span<T> array(std::size_t count) {
    return {static_cast<T*>(allocate(count * sizeof(T), alignof(T))), count};
  }

  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    auto out = array<char>(text.size());
    std::memcpy(out.data(), text.data(), text.size());
    return {out.data(), out.size()};
  }

  // The parts joined, in one piece of the arena.
  template <class... Parts>
  std::string_view concat(const Parts&... parts) {
    const std::size_t size = (std::string_view(parts).size() + ... + 0);
    auto out = array<char>(size);
    char* at = out.data();
    ((at = static_cast<char*>(std::memcpy(at, std::string_view(parts).data(), std::string_view(parts).size())) +
           std::string_view(parts).size()),
     ...);
    return {out.data(), size};
  }

  // Everything handed out becomes invalid.
  void reset() {
    blocks_.clear();
    next_ = inline_.data();
    end_ = inline_.data() + inline_.size();
  }

 private:
  void* grow(std::size_t size, std::size_t align) {
    const std::size_t block = size + align > 16384 ? size + align : 16384;
    blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(block));
    next_ = blocks_.back().get();
    end_ = next_ + block;
    return allocate(size, align);
  }

  // Uninitialised on purpose: every user writes what it asked for before reading it.
  alignas(16) std::array<std::byte, inline_bytes> inline_;
  std::byte* next_ = inline_.data();
  std::byte* end_ = inline_.data() + inline_.size();
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
};

}  // namespace sallyport
