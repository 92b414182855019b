// ClientCertificate: who the peer of a connection proved to be in its handshake. The certificate was verified
// up to an authority that the listener trusts for its clients, and was not revoked as far as the lists say.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sallyport {

struct ClientCertificate {
  std::string subject = {};     // distinguished name, RFC 4514: "CN=billing,O=Example"; UTF-8
  std::string issuer = {};      // the same of who signed it
  std::string serial = {};      // lower-case hexadecimal, two digits a byte
  std::string thumbprint = {};  // SHA-256 of its DER form, base64url: `x5t#S256` of RFC 8705 §3.1
  // subjectAltName (RFC 5280 §4.2.1.6); host names in lower case, addresses as text.
  std::vector<std::string> dns = {};
  std::vector<std::string> uris = {};
  std::vector<std::string> emails = {};
  std::vector<std::string> addresses = {};
  std::string spiffe = {};     // its one URI, when that is a SPIFFE id of a workload; or empty
  std::int64_t not_after = 0;  // seconds since 1970
};

}  // namespace sallyport
