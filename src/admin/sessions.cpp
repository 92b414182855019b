#include "admin/sessions.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>

#include "base/base64.hpp"

namespace sallyport::admin {
namespace {

constexpr std::size_t token_bytes = 32;
constexpr std::size_t token_text = 43;

}  // namespace

bool Sessions::digest(std::string_view token, Digest& out) {
  return token.size() == token_text &&
         EVP_Digest(token.data(), token.size(), out.data(), nullptr, EVP_sha256(), nullptr) == 1;
}

std::vector<Sessions::Session>::iterator Sessions::find(std::string_view token) {
  Digest wanted{};
  if (!digest(token, wanted)) return sessions_.end();
  return std::ranges::find_if(
      sessions_, [&](const Session& s) { return CRYPTO_memcmp(s.digest.data(), wanted.data(), wanted.size()) == 0; });
}

Result<std::string> Sessions::start(Instant now) {
  std::array<char, token_bytes> bytes{};
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1) {
    return fail(ErrorCode::internal, "no random numbers from OpenSSL");
  }
  std::string token = encode_base64({bytes.data(), bytes.size()}, Base64::url);
  Session session{{}, now, now};
  if (!digest(token, session.digest)) return fail(ErrorCode::internal, "no SHA-256 from OpenSSL");
  if (sessions_.size() >= max_) sessions_.erase(std::ranges::min_element(sessions_, {}, &Session::used));
  sessions_.push_back(session);
  return token;
}

bool Sessions::use(std::string_view token, Instant now) {
  std::erase_if(sessions_,
                [&](const Session& s) { return now - s.started >= session_life || now - s.used >= session_idle; });
  const auto at = find(token);
  if (at == sessions_.end()) return false;
  at->used = now;
  return true;
}

void Sessions::end(std::string_view token) {
  if (const auto at = find(token); at != sessions_.end()) sessions_.erase(at);
}

}  // namespace sallyport::admin
