#include "identity/certificate_name.hpp"

#include <algorithm>
#include <vector>

#include "base/address.hpp"
#include "base/ascii.hpp"

namespace sallyport::identity {
namespace {

std::optional<std::string_view> exactly(const std::vector<std::string>& names, std::string_view wanted) {
  const auto found = std::ranges::find(names, wanted);
  return found == names.end() ? std::nullopt : std::optional<std::string_view>(*found);
}

// What can be no part of a name is a mistake of whoever wrote it.
bool is_plain(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != '*'; });
}

}  // namespace

Result<CertificateName> CertificateName::parse(std::string_view text) {
  const std::string hint = "spiffe://…, dns:…, uri:…, email:…, ip:… or subject:…";
  const auto refuse = [&] {
    return fail(ErrorCode::invalid, "`" + std::string(text) + "` is no name of a certificate", {}, hint);
  };
  if (text.size() > max_bytes) return fail(ErrorCode::limit, "a name of a certificate is too long");
  if (text.starts_with("spiffe://")) {
    const bool below = text.ends_with("/*");
    const std::string_view id = below ? text.substr(0, text.size() - 1) : text;
    const std::string_view path = id.substr(9);
    if (!is_plain(id) || path.find('/') == std::string_view::npos || path.starts_with('/') ||
        (!below && path.ends_with('/')))
      return refuse();
    return CertificateName(below ? Kind::spiffe_below : Kind::spiffe, std::string(id));
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return refuse();
  const std::string_view kind = text.substr(0, colon);
  const std::string_view name = text.substr(colon + 1);
  if (kind == "subject" && !name.empty()) return CertificateName(Kind::subject, std::string(name));
  if (!is_plain(name)) return refuse();
  if (kind == "dns") return CertificateName(Kind::dns, lower_case(name));
  if (kind == "uri") return CertificateName(Kind::uri, std::string(name));
  if (kind == "email") return CertificateName(Kind::email, std::string(name));
  if (kind == "ip") {
    const auto address = parse_address(name);
    if (address) return CertificateName(Kind::ip, format_address(*address));
  }
  return refuse();
}

std::optional<std::string_view> CertificateName::find(const ClientCertificate& certificate) const {
  switch (kind_) {
    case Kind::spiffe:
      return certificate.spiffe == text_ ? std::optional<std::string_view>(certificate.spiffe) : std::nullopt;
    case Kind::spiffe_below: {
      const std::string_view id = certificate.spiffe;
      const bool below = id.size() > text_.size() && id.starts_with(text_) && id.find('/', text_.size()) == id.npos;
      return below ? std::optional(id) : std::nullopt;
    }
    case Kind::dns:
      return exactly(certificate.dns, text_);
    case Kind::uri:
      return exactly(certificate.uris, text_);
    case Kind::email:
      return exactly(certificate.emails, text_);
    case Kind::ip:
      return exactly(certificate.addresses, text_);
    case Kind::subject:
      return certificate.subject == text_ ? std::optional<std::string_view>(certificate.subject) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace sallyport::identity
