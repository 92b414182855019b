#include "base/uuid.hpp"

#include <sys/random.h>

#include <bit>
#include <cstring>

#include "base/ascii.hpp"

namespace sallyport {
namespace {

constexpr char digits[] = "0123456789abcdef";

constexpr bool dash_before(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

}  // namespace

UuidSource::UuidSource() {
  std::size_t have = 0;
  while (have < sizeof state_) {
    const ssize_t n = ::getrandom(reinterpret_cast<char*>(state_) + have, sizeof state_ - have, 0);
    if (n > 0) have += static_cast<std::size_t>(n);
  }
  state_[0] |= 1;  // xoshiro must not start at zero
}

// xoshiro256** (Blackman and Vigna, 2018).
std::uint64_t UuidSource::random() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

CallId UuidSource::next(std::int64_t now_us) {
  const std::uint64_t low = random();
  const std::uint64_t ms = now_us > 0 ? static_cast<std::uint64_t>(now_us) / 1000 : 0;
  if (ms > last_ms_) {
    last_ms_ = ms;
    counter_ = static_cast<std::uint32_t>(random() & 0x7ff);
  } else if (++counter_ > 0xfff) {
    ++last_ms_;
    counter_ = 0;
  }
  const std::uint64_t high = (last_ms_ << 16) | 0x7000 | counter_;
  const std::uint64_t tail = (low & 0x3fff'ffff'ffff'ffff) | 0x8000'0000'0000'0000;
  CallId id;
  for (std::size_t i = 0; i < 8; ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(high >> (56 - 8 * i));
    id.bytes[8 + i] = static_cast<std::uint8_t>(tail >> (56 - 8 * i));
  }
  return id;
}

void format_uuid(const CallId& id, std::span<char, uuid_text_bytes> out) {
  char* at = out.data();
  for (std::size_t i = 0; i < 16; ++i) {
    if (dash_before(i)) *at++ = '-';
    *at++ = digits[id.bytes[i] >> 4];
    *at++ = digits[id.bytes[i] & 15];
  }
}

std::optional<CallId> parse_uuid(std::string_view text) {
  if (text.size() != uuid_text_bytes) return std::nullopt;
  CallId id;
  std::size_t at = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    if (dash_before(i) && text[at++] != '-') return std::nullopt;
    const int high = hex_value(text[at]);
    const int low = hex_value(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    id.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    at += 2;
  }
  return id;
}

}  // namespace sallyport
