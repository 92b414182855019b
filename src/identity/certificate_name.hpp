// Names of certificates as a configuration writes them, and the certificates that have them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sallyport/certificate.hpp>
#include <sallyport/result.hpp>

namespace sallyport::identity {

// One of
//   spiffe://example.org/ns/prod/billing   a workload's id, exactly; "*" as its last segment stands for any one
//   dns:billing.example.com                a host name in the certificate, exactly: a wildcard there is no match
//   uri:…, email:…, ip:192.0.2.7           the same of the other kinds
//   subject:CN=billing,O=Example           the whole distinguished name (RFC 4514), exactly
// A common name is never taken for a host name (RFC 9525 §2).
class CertificateName {
 public:
  static constexpr std::size_t max_bytes = 2048;

  // Errors: no such form; a "*" elsewhere than as the last segment of a SPIFFE id.
  [[nodiscard]] static Result<CertificateName> parse(std::string_view text);

  // The name that the certificate has: a view into it. Null when it has none like that.
  [[nodiscard]] std::optional<std::string_view> find(const ClientCertificate& certificate) const;

 private:
  enum class Kind : std::uint8_t { spiffe, spiffe_below, dns, uri, email, ip, subject };
  CertificateName(Kind kind, std::string text) : kind_(kind), text_(std::move(text)) {}

  Kind kind_;
  std::string text_;  // of spiffe_below: with the slash before the "*"
};

}  // namespace sallyport::identity
