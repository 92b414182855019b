#include "tls/client_trust.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

#include "document/file.hpp"
#include "tls/certificate.hpp"
#include "tls/peer.hpp"

namespace sallyport::tls {
namespace {

constexpr std::size_t max_names_bytes = 8u << 10;  // of the names that a handshake tells; with more it tells none

struct X509Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_CRL* list) const { X509_CRL_free(list); }
};
using Authority = std::unique_ptr<X509, X509Free>;
using List = std::unique_ptr<X509_CRL, X509Free>;

// All of a kind that a PEM text holds.
template <class Held, class Read>
Result<std::vector<Held>> read_all(const std::string& text, const std::string& path, std::size_t limit,
                                   const std::string& what, Read read) {
  const std::unique_ptr<BIO, int (*)(BIO*)> memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())),
                                                   BIO_free);
  std::vector<Held> all;
  ERR_clear_error();
  while (Held one{read(memory.get())}) {
    if (all.size() == limit) return fail(ErrorCode::limit, "too many " + what, path);
    all.push_back(std::move(one));
  }
  const unsigned long end = ERR_peek_last_error();
  const bool clean = ERR_GET_LIB(end) == ERR_LIB_PEM && ERR_GET_REASON(end) == PEM_R_NO_START_LINE;
  if (!clean) return fail(ErrorCode::invalid, "no good PEM: " + openssl_error(), path, "a PEM file with " + what);
  ERR_clear_error();
  if (all.empty()) return fail(ErrorCode::invalid, "no PEM with " + what, path);
  return all;
}

Result<void> check_authority(X509& one, const std::string& path, std::int64_t now, std::vector<Error>& warnings) {
  const std::string name = "`" + distinguished_name(*X509_get_subject_name(&one)) + "`";
  // 1: by basicConstraints (RFC 5280 §4.2.1.9). What OpenSSL takes for one by other signs is none here.
  if (X509_check_ca(&one) != 1) {
    return fail(ErrorCode::invalid, name + " is the certificate of no authority", path, "basicConstraints: CA:TRUE");
  }
  if (seconds_of(*X509_get0_notAfter(&one)) < now) {
    warnings.push_back({.code = ErrorCode::invalid,
                        .message = name + " has expired: clients with certificates under it are refused",
                        .where = path,
                        .hint = {}});
  }
  return {};
}

// Signed by the authority that it names, and in time.
Result<std::int64_t> check_list(X509_CRL& list, const std::vector<Authority>& authorities, const std::string& path,
                                std::int64_t now) {
  const X509_NAME* const issuer = X509_CRL_get_issuer(&list);
  const std::string name = "`" + distinguished_name(*issuer) + "`";
  bool known = false;
  bool verified = false;
  for (const Authority& one : authorities) {
    if (X509_NAME_cmp(X509_get_subject_name(one.get()), issuer) != 0) continue;
    known = true;
    verified = verified || X509_CRL_verify(&list, X509_get0_pubkey(one.get())) == 1;
  }
  ERR_clear_error();
  if (!known) {
    return fail(ErrorCode::invalid, "a revocation list of " + name + ", who is none of the authorities", path,
                "put that authority's certificate into one of the files of `ca`");
  }
  if (!verified) return fail(ErrorCode::invalid, "a revocation list that " + name + " did not sign", path);
  const ASN1_TIME* const end = X509_CRL_get0_nextUpdate(&list);
  if (end == nullptr) return fail(ErrorCode::invalid, "the revocation list of " + name + " says no nextUpdate", path);
  const std::int64_t ends = seconds_of(*end);
  if (ends <= now) {
    return fail(ErrorCode::invalid, "the revocation list of " + name + " has expired", path, "fetch the newest one");
  }
  if (seconds_of(*X509_CRL_get0_lastUpdate(&list)) > now) {
    return fail(ErrorCode::invalid, "the revocation list of " + name + " holds only from a later time on", path);
  }
  return ends;
}

// An authority above the leaf of which there is no list is let pass: not each publishes one. The leaf's must
// be there.
int judge(int good, X509_STORE_CTX* store) {
  if (good == 0 && X509_STORE_CTX_get_error(store) == X509_V_ERR_UNABLE_TO_GET_CRL &&
      X509_STORE_CTX_get_error_depth(store) > 0) {
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
  }
  return good;
}

int trust_index() {
  static const int index =
      SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, [](void*, void* held, CRYPTO_EX_DATA*, int, long, void*) {
        delete static_cast<std::shared_ptr<const ClientTrust>*>(held);
      });
  return index;
}

// A ticket says when the chain of its session was verified: eight bytes of ours.
int seal_ticket(SSL* ssl, void*) {
  std::int64_t verified = std::time(nullptr);
  SSL_SESSION* const session = SSL_get_session(ssl);
  if (SSL_session_reused(ssl) == 1) {
    void* held = nullptr;
    std::size_t size = 0;
    if (SSL_SESSION_get0_ticket_appdata(session, &held, &size) != 1 || size != sizeof verified) return 0;
    std::copy_n(static_cast<const unsigned char*>(held), size, reinterpret_cast<unsigned char*>(&verified));
  }
  return SSL_SESSION_set1_ticket_appdata(session, &verified, sizeof verified);
}

SSL_TICKET_RETURN open_ticket(SSL* ssl, SSL_SESSION* session, const unsigned char*, std::size_t,
                              SSL_TICKET_STATUS status, void* trust) {
  if (status == SSL_TICKET_EMPTY || status == SSL_TICKET_NO_DECRYPT) return SSL_TICKET_RETURN_IGNORE_RENEW;
  if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) return SSL_TICKET_RETURN_ABORT;
  void* held = nullptr;
  std::size_t size = 0;
  std::int64_t verified = 0;
  if (SSL_SESSION_get0_ticket_appdata(session, &held, &size) != 1 || size != sizeof verified) {
    return SSL_TICKET_RETURN_IGNORE_RENEW;
  }
  std::copy_n(static_cast<const unsigned char*>(held), size, reinterpret_cast<unsigned char*>(&verified));
  const X509* const leaf = SSL_SESSION_get0_peer(session);
  if (leaf != nullptr && !static_cast<const ClientTrust*>(trust)->lets_resume(*leaf, verified, std::time(nullptr))) {
    return SSL_TICKET_RETURN_IGNORE_RENEW;
  }
  const bool renew = status == SSL_TICKET_SUCCESS_RENEW || SSL_version(ssl) == TLS1_3_VERSION;
  return renew ? SSL_TICKET_RETURN_USE_RENEW : SSL_TICKET_RETURN_USE;
}

}  // namespace

Result<ClientTrust::Loaded> ClientTrust::load(const Settings& settings, std::int64_t now) {
  auto made = std::shared_ptr<ClientTrust>(new ClientTrust);
  Loaded loaded;
  made->required_ = settings.required;
  made->max_intermediates_ = static_cast<int>(settings.max_intermediates);
  made->store_.reset(X509_STORE_new());
  if (!made->store_) return fail(ErrorCode::internal, "no memory for authorities");
  std::string all = "client trust 1 " + std::to_string(settings.max_intermediates) + (settings.required ? "r" : "o");

  std::vector<Authority> authorities;
  bool root = false;
  for (const std::string& path : settings.ca) {
    const auto text = document::read_file(path, max_file_bytes);
    if (!text) return std::unexpected(text.error());
    all += "ca" + std::to_string(text->size()) + ":" + *text;
    auto read = read_all<Authority>(*text, path, max_authorities - authorities.size(), "certificates of authorities",
                                    [](BIO* bio) { return PEM_read_bio_X509(bio, nullptr, nullptr, nullptr); });
    if (!read) return std::unexpected(read.error());
    for (Authority& one : *read) {
      if (auto good = check_authority(*one, path, now, loaded.warnings); !good) return std::unexpected(good.error());
      root = root || (X509_get_extension_flags(one.get()) & EXFLAG_SS) != 0;
      if (X509_STORE_add_cert(made->store_.get(), one.get()) != 1) {
        return fail(ErrorCode::invalid, "an authority cannot be used: " + openssl_error(), path);
      }
      unsigned char* der = nullptr;
      const int size = i2d_X509_NAME(X509_get_subject_name(one.get()), &der);
      if (size > 0) made->names_.emplace_back(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
      OPENSSL_free(der);
      authorities.push_back(std::move(one));
    }
  }
  if (!root) {
    return fail(ErrorCode::invalid, "no root is among the authorities of clients",
                settings.ca.empty() ? "" : settings.ca.front(), "chains end at a certificate that signs itself");
  }

  std::vector<List> lists;
  for (const std::string& path : settings.crl) {
    const auto text = document::read_file(path, max_file_bytes);
    if (!text) return std::unexpected(text.error());
    all += "crl" + std::to_string(text->size()) + ":" + *text;
    auto read = read_all<List>(*text, path, max_lists - lists.size(), "revocation lists",
                               [](BIO* bio) { return PEM_read_bio_X509_CRL(bio, nullptr, nullptr, nullptr); });
    if (!read) return std::unexpected(read.error());
    for (List& one : *read) {
      const auto ends = check_list(*one, authorities, path, now);
      if (!ends) return std::unexpected(ends.error());
      made->lists_end_ = made->lists_end_ == 0 ? *ends : std::min(made->lists_end_, *ends);
      if (X509_STORE_add_crl(made->store_.get(), one.get()) != 1) {
        return fail(ErrorCode::invalid, "a revocation list cannot be used: " + openssl_error(), path);
      }
      lists.push_back(std::move(one));
    }
  }
  if (!lists.empty()) {
    X509_STORE_set_flags(made->store_.get(), X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    for (const Authority& one : authorities) {
      const X509_NAME* const name = X509_get_subject_name(one.get());
      if (std::ranges::any_of(
              lists, [&](const List& list) { return X509_NAME_cmp(X509_CRL_get_issuer(list.get()), name) == 0; }))
        continue;
      loaded.warnings.push_back({.code = ErrorCode::not_found,
                                 .message = "no revocation list of `" + distinguished_name(*name) +
                                            "`: clients whose certificates it signed itself are refused",
                                 .where = {},
                                 .hint = {}});
    }
  }
  SHA256(reinterpret_cast<const unsigned char*>(all.data()), all.size(), made->digest_.data());
  loaded.trust = std::move(made);
  return loaded;
}

void ClientTrust::use_in(SSL_CTX& context, const std::shared_ptr<const ClientTrust>& self) const {
  // The store for verification alone: the one of the context would also complete our own chain from it.
  SSL_CTX_set1_verify_cert_store(&context, store_.get());
  SSL_CTX_set_verify(&context, SSL_VERIFY_PEER | (required_ ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), judge);
  SSL_CTX_set_verify_depth(&context, max_intermediates_);
  SSL_CTX_set_max_cert_list(&context, max_chain_bytes);
  // 112 bits: no SHA-1, no RSA below 2048 (NIST SP 800-131A), whatever the machine's own configuration says.
  SSL_CTX_set_security_level(&context, std::max(SSL_CTX_get_security_level(&context), 2));
  std::size_t bytes = 0;
  for (const std::string& name : names_) bytes += name.size() + 2;
  if (bytes <= max_names_bytes) {
    STACK_OF(X509_NAME)* const list = sk_X509_NAME_new_null();
    for (const std::string& name : names_) {
      const auto* at = reinterpret_cast<const unsigned char*>(name.data());
      sk_X509_NAME_push(list, d2i_X509_NAME(nullptr, &at, static_cast<long>(name.size())));
    }
    SSL_CTX_set_client_CA_list(&context, list);
  }
  SSL_CTX_set_ex_data(&context, trust_index(), new std::shared_ptr<const ClientTrust>(self));
  SSL_CTX_set_session_ticket_cb(&context, seal_ticket, open_ticket, const_cast<ClientTrust*>(this));
}

bool ClientTrust::lets_resume(const X509& leaf, std::int64_t verified, std::int64_t now) const {
  return verified <= now && now - verified <= max_session_age && now <= seconds_of(*X509_get0_notAfter(&leaf)) &&
         (lists_end_ == 0 || now < lists_end_);
}

}  // namespace sallyport::tls
