#include "base/text_index.hpp"

namespace sallyport {
namespace {

std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

template <class Word>
std::uint64_t read(const char* from) noexcept {
  Word out;
  std::memcpy(&out, from, sizeof out);
  return out;
}

// All of one to eight bytes, in two reads that may overlap.
std::uint64_t read_up_to_8(const char* from, std::size_t size) noexcept {
  if (size >= 4) return read<std::uint32_t>(from) << 32 | read<std::uint32_t>(from + size - 4);
  const auto byte = [from](std::size_t at) { return std::uint64_t{static_cast<unsigned char>(from[at])}; };
  return byte(0) << 16 | byte(size / 2) << 8 | byte(size - 1);
}

}  // namespace

std::uint32_t TextIndex::hash_of(std::uint32_t owner, std::string_view text) noexcept {
  // Multiply and fold (as wyhash does), eight bytes a step.
  static constexpr std::uint64_t p0 = 0xa0761d6478bd642fULL;
  static constexpr std::uint64_t p1 = 0xe7037ed1a0b428dbULL;
  std::uint64_t hash = mix(p0 ^ owner, p1 ^ text.size());
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left > 8; left -= 8, at += 8) hash = mix(hash ^ read<std::uint64_t>(at), p1);
  if (left != 0) hash = mix(hash ^ read_up_to_8(at, left), p0);
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

void TextIndex::place(const Slot& slot) noexcept {
  std::size_t at = slot.hash & mask_;
  while (slots_[at].value != none) at = (at + 1) & mask_;
  slots_[at] = slot;
}

void TextIndex::grow() {
  std::vector<Slot> old(slots_.empty() ? 16 : slots_.size() * 2);
  old.swap(slots_);
  mask_ = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.value != none) place(slot);
  }
}

void TextIndex::add(std::uint32_t owner, std::string_view text, std::uint32_t value) {
  if ((count_ + 1) * 4 > slots_.size() * 3) grow();
  Slot slot{value, owner, hash_of(owner, text), static_cast<std::uint32_t>(text.size()), {}};
  if (text.size() <= inline_text) {
    if (!text.empty()) std::memcpy(slot.text.data(), text.data(), text.size());
  } else {
    const std::uint64_t at = pool_.size();
    std::memcpy(slot.text.data(), &at, sizeof at);
    pool_.insert(pool_.end(), text.begin(), text.end());
  }
  place(slot);
  ++count_;
  longest_ = text.size() > longest_ ? text.size() : longest_;
}

}  // namespace sallyport
