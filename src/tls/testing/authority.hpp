// Authorities made on the spot, with the certificates and revocation lists that they sign.
#pragma once

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sallyport::tls::testing {

struct Free {
  void operator()(X509* held) const { X509_free(held); }
  void operator()(X509_CRL* held) const { X509_CRL_free(held); }
  void operator()(EVP_PKEY* held) const { EVP_PKEY_free(held); }
};
using Cert = std::unique_ptr<X509, Free>;
using Crl = std::unique_ptr<X509_CRL, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;

// Its PEM form.
template <class Write>
std::string pem(Write write) {
  BIO* const memory = BIO_new(BIO_s_mem());
  write(memory);
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  std::string out(text, static_cast<std::size_t>(size));
  BIO_free(memory);
  return out;
}
inline std::string pem(X509& cert) {
  return pem([&](BIO* to) { PEM_write_bio_X509(to, &cert); });
}
inline std::string pem(X509_CRL& list) {
  return pem([&](BIO* to) { PEM_write_bio_X509_CRL(to, &list); });
}

inline Key new_key(int rsa_bits = 0) {
  return Key(rsa_bits != 0 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(rsa_bits))
                           : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
}

using Extensions = std::vector<std::pair<int, std::string>>;  // NID and value as openssl.cnf has it

struct Wish {
  std::vector<std::pair<std::string, std::string>> name{{"CN", "client"}};  // in the order of the certificate
  Extensions extensions = {};
  long from = -3600, to = 86'400;  // seconds from now
  int rsa_bits = 0;                // 0: an EC key
  long serial = 0;                 // 0: the next one
};

// A certificate with its key.
struct Holder {
  Cert cert;
  Key key;
};

class Authority {
 public:
  // A root, or one that `above` signed.
  explicit Authority(const std::string& name, const Authority* above = nullptr) {
    Wish wish{.name = {{"CN", name}},
              .extensions = {{NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "keyCertSign,cRLSign"}}};
    self_ = above != nullptr ? above->issue(wish) : make(wish, nullptr, nullptr);
  }
  [[nodiscard]] X509& cert() const { return *self_.cert; }
  [[nodiscard]] EVP_PKEY& key() const { return *self_.key; }
  [[nodiscard]] std::string text() const { return pem(cert()); }

  [[nodiscard]] Holder issue(const Wish& wish) const { return make(wish, self_.cert.get(), self_.key.get()); }

  [[nodiscard]] Crl list(const std::vector<X509*>& revoked, long to = 86'400, long from = -60) const {
    Crl made(X509_CRL_new());
    X509_CRL_set_version(made.get(), 1);
    X509_CRL_set_issuer_name(made.get(), X509_get_subject_name(self_.cert.get()));
    ASN1_TIME* const time = ASN1_TIME_new();
    X509_CRL_set1_lastUpdate(made.get(), X509_gmtime_adj(time, from));
    X509_CRL_set1_nextUpdate(made.get(), X509_gmtime_adj(time, to));
    for (X509* one : revoked) {
      X509_REVOKED* const entry = X509_REVOKED_new();
      X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(one));
      X509_REVOKED_set_revocationDate(entry, X509_gmtime_adj(time, -60));
      X509_CRL_add0_revoked(made.get(), entry);
    }
    ASN1_TIME_free(time);
    X509_CRL_sort(made.get());
    X509_CRL_sign(made.get(), self_.key.get(), EVP_sha256());
    return made;
  }

 private:
  static Holder make(const Wish& wish, X509* issuer, EVP_PKEY* signer) {
    Holder made{Cert(X509_new()), new_key(wish.rsa_bits)};
    X509* const cert = made.cert.get();
    X509_set_version(cert, 2);
    static long next = 1000;
    ASN1_INTEGER_set(X509_get_serialNumber(cert), wish.serial != 0 ? wish.serial : ++next);
    X509_gmtime_adj(X509_getm_notBefore(cert), wish.from);
    X509_gmtime_adj(X509_getm_notAfter(cert), wish.to);
    for (const auto& [key, value] : wish.name) {
      X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), key.c_str(), MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(value.data()), static_cast<int>(value.size()),
                                 -1, 0);
    }
    if (issuer == nullptr) issuer = cert;
    X509_set_issuer_name(cert, X509_get_subject_name(issuer));
    X509_set_pubkey(cert, made.key.get());
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
    for (const auto& [nid, value] : wish.extensions) {
      X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
      X509_add_ext(cert, extension, -1);
      X509_EXTENSION_free(extension);
    }
    X509_sign(cert, signer != nullptr ? signer : made.key.get(), EVP_sha256());
    return made;
  }

  Holder self_;
};

}  // namespace sallyport::tls::testing
