#include "gateway/tls.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "base/ascii.hpp"
#include "http/characters.hpp"
#include "tls/certificate.hpp"
#include "tls/peer.hpp"
#include "tls/staple.hpp"

namespace sallyport::gateway {
namespace {

constexpr const char* tls12_ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* groups = "X25519:P-256:P-384";

using tls::openssl_error;

std::string lower_name(std::string_view name) {
  std::string out = lower_case(name);
  if (out.ends_with('.')) out.pop_back();
  return out;
}

// What a listener serves: contexts by name. Owned by the first context through its ex_data.
struct Names {
  std::vector<std::pair<std::string, SslContext>> others;
};

int names_index() {
  static const int index = SSL_CTX_get_ex_new_index(
      0, nullptr, nullptr, nullptr,
      [](void*, void* held, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<Names*>(held); });
  return index;
}

bool matches(std::string_view pattern, std::string_view name) {
  if (!pattern.starts_with("*.")) return pattern == name;
  const std::size_t dot = name.find('.');
  return dot != std::string_view::npos && dot != 0 && name.substr(dot) == pattern.substr(1);
}

int choose_certificate(SSL* ssl, int*, void*) {
  const char* asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  const auto* names = static_cast<const Names*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), names_index()));
  if (asked == nullptr || names == nullptr) return SSL_TLSEXT_ERR_OK;
  const std::string name = lower_name(asked);
  for (const auto& [pattern, context] : names->others) {
    if (matches(pattern, name)) {
      SSL_set_SSL_CTX(ssl, context.get());
      break;
    }
  }
  return SSL_TLSEXT_ERR_OK;
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* length, const unsigned char* in, unsigned size,
                    void* http2) {
  static constexpr unsigned char both[] = {2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  const unsigned first = http2 != nullptr ? 0 : 3;
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, length, both + first, sizeof both - first, in, size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;  // RFC 7301 §3.2: no_application_protocol
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

// Ticket keys live as long as the process, so that a reload does not end resumption. Those of listeners that
// ask for client certificates come from what they trust as well: another trust cannot open them.
void share_ticket_keys(SSL_CTX& context, const tls::ClientTrust* trust) {
  using Keys = std::array<unsigned char, 80>;
  static const Keys shared = [] {
    Keys made{};
    RAND_bytes(made.data(), static_cast<int>(made.size()));
    return made;
  }();
  Keys keys = shared;
  for (unsigned char block = 0; trust != nullptr && block * SHA256_DIGEST_LENGTH < keys.size(); ++block) {
    std::array<unsigned char, 33> message{};
    std::ranges::copy(trust->digest(), message.begin());
    message.back() = block;
    std::array<unsigned char, SHA256_DIGEST_LENGTH> part{};
    HMAC(EVP_sha256(), shared.data(), static_cast<int>(shared.size()), message.data(), message.size(), part.data(),
         nullptr);
    const std::size_t at = block * part.size();
    std::copy_n(part.begin(), std::min(part.size(), keys.size() - at), keys.begin() + static_cast<std::ptrdiff_t>(at));
  }
  SSL_CTX_set_tlsext_ticket_keys(&context, keys.data(), keys.size());
  // One a handshake, not OpenSSL's two: clients of APIs keep connections, and each ticket is a message more.
  SSL_CTX_set_num_tickets(&context, 1);
}

SslContext plain_context(const SSL_METHOD* method) {
  SslContext context(SSL_CTX_new(method));
  SSL_CTX* const raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(raw, tls12_ciphers);
  SSL_CTX_set1_groups_list(raw, groups);
  SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                               SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  return context;
}

Result<void> load_certificate(SSL_CTX& context, const Certificate& certificate) {
  if (SSL_CTX_use_certificate_chain_file(&context, certificate.chain_file.c_str()) != 1) {
    return fail(ErrorCode::invalid, "cannot use the certificate: " + openssl_error(), certificate.chain_file,
                "a PEM file with the server's certificate first, then the intermediates");
  }
  const std::string_view pem = certificate.key.reveal();
  const std::unique_ptr<BIO, int (*)(BIO*)> memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
      PEM_read_bio_PrivateKey(memory.get(), nullptr, [](char*, int, int, void*) { return 0; }, nullptr), EVP_PKEY_free);
  if (!key) {
    return fail(ErrorCode::invalid, "no unencrypted PEM key: " + openssl_error(), certificate.key.source());
  }
  if (SSL_CTX_use_PrivateKey(&context, key.get()) != 1 || SSL_CTX_check_private_key(&context) != 1) {
    return fail(ErrorCode::invalid, "the key does not fit the certificate: " + openssl_error(),
                certificate.key.source(), "the certificate is " + certificate.chain_file);
  }
  return {};
}

std::vector<std::string> names_of(SSL_CTX& context) {
  std::vector<std::string> names;
  X509* const leaf = SSL_CTX_get0_certificate(&context);
  auto* const list = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(list); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(list, i);
    if (name->type != GEN_DNS) continue;
    const auto* const bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName));
    names.push_back(lower_name({bytes, static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))}));
  }
  GENERAL_NAMES_free(list);
  return names;
}

// A response that does not hold is left out and said; clients then ask for themselves.
Result<void> load_staple(SSL_CTX& context, const std::string& file, std::vector<Error>& warnings) {
  const auto staple = tls::Staple::load(file, context, std::time(nullptr));
  if (!staple) return std::unexpected(staple.error());
  if ((*staple)->holds(std::time(nullptr))) {
    tls::Staple::use_in(context, *staple);
  } else {
    warnings.push_back({ErrorCode::invalid, "the OCSP response does not hold now and is NOT stapled", file,
                        "fetch a new one, then `sallyport reload`"});
  }
  return {};
}

Result<SslContext> one_server_context(const Certificate& certificate, const ServerSettings& settings,
                                      std::vector<Error>& warnings) {
  SslContext context = plain_context(TLS_server_method());
  if (auto loaded = load_certificate(*context, certificate); !loaded) return std::unexpected(loaded.error());
  if (!certificate.ocsp_file.empty()) {
    if (auto loaded = load_staple(*context, certificate.ocsp_file, warnings); !loaded) {
      return std::unexpected(loaded.error());
    }
  }
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);  // tickets are stateless
  static constexpr unsigned char id[] = "sallyport";
  if (settings.trust) {
    settings.trust->use_in(*context, settings.trust);
    SSL_CTX_set_session_id_context(context.get(), settings.trust->digest().data(), settings.trust->digest().size());
  } else {
    SSL_CTX_set_session_id_context(context.get(), id, sizeof id - 1);
  }
  SSL_CTX_set_num_tickets(context.get(), 1);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, settings.http2 ? context.get() : nullptr);
  share_ticket_keys(*context, settings.trust.get());
  return context;
}

}  // namespace

Result<std::shared_ptr<SSL_CTX>> server_context(const std::vector<Certificate>& certificates,
                                                const ServerSettings& settings, std::vector<Error>& warnings) {
  if (certificates.empty()) return fail(ErrorCode::invalid, "no certificate");
  auto first = one_server_context(certificates.front(), settings, warnings);
  if (!first) return std::unexpected(first.error());
  auto names = std::make_unique<Names>();
  for (std::size_t i = 1; i < certificates.size(); ++i) {
    auto other = one_server_context(certificates[i], settings, warnings);
    if (!other) return std::unexpected(other.error());
    for (auto& name : names_of(**other)) {
      SSL_CTX_up_ref(other->get());
      names->others.emplace_back(std::move(name), SslContext(other->get()));
    }
  }
  // Exact names before wildcards: the more specific certificate wins.
  std::ranges::sort(names->others, {}, [](const auto& entry) { return entry.first.starts_with("*."); });
  SSL_CTX_set_ex_data(first->get(), names_index(), names.release());
  SSL_CTX_set_tlsext_servername_callback(first->get(), choose_certificate);
  return std::shared_ptr<SSL_CTX>(first->release(), SSL_CTX_free);
}

Result<std::shared_ptr<SSL_CTX>> client_context(const std::string& ca_file, const Certificate* own) {
  SslContext context = plain_context(TLS_client_method());
  if (auto verified = tls::verify_peers(*context, ca_file); !verified) return std::unexpected(verified.error());
  if (own != nullptr) {
    if (auto loaded = load_certificate(*context, *own); !loaded) return std::unexpected(loaded.error());
  }
  return std::shared_ptr<SSL_CTX>(context.release(), SSL_CTX_free);
}

SslPtr server_ssl(SSL_CTX& context) {
  SslPtr ssl(SSL_new(&context));
  if (ssl) SSL_set_accept_state(ssl.get());
  return ssl;
}

SslPtr client_ssl(SSL_CTX& context, const std::string& name) {
  SslPtr ssl(SSL_new(&context));
  if (!ssl) return ssl;
  SSL_set_connect_state(ssl.get());
  return tls::expect_peer(*ssl, name) ? std::move(ssl) : SslPtr();
}

std::string server_name(const SSL& ssl) {
  const char* const asked = SSL_get_servername(&ssl, TLSEXT_NAMETYPE_host_name);
  if (asked == nullptr) return {};
  in6_addr ignored{};
  if (inet_pton(AF_INET, asked, &ignored) == 1 || inet_pton(AF_INET6, asked, &ignored) == 1) return {};
  return lower_name(asked);
}

bool ask_for_http2(SSL& ssl) {
  static constexpr unsigned char h2[] = {2, 'h', '2'};
  return SSL_set_alpn_protos(&ssl, h2, sizeof h2) == 0;
}

bool speaks_http2(const SSL& ssl) {
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(&ssl, &chosen, &size);
  return size == 2 && chosen[0] == 'h' && chosen[1] == '2';
}

Result<std::unique_ptr<const ClientCertificate>> client_certificate(const SSL& ssl) {
  X509* const leaf = SSL_get0_peer_certificate(&ssl);
  if (leaf == nullptr || (SSL_get_verify_mode(&ssl) & SSL_VERIFY_PEER) == 0) return nullptr;
  if (SSL_get_verify_result(&ssl) != X509_V_OK) return fail(ErrorCode::invalid, "the certificate was not verified");
  auto read = tls::read_certificate(*leaf);
  if (!read) return std::unexpected(read.error());
  return std::make_unique<const ClientCertificate>(std::move(*read));
}

std::string_view refused_certificate(const SSL& ssl) {
  const long why = SSL_get_verify_result(&ssl);
  return why == X509_V_OK ? std::string_view() : X509_verify_cert_error_string(why);
}

std::string_view tls_version(const SSL& ssl) { return SSL_get_version(&ssl); }

}  // namespace sallyport::gateway
