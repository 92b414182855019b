// Whom clients of TLS trust, and as whom they expect the peer: for every connection that the gateway
// itself opens.
#pragma once

#include <openssl/ssl.h>

#include <string>

#include <sallyport/result.hpp>

namespace sallyport::tls {

// Peers of this context are verified, by the authorities of a PEM file, or by the system's when it is
// empty. Errors: a file that cannot be used.
[[nodiscard]] Result<void> verify_peers(SSL_CTX& context, const std::string& ca_file);

// The certificate must be for `name` (RFC 9525), a host name or an address without brackets. A host name
// is also sent (SNI); an address must not be (RFC 6066 §3). False: this can be no name of a peer.
[[nodiscard]] bool expect_peer(SSL& ssl, const std::string& name);

// What OpenSSL noted last in this thread, which is forgotten.
[[nodiscard]] std::string openssl_error();

}  // namespace sallyport::tls
