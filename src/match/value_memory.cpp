#include "match/value_memory.hpp"

#include <bit>
#include <utility>

namespace sallyport::match {

ValueMemory::Key ValueMemory::key_of(const SipKey& secret, std::string_view value, std::uint64_t chains) {
  // An odd factor keeps sets of chains apart; the hash is not to be guessed either way.
  return {siphash(secret, value) ^ (chains * 0x9e3779b97f4a7c15u), static_cast<std::uint32_t>(value.size())};
}

ValueMemory::Place* ValueMemory::find(const Key& key) {
  for (const std::size_t way : ways(key)) {
    Place& place = table_[way];
    if (place.state != State::empty && place.hash == key.hash && place.size == key.size) return &place;
  }
  return nullptr;
}

ValueMemory::Answer ValueMemory::look(const Key& key, std::span<std::uint64_t> bits) {
  if (table_ == nullptr) table_ = std::make_unique<Place[]>(places);
  if (Place* const place = find(key); place != nullptr) {
    if (place->state == State::met) return Answer::again;
    place->used = true;
    for (std::size_t i = 0; i < place->hit_count; ++i)
      bits[place->hits[i] / 64u] |= std::uint64_t{1} << (place->hits[i] % 64u);
    return Answer::known;
  }
  for (const std::size_t way : ways(key)) {
    Place& place = table_[way];
    // What is known and in use keeps its place once more.
    if (place.state == State::known && std::exchange(place.used, false)) continue;
    place = Place{};
    place.hash = key.hash;
    place.size = key.size;
    place.state = State::met;
    break;
  }
  return Answer::unknown;
}

void ValueMemory::learn(const Key& key, std::span<const std::uint64_t> bits) {
  Place* const place = find(key);
  if (place == nullptr) return;
  std::size_t count = 0;
  std::array<std::uint16_t, most_hits> hits{};
  for (std::size_t word = 0; word < bits.size(); ++word) {
    for (std::uint64_t left = bits[word]; left != 0; left &= left - 1) {
      const std::size_t bit = word * 64 + static_cast<std::size_t>(std::countr_zero(left));
      if (count == most_hits || bit > 0xffff) return;  // scanned each time
      hits[count++] = static_cast<std::uint16_t>(bit);
    }
  }
  place->hits = hits;
  place->hit_count = static_cast<std::uint8_t>(count);
  place->state = State::known;
  place->used = true;
}

}  // namespace sallyport::match
