// Staple: the answer of an OCSP responder (RFC 6960) about a certificate of ours, read from a file and given to
// clients in the handshake (RFC 6066 §8), so that they need not ask.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>

#include <sallyport/result.hpp>

namespace sallyport::tls {

class Staple {
 public:
  static constexpr std::size_t max_bytes = 64u << 10;

  // `context` has the certificate and, behind it in its chain, who signed that. The file is DER. Errors: it is no
  // answer; it is about another certificate; it does not say `good`; it is signed by nobody who may; it has no end
  // (nextUpdate). One that has ended at `now` (seconds since 1970), or not begun, is no error, and is never sent.
  [[nodiscard]] static Result<std::shared_ptr<const Staple>> load(const std::string& file, SSL_CTX& context,
                                                                  std::int64_t now);

  [[nodiscard]] bool holds(std::int64_t now) const { return begins_ <= now && now < ends_; }

  // Handshakes of this context give it to clients that ask, while it holds.
  static void use_in(SSL_CTX& context, const std::shared_ptr<const Staple>& staple);

 private:
  static int give(SSL* ssl, void* staple);

  std::string der_;
  std::int64_t begins_ = 0;
  std::int64_t ends_ = 0;
};

}  // namespace sallyport::tls
