// TLS contexts by secure defaults: TLS 1.2 and 1.3, AEAD ciphers with forward secrecy only, no
// renegotiation, no compression, server preference, stateless resumption (RFC 8446 §2.2).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/secret.hpp"
#include "gateway/snapshot.hpp"
#include "gateway/stream.hpp"

#include <sallyport/result.hpp>

namespace sallyport::gateway {

struct Certificate {
  std::string chain_file;  // PEM, leaf first
  config::Secret key;      // PEM
};

// The first certificate answers clients without SNI. Others are chosen by the names in them
// (subjectAltName DNS, "*." allowed in the first label). Errors: an unreadable file, a key that
// does not fit.
// With `http2` the protocols offered by ALPN (RFC 7301) are h2 and http/1.1, otherwise only that.
[[nodiscard]] Result<std::shared_ptr<SSL_CTX>> server_context(const std::vector<Certificate>& certificates, bool http2);

// Verifies the peer against `ca_file`, or the system's store when empty.
[[nodiscard]] Result<std::shared_ptr<SSL_CTX>> client_context(const std::string& ca_file);

[[nodiscard]] SslPtr server_ssl(SSL_CTX& context);
// Expects the certificate to be for `name` (RFC 9525); `name` may be an IP address.
[[nodiscard]] SslPtr client_ssl(SSL_CTX& context, const std::string& name);

// The name the client asked for, canonical; empty when none or when it is an IP address, which
// RFC 6066 §3 does not allow there.
[[nodiscard]] std::string server_name(const SSL& ssl);
// Asks by ALPN for HTTP/2 and nothing else.
[[nodiscard]] bool ask_for_http2(SSL& ssl);
// Did both sides agree on HTTP/2?
[[nodiscard]] bool speaks_http2(const SSL& ssl);
[[nodiscard]] std::string_view tls_version(const SSL& ssl);

}  // namespace sallyport::gateway
