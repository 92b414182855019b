// The digests of OpenSSL's first interface: their state can be copied, which EVP only does with
// allocations. They are deprecated there, not unsafe.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "jose/hmac.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <cstring>

namespace sallyport::jose {
namespace {

// One interface over the two families of digests.
struct Sha256 {
  using Context = SHA256_CTX;
  static constexpr std::size_t block = 64;
  static void begin(Context& at, Hash) { SHA256_Init(&at); }
  static void add(Context& at, const void* bytes, std::size_t size) { SHA256_Update(&at, bytes, size); }
  static void end(Context& at, unsigned char* out) { SHA256_Final(out, &at); }
};

struct Sha512 {
  using Context = SHA512_CTX;
  static constexpr std::size_t block = 128;
  static void begin(Context& at, Hash hash) { hash == Hash::sha384 ? SHA384_Init(&at) : SHA512_Init(&at); }
  static void add(Context& at, const void* bytes, std::size_t size) { SHA512_Update(&at, bytes, size); }
  static void end(Context& at, unsigned char* out) { SHA512_Final(out, &at); }
};

template <class Sha>
void absorb(Hash hash, std::string_view key, unsigned char* inner, unsigned char* outer) {
  std::array<unsigned char, Sha::block> block{};
  typename Sha::Context context;
  if (key.size() > block.size()) {
    Sha::begin(context, hash);
    Sha::add(context, key.data(), key.size());
    Sha::end(context, block.data());
  } else if (!key.empty()) {
    std::memcpy(block.data(), key.data(), key.size());
  }
  for (unsigned char& byte : block) byte ^= 0x36;
  Sha::begin(context, hash);
  Sha::add(context, block.data(), block.size());
  std::memcpy(inner, &context, sizeof context);
  for (unsigned char& byte : block) byte ^= 0x36 ^ 0x5c;
  Sha::begin(context, hash);
  Sha::add(context, block.data(), block.size());
  std::memcpy(outer, &context, sizeof context);
  OPENSSL_cleanse(block.data(), block.size());
  OPENSSL_cleanse(&context, sizeof context);
}

template <class Sha>
void compute(std::size_t size, const unsigned char* inner, const unsigned char* outer, std::string_view text,
             unsigned char* out) {
  typename Sha::Context context;
  std::memcpy(&context, inner, sizeof context);
  Sha::add(context, text.data(), text.size());
  std::array<unsigned char, 64> middle;
  Sha::end(context, middle.data());
  std::memcpy(&context, outer, sizeof context);
  Sha::add(context, middle.data(), size);
  Sha::end(context, out);
}

}  // namespace

Hmac::Hmac(Hash hash, std::string_view key) : hash_(hash) {
  static_assert(sizeof(SHA256_CTX) <= state_bytes && sizeof(SHA512_CTX) <= state_bytes);
  if (hash == Hash::sha256) {
    absorb<Sha256>(hash, key, inner_.bytes.data(), outer_.bytes.data());
  } else {
    absorb<Sha512>(hash, key, inner_.bytes.data(), outer_.bytes.data());
  }
}

Hmac::~Hmac() {
  OPENSSL_cleanse(inner_.bytes.data(), inner_.bytes.size());
  OPENSSL_cleanse(outer_.bytes.data(), outer_.bytes.size());
}

std::array<unsigned char, 64> Hmac::code(std::string_view text) const {
  std::array<unsigned char, 64> out;
  if (hash_ == Hash::sha256) {
    compute<Sha256>(size_of(hash_), inner_.bytes.data(), outer_.bytes.data(), text, out.data());
  } else {
    compute<Sha512>(size_of(hash_), inner_.bytes.data(), outer_.bytes.data(), text, out.data());
  }
  return out;
}

bool Hmac::verify(std::string_view text, std::string_view expected) const {
  if (expected.size() != size_of(hash_)) return false;
  const auto actual = code(text);
  return CRYPTO_memcmp(actual.data(), expected.data(), expected.size()) == 0;
}

}  // namespace sallyport::jose
