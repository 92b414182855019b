// Keys of listeners.
#include "settings/settings.hpp"

namespace sallyport::settings {
namespace {

void check_listen(const Listen& listen, config::Report& report, const document::Node& at) {
  if (listen.address.is_unix()) report.error(at, "clients connect over TCP: a Unix socket is not possible here");
  if (listen.tls && listen.cleartext) report.error(at, "`tls` and `cleartext: true` exclude each other");
  if (!listen.tls && !listen.cleartext) {
    report.error(
        at, "no `tls`: clients could not be served safely",
        "give tls: { certificate: …, key: { file: … } }; behind a TLS terminator or in a mesh say cleartext: true");
  }
  if (listen.h2c && !listen.cleartext) report.error(at, "`h2c` is HTTP/2 without TLS: it needs `cleartext: true`");
  if (listen.proxy_protocol && listen.trusted_proxies.empty()) {
    report.error(at, "`proxy_protocol` without `trusted_proxies`: anybody could say to be anybody",
                 "trusted_proxies: the addresses of the load balancers");
  }
  if (!listen.proxy_protocol && !listen.trusted_proxies.empty()) {
    report.error(at, "`trusted_proxies` is about `proxy_protocol`, which is not on");
  }
  if (listen.cleartext) report.warning(at, "this listener takes HTTP without TLS");
}

}  // namespace

const config::Table<Certificate>& config_table(const Certificate*) {
  static const auto table =
      config::Table<Certificate>("certificate",
                                 "One more certificate of a listener, chosen by the name asked for (SNI).")
          .field("certificate", &Certificate::certificate,
                 {.doc = "PEM file: the certificate, then its intermediates.", .required = true, .existing = true})
          .field("key", &Certificate::key, {.doc = "The private key, PEM.", .required = true})
          .field("ocsp", &Certificate::ocsp,
                 {.doc = "A responder's answer about the certificate, DER, to give to clients.", .existing = true});
  return table;
}

const config::Table<ClientCertificates>& config_table(const ClientCertificates*) {
  static const auto table =
      config::Table<ClientCertificates>("client_certificates",
                                        "Certificates that clients of a listener show (mutual TLS).")
          .field("mode", &ClientCertificates::mode, {.doc = "Whether a client may come without one."})
          .field("ca", &ClientCertificates::ca,
                 {.doc = "PEM files of the authorities that sign them. Nobody else is trusted, the system's neither.",
                  .required = true,
                  .example = "certs/clients.pem",
                  .existing = true,
                  .min = "1",
                  .max = "20",
                  .one_or_many = true})
          .field("crl", &ClientCertificates::crl,
                 {.doc = "PEM files of revocation lists. With any, whoever signed a client's certificate must have one "
                         "that is in time.",
                  .example = "certs/clients-crl.pem",
                  .existing = true,
                  .max = "100",
                  .one_or_many = true})
          .field("max_intermediates", &ClientCertificates::max_intermediates,
                 {.doc = "Authorities between a client's certificate and a root.", .max = "8"});
  return table;
}

const config::Table<Tls>& config_table(const Tls*) {
  static const auto table =
      config::Table<Tls>("tls", "TLS 1.2 and 1.3 with ciphers that have forward secrecy.")
          .field("certificate", &Tls::certificate,
                 {.doc = "PEM file: the certificate, then its intermediates.",
                  .required = true,
                  .example = "certs/edge.pem",
                  .existing = true})
          .field("key", &Tls::key, {.doc = "The private key, PEM; a file of mode 0600.", .required = true})
          .field("also", &Tls::also, {.doc = "Further certificates, chosen by the names in them."})
          .field(
              "ocsp", &Tls::ocsp,
              {.doc = "A responder's answer about the certificate (OCSP, RFC 6960), DER, to give to clients while it "
                      "holds.",
               .example = "certs/edge.ocsp",
               .existing = true})
          .field("client_certificates", &Tls::client_certificates,
                 {.doc = "Ask clients for certificates. Without it nobody is asked."});
  return table;
}

const config::Table<ListenLimits>& config_table(const ListenLimits*) {
  static const auto table =
      config::Table<ListenLimits>("listen_limits", "What a client may use up.")
          .field("connections", &ListenLimits::connections, {.doc = "Open connections, of all cores.", .min = "1"})
          .field("requests", &ListenLimits::requests,
                 {.doc = "Requests on one connection; then it is closed.", .min = "1"})
          .field("head", &ListenLimits::head,
                 {.doc = "Request line and fields; more is answered with 431.", .min = "1KiB", .max = "60KiB"})
          .field("target", &ListenLimits::target,
                 {.doc = "Request target; more is answered with 414.", .min = "256B", .max = "56KiB"})
          .field("fields", &ListenLimits::fields,
                 {.doc = "Fields of a request; more is answered with 431.", .min = "10", .max = "128"})
          .field("body_rate", &ListenLimits::body_rate,
                 {.doc = "Bytes a second that a body must bring after its first five seconds."});
  return table;
}

const config::Table<ListenTimeouts>& config_table(const ListenTimeouts*) {
  static const auto table =
      config::Table<ListenTimeouts>("listen_timeouts", "How long a client may take.")
          .field("handshake", &ListenTimeouts::handshake, {.doc = "TLS handshake.", .min = "100ms", .max = "5m"})
          .field("head", &ListenTimeouts::head,
                 {.doc = "From the first byte of a request to the end of its head.", .min = "100ms", .max = "5m"})
          .field("body", &ListenTimeouts::body,
                 {.doc = "Between two pieces of a request's body.", .min = "100ms", .max = "1h"})
          .field("keep_alive", &ListenTimeouts::keep_alive,
                 {.doc = "Between two requests.", .min = "100ms", .max = "1h"})
          .field("write", &ListenTimeouts::write,
                 {.doc = "Until the client takes what was sent.", .min = "100ms", .max = "1h"});
  return table;
}

const config::Table<Listen>& config_table(const Listen*) {
  static const auto table =
      config::Table<Listen>("listen", "Where clients connect.")
          .field("address", &Listen::address,
                 {.doc = "IP address and port; port 0 takes a free one.", .required = true, .example = "0.0.0.0:8443"})
          .field("tls", &Listen::tls, {.doc = "Certificate and key. Required unless `cleartext`."})
          .field("cleartext", &Listen::cleartext,
                 {.doc = "HTTP without TLS: only behind a TLS terminator or in a mesh. `check` reports it."})
          .field("http2", &Listen::http2, {.doc = "Offer HTTP/2 besides HTTP/1.1 to clients with TLS (ALPN)."})
          .field(
              "h2c", &Listen::h2c,
              {.doc = "Take HTTP/2 without TLS from clients that begin with it (prior knowledge): with `cleartext`."})
          .field("proxy_protocol", &Listen::proxy_protocol,
                 {.doc = "Each connection begins with a header that says whose it is (PROXY protocol 1 or 2), as load "
                         "balancers send it. All others are closed."})
          .field("trusted_proxies", &Listen::trusted_proxies,
                 {.doc = "Who may connect with such a header; nobody else may connect.",
                  .example = "10.0.0.0/8",
                  .max = "1000",
                  .one_or_many = true})
          .field("limits", &Listen::limits, {.doc = "What a client may use up."})
          .field("timeouts", &Listen::timeouts, {.doc = "How long a client may take."})
          .check(check_listen);
  return table;
}

}  // namespace sallyport::settings
