#include "events/seal.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cstring>
#include <memory>
#include <sstream>

#include "base/ascii.hpp"
#include "base/random.hpp"
#include "events/key_file.hpp"

namespace sallyport::events {
namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)>;

bool unhex(std::string_view text, std::uint8_t* out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return false;
    out[i / 2] = static_cast<std::uint8_t>(i % 2 == 0 ? digit << 4 : out[i / 2] | digit);
  }
  return true;
}

Result<std::string> new_key_line() {
  std::array<unsigned char, 36> random{};
  if (auto filled = fill_random(random); !filled) return std::unexpected(filled.error());
  const std::string_view bytes(reinterpret_cast<const char*>(random.data()), random.size());
  return to_hex(bytes.substr(0, 4)) + " " + to_hex(bytes.substr(4)) + "\n";
}

}  // namespace

Sealer::~Sealer() {
  for (Key& key : keys_) OPENSSL_cleanse(key.bytes.data(), key.bytes.size());
}

Result<Sealer> Sealer::open(const std::string& key_file) {
  auto text = read_or_make(key_file, new_key_line);
  if (!text) return std::unexpected(text.error());
  std::istringstream file(*text);
  OPENSSL_cleanse(text->data(), text->size());
  Sealer sealer;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    std::istringstream words(line);
    Key key;
    std::string digits;
    if (!(words >> key.id >> digits) || digits.size() != 64 || !unhex(digits, key.bytes.data())) {
      return fail(ErrorCode::invalid, "expected \"<id> <64 hexadecimal digits>\"",
                  key_file + ":" + std::to_string(number));
    }
    sealer.keys_.push_back(std::move(key));
  }
  if (sealer.keys_.empty()) return fail(ErrorCode::invalid, "the key file holds no key", key_file);
  return sealer;
}

bool Sealer::seal(const CallId& call, std::string_view text, char* out) const {
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  auto* const bytes = reinterpret_cast<unsigned char*>(out);
  const auto* const plain = reinterpret_cast<const unsigned char*>(text.data());
  int size = 0;
  return cipher && RAND_bytes(bytes, nonce_bytes) == 1 &&
         EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, keys_.back().bytes.data(), bytes) == 1 &&
         EVP_EncryptUpdate(cipher.get(), nullptr, &size, call.bytes.data(), static_cast<int>(call.bytes.size())) == 1 &&
         EVP_EncryptUpdate(cipher.get(), bytes + nonce_bytes, &size, plain, static_cast<int>(text.size())) == 1 &&
         EVP_EncryptFinal_ex(cipher.get(), bytes + nonce_bytes + text.size(), &size) == 1 &&
         EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, bytes + nonce_bytes + text.size()) == 1;
}

Result<std::string> Sealer::unseal(const CallId& call, std::string_view key_id, std::string_view sealed) const {
  const Key* key = nullptr;
  for (const Key& one : keys_) {
    if (one.id == key_id) key = &one;
  }
  if (key == nullptr) return fail(ErrorCode::not_found, "no key has the id of this text");
  if (sealed.size() < overhead) return fail(ErrorCode::invalid, "the sealed text is too short");
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  const auto* const bytes = reinterpret_cast<const unsigned char*>(sealed.data());
  std::string out(sealed.size() - overhead, '\0');
  std::array<unsigned char, tag_bytes> tag{};
  std::memcpy(tag.data(), bytes + nonce_bytes + out.size(), tag.size());
  int size = 0;
  const bool good =
      cipher && EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key->bytes.data(), bytes) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, call.bytes.data(), static_cast<int>(call.bytes.size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes + nonce_bytes,
                        static_cast<int>(out.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), reinterpret_cast<unsigned char*>(out.data()) + out.size(), &size) == 1;
  if (!good) return fail(ErrorCode::invalid, "the sealed text is not this event's, or was changed");
  return out;
}

}  // namespace sallyport::events
