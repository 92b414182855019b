// TLS contexts by secure defaults: TLS 1.2 and 1.3, AEAD ciphers with forward secrecy only, no
// renegotiation, no compression, server preference, stateless resumption (RFC 8446 §2.2).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/secret.hpp"
#include "gateway/snapshot.hpp"
#include "gateway/stream.hpp"
#include "tls/client_trust.hpp"

#include <sallyport/certificate.hpp>
#include <sallyport/result.hpp>

namespace sallyport::gateway {

struct Certificate {
  std::string chain_file;  // PEM, leaf first
  config::Secret key;      // PEM
  std::string ocsp_file;   // DER; or empty
};

struct ServerSettings {
  bool http2 = true;                              // ALPN (RFC 7301) offers h2 and http/1.1, otherwise only that
  std::shared_ptr<const tls::ClientTrust> trust;  // null: clients are not asked for certificates
};

// The first certificate answers clients without SNI. Others are chosen by the names in them
// (subjectAltName DNS, "*." allowed in the first label). Errors: an unreadable file, a key that
// does not fit.
[[nodiscard]] Result<std::shared_ptr<SSL_CTX>> server_context(const std::vector<Certificate>& certificates,
                                                              const ServerSettings& settings,
                                                              std::vector<Error>& warnings);

// Verifies the peer against `ca_file`, or the system's store when empty. Where the peer asks for one, shows the
// certificate `own`; null: none.
[[nodiscard]] Result<std::shared_ptr<SSL_CTX>> client_context(const std::string& ca_file, const Certificate* own);

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
// Who the client of a listener that asks for that proved to be; null when it has no certificate. Errors: it
// was not verified, or cannot be read as somebody's.
[[nodiscard]] Result<std::unique_ptr<const ClientCertificate>> client_certificate(const SSL& ssl);
// Why a handshake failed for the client's certificate, static text; empty when it did not.
[[nodiscard]] std::string_view refused_certificate(const SSL& ssl);
[[nodiscard]] std::string_view tls_version(const SSL& ssl);

}  // namespace sallyport::gateway
