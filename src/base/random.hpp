// Random bytes of the kernel, for keys, nonces and ids that nobody may guess (getrandom(2)).
#pragma once

#include <span>
#include <type_traits>

#include <sallyport/result.hpp>

namespace sallyport {

// All of `out`, or an error: what it holds then must not be used.
[[nodiscard]] Result<void> fill_random(std::span<unsigned char> out);

// For keys without which a process must not go on: throws std::runtime_error.
void fill_random_or_throw(std::span<unsigned char> out);

template <class T>
  requires std::is_trivially_copyable_v<T>
[[nodiscard]] T random_value() {
  T out{};
  fill_random_or_throw({reinterpret_cast<unsigned char*>(&out), sizeof out});
  return out;
}

}  // namespace sallyport
