// A server for tests: says the same to each connection, with TLS and a certificate of its own or without.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace sallyport::fetch::testing {

class ScriptedServer {
 public:
  enum class After { close, hold };  // what follows when it has said all

  // `names`: subjectAltName of its certificate ("IP:127.0.0.1"), written to `certificate_file`; none: no TLS.
  explicit ScriptedServer(std::string says, After after = After::close, const std::string& names = {},
                          const std::string& certificate_file = {})
      : says_(std::move(says)), after_(after) {
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 16);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    if (!names.empty()) use_tls(names, certificate_file);
    thread_ = std::thread([this] { serve(); });
  }
  ~ScriptedServer() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    {
      const std::lock_guard lock(mutex_);
      if (peer_ >= 0) ::shutdown(peer_, SHUT_RDWR);
    }
    thread_.join();
    ::close(listener_);
  }

  [[nodiscard]] std::string port() const { return std::to_string(port_); }
  [[nodiscard]] std::string heard() const {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  void use_tls(const std::string& names, const std::string& file) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
    X509_set_pubkey(made.get(), key.get());
    X509_EXTENSION* alternative = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
    X509_add_ext(made.get(), alternative, -1);
    X509_EXTENSION_free(alternative);
    X509_sign(made.get(), key.get(), EVP_sha256());
    tls_.reset(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX_use_certificate(tls_.get(), made.get());
    SSL_CTX_use_PrivateKey(tls_.get(), key.get());
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new_file(file.c_str(), "w"), BIO_free);
    PEM_write_bio_X509(out.get(), made.get());
  }

  void serve() {
    while (!stopping_) {
      const int peer = ::accept(listener_, nullptr, nullptr);
      if (peer < 0) return;
      {
        const std::lock_guard lock(mutex_);
        peer_ = peer;
        heard_.clear();
      }
      talk(peer);
      const std::lock_guard lock(mutex_);
      peer_ = -1;
      ::close(peer);
    }
  }

  void talk(int peer) {
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl(tls_ ? SSL_new(tls_.get()) : nullptr, SSL_free);
    if (ssl && (SSL_set_fd(ssl.get(), peer) != 1 || SSL_accept(ssl.get()) != 1)) return;
    std::array<char, 4096> piece{};
    const auto read = [&] {
      return ssl ? static_cast<ssize_t>(SSL_read(ssl.get(), piece.data(), piece.size()))
                 : ::recv(peer, piece.data(), piece.size(), 0);
    };
    for (std::string all; !all.contains("\r\n\r\n");) {
      const ssize_t got = read();
      if (got <= 0) return;
      all.append(piece.data(), static_cast<std::size_t>(got));
      const std::lock_guard lock(mutex_);
      heard_ = all;
    }
    for (std::size_t sent = 0; sent < says_.size();) {
      const auto left = says_.size() - sent;
      const ssize_t n = ssl ? SSL_write(ssl.get(), says_.data() + sent, static_cast<int>(left))
                            : ::send(peer, says_.data() + sent, left, MSG_NOSIGNAL);
      if (n <= 0) return;
      sent += static_cast<std::size_t>(n);
    }
    if (after_ == After::hold) {
      while (read() > 0) {
      }
    } else if (ssl) {
      SSL_shutdown(ssl.get());
    }
  }

  std::string says_;
  After after_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::shared_ptr<SSL_CTX> tls_;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  int peer_ = -1;
  std::string heard_;
  std::thread thread_;
};

}  // namespace sallyport::fetch::testing
