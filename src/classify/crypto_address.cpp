#include "classify/crypto_address.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace sallyport::classify {
namespace {

using Digest = std::array<unsigned char, 32>;

bool sha256(const unsigned char* bytes, std::size_t size, Digest& out) {
  return EVP_Digest(bytes, size, out.data(), nullptr, EVP_sha256(), nullptr) == 1;
}

}  // namespace

bool is_base58check(std::string_view text) {
  constexpr std::string_view alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  if (text.size() < 26 || text.size() > 35) return false;
  std::array<unsigned char, 25> bytes{};  // version, 20 bytes, checksum
  for (const char c : text) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) return false;
    auto carry = static_cast<unsigned>(value);
    for (std::size_t i = bytes.size(); i-- > 0;) {
      carry += 58u * bytes[i];
      bytes[i] = static_cast<unsigned char>(carry & 0xffu);
      carry >>= 8;
    }
    if (carry != 0) return false;
  }
  Digest once{};
  Digest twice{};
  return sha256(bytes.data(), 21, once) && sha256(once.data(), once.size(), twice) &&
         std::equal(bytes.begin() + 21, bytes.end(), twice.begin());
}

bool is_bech32(std::string_view text) {
  constexpr std::string_view alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  if (!text.starts_with("bc1") || text.size() < 14 || text.size() > 90) return false;
  std::uint32_t check = 1;
  const auto step = [&check](std::uint32_t value) {
    constexpr std::array<std::uint32_t, 5> generator = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    const std::uint32_t top = check >> 25;
    check = (check & 0x1ffffff) << 5 ^ value;
    for (std::size_t i = 0; i < 5; ++i) check ^= (top >> i & 1u) != 0 ? generator[i] : 0;
  };
  for (const char c : std::string_view("bc")) step(static_cast<std::uint32_t>(c) >> 5);
  step(0);
  for (const char c : std::string_view("bc")) step(static_cast<std::uint32_t>(c) & 31u);
  for (const char c : text.substr(3)) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) return false;
    step(static_cast<std::uint32_t>(value));
  }
  return check == 1 || check == 0x2bc830a3;
}

std::size_t find_crypto_address(const Subject& s, std::size_t at, Findings& out) {
  const char front = s.text[at];
  if (front != '0' && front != '1' && front != '3' && front != 'b') return 0;
  if (front == 'b' && s.text.substr(at, 3) != "bc1") return 0;
  const std::string_view word = s.word_at(at, 96);
  const std::size_t end = at + word.size();
  if (word.size() < 26 || !s.ends_at(end)) return 0;
  if (word.starts_with("0x")) {
    if (word.size() != 42 || !std::ranges::all_of(word.substr(2), is_hex)) return 0;
    if (std::ranges::all_of(word.substr(2), [&](char c) { return c == word[2]; })) return 0;
    out.add(Type::crypto_address, Confidence::medium, at, end);
    return end;
  }
  if (front == 'b' ? !is_bech32(word) : !is_base58check(word)) return 0;
  out.add(Type::crypto_address, Confidence::high, at, end);
  return end;
}

}  // namespace sallyport::classify
