#include "tls/peer.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <array>

#include "base/address.hpp"

namespace sallyport::tls {

std::string openssl_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  std::array<char, 256> text{};
  ERR_error_string_n(code, text.data(), text.size());
  return code == 0 ? "unknown error" : text.data();
}

Result<void> verify_peers(SSL_CTX& context, const std::string& ca_file) {
  ERR_clear_error();
  const int loaded = ca_file.empty() ? SSL_CTX_set_default_verify_paths(&context)
                                     : SSL_CTX_load_verify_file(&context, ca_file.c_str());
  if (loaded != 1) {
    return fail(ErrorCode::invalid, "cannot use the CA file: " + openssl_error(), ca_file, "certificates as PEM");
  }
  SSL_CTX_set_verify(&context, SSL_VERIFY_PEER, nullptr);
  return {};
}

bool expect_peer(SSL& ssl, const std::string& name) {
  if (name.empty()) return false;  // OpenSSL takes it for "any name"
  if (parse_address(name)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(&ssl), name.c_str()) == 1;
  return SSL_set1_host(&ssl, name.c_str()) == 1 && SSL_set_tlsext_host_name(&ssl, name.c_str()) == 1;
}

}  // namespace sallyport::tls
