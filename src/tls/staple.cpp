#include "tls/staple.hpp"

#include <openssl/err.h>
#include <openssl/ocsp.h>

#include <cstring>
#include <ctime>

#include "document/file.hpp"
#include "tls/certificate.hpp"
#include "tls/peer.hpp"

namespace sallyport::tls {
namespace {

struct Free {
  void operator()(OCSP_RESPONSE* held) const { OCSP_RESPONSE_free(held); }
  void operator()(OCSP_BASICRESP* held) const { OCSP_BASICRESP_free(held); }
  void operator()(OCSP_CERTID* held) const { OCSP_CERTID_free(held); }
  void operator()(X509_STORE* held) const { X509_STORE_free(held); }
  void operator()(STACK_OF(X509) * held) const { sk_X509_free(held); }
};
template <class T>
using Held = std::unique_ptr<T, Free>;

X509* issuer_of(SSL_CTX& context, X509& leaf) {
  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs(&context, &chain);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    X509* const one = sk_X509_value(chain, i);
    if (X509_check_issued(one, &leaf) == X509_V_OK) return one;
  }
  return nullptr;
}

// By the issuer itself, or by whom it made its responder (RFC 6960 §4.2.2.2).
bool is_signed(OCSP_BASICRESP& answer, X509& issuer) {
  const Held<X509_STORE> store(X509_STORE_new());
  const Held<STACK_OF(X509)> known(sk_X509_new_null());
  if (!store || !known || X509_STORE_add_cert(store.get(), &issuer) != 1) return false;
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
  sk_X509_push(known.get(), &issuer);
  const bool good = OCSP_basic_verify(&answer, known.get(), store.get(), 0) == 1;
  ERR_clear_error();
  return good;
}

bool is_about(OCSP_SINGLERESP& single, X509& leaf, X509& issuer) {
  auto* const id = const_cast<OCSP_CERTID*>(OCSP_SINGLERESP_get0_id(&single));
  ASN1_OBJECT* digest = nullptr;
  OCSP_id_get0_info(nullptr, &digest, nullptr, nullptr, id);
  const EVP_MD* const made_with = EVP_get_digestbyobj(digest);
  if (made_with == nullptr) return false;
  const Held<OCSP_CERTID> ours(OCSP_cert_to_id(made_with, &leaf, &issuer));
  return ours && OCSP_id_cmp(ours.get(), id) == 0;
}

int staple_index() {
  static const int index =
      SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, [](void*, void* held, CRYPTO_EX_DATA*, int, long, void*) {
        delete static_cast<std::shared_ptr<const Staple>*>(held);
      });
  return index;
}

}  // namespace

Result<std::shared_ptr<const Staple>> Staple::load(const std::string& file, SSL_CTX& context, std::int64_t now) {
  const auto read = document::read_file(file, max_bytes);
  if (!read) return std::unexpected(read.error());
  const auto refuse = [&](const std::string& why, const std::string& hint = {}) {
    return fail(ErrorCode::invalid, why, file, hint);
  };
  ERR_clear_error();
  const auto* at = reinterpret_cast<const unsigned char*>(read->data());
  const auto* const end = at + read->size();
  const Held<OCSP_RESPONSE> response(d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(read->size())));
  if (!response || at != end) {
    ERR_clear_error();
    return refuse("no OCSP response", "DER, as `openssl ocsp -respout` writes it");
  }
  const int status = OCSP_response_status(response.get());
  if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
    return refuse(std::string("the OCSP responder did not answer: ") + OCSP_response_status_str(status));
  }
  X509* const leaf = SSL_CTX_get0_certificate(&context);
  X509* const issuer = leaf == nullptr ? nullptr : issuer_of(context, *leaf);
  if (issuer == nullptr) {
    return refuse("nobody can tell whether this OCSP response is for the certificate",
                  "put who signed the certificate behind it in its file");
  }
  const Held<OCSP_BASICRESP> answer(OCSP_response_get1_basic(response.get()));
  if (!answer || !is_signed(*answer, *issuer)) return refuse("the OCSP response is not signed by who may");
  OCSP_SINGLERESP* about = nullptr;
  for (int i = 0; i < OCSP_resp_count(answer.get()); ++i) {
    OCSP_SINGLERESP* const single = OCSP_resp_get0(answer.get(), i);
    if (is_about(*single, *leaf, *issuer)) about = single;
  }
  if (about == nullptr) return refuse("the OCSP response is about another certificate");
  ASN1_GENERALIZEDTIME* begins = nullptr;
  ASN1_GENERALIZEDTIME* ends = nullptr;
  const int said = OCSP_single_get0_status(about, nullptr, nullptr, &begins, &ends);
  if (said != V_OCSP_CERTSTATUS_GOOD) {
    return refuse(std::string("the OCSP response says that the certificate is ") + OCSP_cert_status_str(said));
  }
  if (begins == nullptr || ends == nullptr) return refuse("the OCSP response does not say how long it holds");
  auto made = std::make_shared<Staple>();
  made->der_ = *read;
  made->begins_ = seconds_of(*begins);
  made->ends_ = seconds_of(*ends);
  // Clocks differ by a moment, and responses are fetched as soon as they are made.
  if (made->begins_ > now && made->begins_ <= now + 60) made->begins_ = now;
  return made;
}

int Staple::give(SSL* ssl, void* staple) {
  const auto& self = *static_cast<const Staple*>(staple);
  if (!self.holds(std::time(nullptr))) return SSL_TLSEXT_ERR_NOACK;
  void* const copy = OPENSSL_memdup(self.der_.data(), self.der_.size());  // the connection's own to free
  if (copy == nullptr) return SSL_TLSEXT_ERR_NOACK;
  SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(self.der_.size()));
  return SSL_TLSEXT_ERR_OK;
}

void Staple::use_in(SSL_CTX& context, const std::shared_ptr<const Staple>& staple) {
  SSL_CTX_set_ex_data(&context, staple_index(), new std::shared_ptr<const Staple>(staple));
  SSL_CTX_set_tlsext_status_cb(&context, &Staple::give);
  SSL_CTX_set_tlsext_status_arg(&context, const_cast<Staple*>(staple.get()));
}

}  // namespace sallyport::tls
