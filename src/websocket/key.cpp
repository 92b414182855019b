#include "websocket/key.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <string>

#include "base/base64.hpp"
#include "base/random.hpp"

namespace sallyport::websocket {

bool is_key(std::string_view text) {
  const auto bytes = text.size() == Key{}.size() ? decode_base64(text, Base64::standard) : std::nullopt;
  return bytes && bytes->size() == 16;
}

Key make_key() {
  const auto bytes = random_value<std::array<char, 16>>();
  Key key{};
  std::ranges::copy(encode_base64({bytes.data(), bytes.size()}, Base64::standard), key.begin());
  return key;
}

Accept accept_for(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  Accept accept{};
  const std::string_view bytes{reinterpret_cast<const char*>(digest.data()), digest.size()};
  std::ranges::copy(encode_base64(bytes, Base64::standard), accept.begin());
  return accept;
}

}  // namespace sallyport::websocket
