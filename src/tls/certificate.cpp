#include "tls/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <memory>

#include "base/address.hpp"
#include "base/ascii.hpp"
#include "base/base64.hpp"

namespace sallyport::tls {
namespace {

constexpr std::size_t max_spiffe_bytes = 2048;  // SPIFFE-ID §2.3

struct NamesFree {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

std::string_view bytes_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

// IA5String of graphic characters: a space or a control has no place in a name of these kinds.
bool is_graphic(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string address_of(std::string_view bytes) {
  Address address;
  if (bytes.size() == 4) {
    address.bytes[10] = address.bytes[11] = 0xff;
    std::memcpy(address.bytes.data() + 12, bytes.data(), 4);
  } else if (bytes.size() == 16) {
    std::memcpy(address.bytes.data(), bytes.data(), 16);
  } else {
    return {};
  }
  return format_address(address);
}

Result<void> add_name(const GENERAL_NAME& name, ClientCertificate& out) {
  const auto text = [&](const ASN1_STRING* string, std::vector<std::string>& into, bool lower) -> Result<void> {
    const std::string_view read = bytes_of(string);
    if (!is_graphic(read)) return fail(ErrorCode::invalid, "a name of the certificate has bytes that none can have");
    into.push_back(lower ? lower_case(read) : std::string(read));
    return {};
  };
  switch (name.type) {
    case GEN_DNS:
      return text(name.d.dNSName, out.dns, true);
    case GEN_URI:
      return text(name.d.uniformResourceIdentifier, out.uris, false);
    case GEN_EMAIL:
      return text(name.d.rfc822Name, out.emails, false);
    case GEN_IPADD: {
      std::string address = address_of(bytes_of(name.d.iPAddress));
      if (address.empty()) return fail(ErrorCode::invalid, "an address of the certificate is none");
      out.addresses.push_back(std::move(address));
      return {};
    }
    default:  // kinds that nobody here asks for
      return {};
  }
}

std::string serial_of(const X509& certificate) {
  const std::string_view bytes = bytes_of(X509_get0_serialNumber(&certificate));
  return bytes.empty() ? "00" : to_hex(bytes);
}

bool is_trust_domain(std::string_view text) {
  return !text.empty() && text.size() <= 255 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '.' || c == '-' || c == '_';
  });
}

bool is_segment(std::string_view text) {
  return !text.empty() && text != "." && text != ".." && std::ranges::all_of(text, [](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_';
  });
}

}  // namespace

std::string distinguished_name(const X509_NAME& name) {
  const std::unique_ptr<BIO, int (*)(BIO*)> memory(BIO_new(BIO_s_mem()), BIO_free);
  constexpr unsigned long form = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  if (!memory || X509_NAME_print_ex(memory.get(), &name, 0, form) < 0) return {};
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return size <= 0 ? std::string() : std::string(text, static_cast<std::size_t>(size));
}

bool is_spiffe_id(std::string_view uri) {
  constexpr std::string_view scheme = "spiffe://";
  if (uri.size() > max_spiffe_bytes || !uri.starts_with(scheme)) return false;
  uri.remove_prefix(scheme.size());
  const std::size_t slash = uri.find('/');
  if (slash == std::string_view::npos || !is_trust_domain(uri.substr(0, slash))) return false;
  std::string_view path = uri.substr(slash);
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    if (!is_segment(segment)) return false;
    path.remove_prefix(segment.size());
  }
  return true;
}

std::string thumbprint(const X509& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_digest(&certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
  return encode_base64({reinterpret_cast<const char*>(digest.data()), size}, Base64::url);
}

std::int64_t seconds_of(const ASN1_TIME& time) {
  std::tm parts{};
  return ASN1_TIME_to_tm(&time, &parts) == 1 ? static_cast<std::int64_t>(timegm(&parts)) : 0;
}

Result<ClientCertificate> read_certificate(X509& certificate) {
  ClientCertificate out;
  const int size = i2d_X509(&certificate, nullptr);
  if (size <= 0 || static_cast<std::size_t>(size) > max_certificate_bytes) {
    return fail(ErrorCode::limit, "the certificate is too long");
  }
  out.thumbprint = thumbprint(certificate);
  if (out.thumbprint.empty()) return fail(ErrorCode::internal, "the certificate has no digest");
  out.subject = distinguished_name(*X509_get_subject_name(&certificate));
  out.issuer = distinguished_name(*X509_get_issuer_name(&certificate));
  out.serial = serial_of(certificate);
  out.not_after = seconds_of(*X509_get0_notAfter(&certificate));
  int critical = 0;
  const std::unique_ptr<GENERAL_NAMES, NamesFree> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, &critical, nullptr)));
  if (!names) {
    // -1: there is none. Otherwise it came twice or cannot be read.
    if (critical == -1) return out;
    return fail(ErrorCode::invalid, "the names of the certificate cannot be read");
  }
  const int count = sk_GENERAL_NAME_num(names.get());
  if (count > static_cast<int>(max_alternative_names)) {
    return fail(ErrorCode::limit, "the certificate has too many names");
  }
  for (int i = 0; i < count; ++i) {
    if (auto added = add_name(*sk_GENERAL_NAME_value(names.get(), i), out); !added) {
      return std::unexpected(added.error());
    }
  }
  // X509-SVID §2: one URI and no more; §4.1: who may sign certificates is no workload.
  const bool signs = X509_check_ca(&certificate) != 0;
  if (out.uris.size() == 1 && !signs && is_spiffe_id(out.uris.front())) out.spiffe = out.uris.front();
  return out;
}

}  // namespace sallyport::tls
