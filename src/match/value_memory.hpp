// ValueMemory: what the prefilter found in short values that come again and again – names of JSON members
// and header fields, what a client sends with each call – so that they are scanned once and not each time.
//
// A value is known by a keyed hash (64 bits of SipHash, whose key nobody knows, with its length): its
// text is not kept. What comes once takes a place that the next may have; only what comes a second
// time is learned. A table of fixed size for a thread and a group of patterns.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/siphash.hpp"

namespace sallyport::match {

class ValueMemory {
 public:
  static constexpr std::size_t places = 2048;        // 64 KiB, taken when the first value comes
  static constexpr std::size_t longest_value = 256;  // bytes; longer ones are scanned each time
  static constexpr std::size_t most_hits = 3;        // patterns that a value may be a candidate of

  enum class Answer : std::uint8_t {
    known,    // its hits are in `bits`
    unknown,  // has to be scanned
    again,    // has to be scanned; was met before and is worth learning
  };
  struct Key {
    std::uint64_t hash;
    std::uint32_t size;
  };

  // `chains`: which transformations it is looked at behind.
  [[nodiscard]] static Key key_of(const SipKey& secret, std::string_view value, std::uint64_t chains);

  Answer look(const Key& key, std::span<std::uint64_t> bits);
  // What a scan of that value alone found.
  void learn(const Key& key, std::span<const std::uint64_t> bits);

 private:
  enum class State : std::uint8_t { empty, met, known };
  struct Place {
    std::uint64_t hash = 0;
    std::uint32_t size = 0;
    std::array<std::uint16_t, most_hits> hits{};
    std::uint8_t hit_count = 0;
    State state = State::empty;
    bool used = false;  // since another value asked for the place
  };
  [[nodiscard]] std::array<std::size_t, 2> ways(const Key& key) const {
    return {key.hash % places, (key.hash >> 32) % places};
  }
  [[nodiscard]] Place* find(const Key& key);

  std::unique_ptr<Place[]> table_;
};

}  // namespace sallyport::match
