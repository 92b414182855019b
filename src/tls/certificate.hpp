// Reads who a certificate names, for peers that were verified.
#pragma once

#include <openssl/x509.h>

#include <string>
#include <string_view>

#include <sallyport/certificate.hpp>
#include <sallyport/result.hpp>

namespace sallyport::tls {

inline constexpr std::size_t max_certificate_bytes = 16u << 10;  // of its DER form
inline constexpr std::size_t max_alternative_names = 100;

// Errors: a certificate that is longer or has more names than that; a name with a byte that names of its kind
// cannot have, as NUL (CWE-158): whoever reads it as text would read another name.
[[nodiscard]] Result<ClientCertificate> read_certificate(X509& certificate);

// A distinguished name by RFC 4514: the last part first, UTF-8.
[[nodiscard]] std::string distinguished_name(const X509_NAME& name);

// The id of a workload: spiffe:// with a trust domain and a path (SPIFFE-ID §2), at most 2048 bytes.
[[nodiscard]] bool is_spiffe_id(std::string_view uri);

// SHA-256 of its DER form, base64url (RFC 8705 §3.1); empty when that cannot be made.
[[nodiscard]] std::string thumbprint(const X509& certificate);

// Seconds since 1970; 0 when it is no time.
[[nodiscard]] std::int64_t seconds_of(const ASN1_TIME& time);

}  // namespace sallyport::tls
