// ClientTrust: which certificates of clients a listener takes: authorities, revocation lists, and how far a
// session may be resumed on the strength of an older verification. Immutable; made when a configuration is
// loaded and shared by the contexts of a listener.
#pragma once

#include <openssl/ssl.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <sallyport/result.hpp>

namespace sallyport::tls {

class ClientTrust {
 public:
  static constexpr std::size_t max_authorities = 500;
  static constexpr std::size_t max_lists = 500;
  static constexpr std::size_t max_file_bytes = 16u << 20;
  // What a client may send as its chain; a longer one ends the handshake.
  static constexpr std::size_t max_chain_bytes = 64u << 10;
  // After this time a chain is verified anew, whatever the client could resume.
  static constexpr std::int64_t max_session_age = 3'600;  // seconds

  struct Settings {
    bool required = true;
    std::vector<std::string> ca = {};   // PEM files with authorities, at least one of them a root
    std::vector<std::string> crl = {};  // PEM files with revocation lists; none: nothing is asked about revocation
    std::uint32_t max_intermediates = 3;
  };
  struct Loaded;

  // Errors, each with its file: it cannot be read, is no PEM, holds none or too many; a certificate is no
  // authority's; a list is no authority's of these, is not signed by it, or has expired at `now` (seconds
  // since 1970).
  [[nodiscard]] static Result<Loaded> load(const Settings& settings, std::int64_t now);

  // Asks clients for certificates in handshakes of this context, which shares the ownership. The leaf must
  // not be revoked by its authority's list, which must be there and in time; authorities above it must not be
  // where there is a list about them.
  void use_in(SSL_CTX& context, const std::shared_ptr<const ClientTrust>& self) const;

  // Stands for everything that was given: what was verified by one trust is nothing to another.
  [[nodiscard]] const std::array<unsigned char, 32>& digest() const { return digest_; }

  // May a session go on whose chain was verified at `verified`? Not when the certificate or a list ended since.
  [[nodiscard]] bool lets_resume(const X509& leaf, std::int64_t verified, std::int64_t now) const;

 private:
  struct StoreFree {
    void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  };
  ClientTrust() = default;

  std::unique_ptr<X509_STORE, StoreFree> store_;
  std::vector<std::string> names_;  // DER, of the authorities
  std::array<unsigned char, 32> digest_{};
  std::int64_t lists_end_ = 0;  // when the first list does, seconds since 1970; 0: there are none
  bool required_ = true;
  int max_intermediates_ = 3;
};

struct ClientTrust::Loaded {
  std::shared_ptr<const ClientTrust> trust;
  std::vector<Error> warnings;
};

}  // namespace sallyport::tls
