#include "spec/text_index.hpp"

namespace sallyport {
namespace {

std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Up to eight bytes, little end first.
std::uint64_t read(const char* from, std::size_t size) noexcept {
  std::uint64_t out = 0;
  std::memcpy(&out, from, size);
  return out;
}

}  // namespace

std::uint32_t TextIndex::hash_of(std::uint32_t owner, std::string_view text) noexcept {
  // Multiply and fold (as wyhash does), eight bytes a step.
  static constexpr std::uint64_t p0 = 0xa0761d6478bd642fULL;
  static constexpr std::uint64_t p1 = 0xe7037ed1a0b428dbULL;
  std::uint64_t hash = mix(p0 ^ owner, p1 ^ text.size());
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left > 8; left -= 8, at += 8) hash = mix(hash ^ read(at, 8), p1);
  if (left != 0) hash = mix(hash ^ read(at, left), p0);
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
