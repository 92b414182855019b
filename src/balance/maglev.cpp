#include "balance/maglev.hpp"

#include <algorithm>

#include "base/siphash.hpp"

namespace sallyport::balance {
namespace {

// Not secret: all nodes must come to the same table.
constexpr SipKey first_key{1};
constexpr SipKey second_key{2};

constexpr std::uint16_t nobody = 0xffff;

}  // namespace

// Places take turns, and each takes the next free slot of its own permutation; one of half the weight of
// the heaviest takes part in every second turn.
Maglev::Maglev(std::span<const Place> places) {
  if (places.empty()) return;
  struct Walker {
    std::uint64_t at, step, credit;
  };
  std::vector<Walker> walkers;
  std::uint32_t heaviest = 1;
  for (const Place& place : places) {
    walkers.push_back({siphash(first_key, place.name) % size, siphash(second_key, place.name) % (size - 1) + 1, 0});
    heaviest = std::max(heaviest, place.weight);
  }
  table_.assign(size, nobody);
  for (std::size_t filled = 0; filled < size;) {
    for (std::size_t i = 0; i < places.size() && filled < size; ++i) {
      Walker& walker = walkers[i];
      walker.credit += places[i].weight;
      if (walker.credit < heaviest) continue;
      walker.credit -= heaviest;
      while (table_[walker.at] != nobody) walker.at = (walker.at + walker.step) % size;
      table_[walker.at] = static_cast<std::uint16_t>(i);
      ++filled;
    }
  }
}

}  // namespace sallyport::balance
