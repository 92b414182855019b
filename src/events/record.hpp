// RecordView: one event as it is kept, already redacted, and its compact binary form, which is
// what a ring holds. The JSON form is json_line.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <sallyport/actor.hpp>
#include <sallyport/operation.hpp>

#include <sallyport/event.hpp>

namespace sallyport::events {

struct Pair {
  std::string_view name;
  std::string_view value;
  friend bool operator==(const Pair&, const Pair&) = default;
};

struct NoteView {
  std::string_view control;
  Note::Action action = Note::Action::noted;
  std::string_view rule;
  std::string_view detail;
  friend bool operator==(const NoteView&, const NoteView&) = default;
};

// "jwt"; empty for nobody.
[[nodiscard]] std::string_view word(Authentication how);

// Who called, as authentication established it; all empty when it did not. A subject is personal data
// and stands here as it is; no credential does.
struct ActorView {
  std::string_view how;  // "jwt", "api_key"
  std::string_view subject, issuer, client, tenant, key_id;
  friend bool operator==(const ActorView&, const ActorView&) = default;
};

// The certificate that the client showed in its handshake; all empty without one.
struct CertificateView {
  std::string_view thumbprint;  // SHA-256, base64url
  std::string_view subject, issuer, serial;
  std::string_view name;  // the first of its SPIFFE id, URIs, host names, mail and IP addresses
  friend bool operator==(const CertificateView&, const CertificateView&) = default;
};

// Views and spans live as long as what the record was read from: within a consumer, until it
// returns. An absent value is empty or 0.
struct RecordView {
  std::uint32_t ring = 0;
  std::uint64_t seq = 0;  // grows within a ring; a gap says that events were dropped
  CallId id;
  std::int64_t time_us = 0;  // start of the call, microseconds since 1970
  Address client;
  std::uint16_t client_port = 0;
  bool tls = false;
  std::string_view tls_version;
  std::string_view sni;
  CertificateView certificate;
  std::string_view credential;  // "bearer:9f2c41d07b1e55aa": scheme and keyed fingerprint
  ActorView actor;
  std::string_view api;
  RouteKind route = RouteKind::no_api;
  std::string_view operation;  // its label, "GET /v1/orders/{orderId}"
  std::string_view operation_id;
  std::string_view path_template;  // of the operation or unknown_method; the base path with `prefix`
  std::string_view method;
  bool https = false;
  std::string_view host;
  std::uint16_t port = 0;
  std::string_view path;
  std::string_view query;
  Version http;                  // 0.0 when no head could be parsed
  std::span<const Pair> fields;  // of the request
  bool fields_cut = false;       // some value was longer than max_value, or some did not fit
  std::uint16_t status = 0;      // what the client got
  Outcome outcome = Outcome::failed;
  std::string_view control;
  std::string_view rule;
  std::string_view detail;
  std::span<const NoteView> notes;
  std::uint32_t notes_dropped = 0;
  std::uint64_t duration_us = 0;
  std::uint64_t upstream_us = 0;
  std::uint64_t engine_ns = 0;
  std::string_view upstream;
  std::uint16_t upstream_status = 0;
  std::span<const Pair> response_fields;  // of the upstream
  bool response_fields_cut = false;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t bytes_uninspected = 0;
  std::string_view seal_key;  // id of the key, empty when nothing is sealed
  std::string_view sealed;    // nonce, ciphertext and tag (seal.hpp)
  std::string_view line;      // for consumers: its JSON line, without line feed
};

inline constexpr std::size_t max_value = 1024;    // bytes of one recorded field value
inline constexpr std::size_t max_name = 256;      // bytes of a name of the actor
inline constexpr std::size_t max_fields = 8192;   // bytes of names and values of one head
inline constexpr std::size_t max_target = 4096;   // bytes of a path, and of a query
inline constexpr std::size_t max_sealed = 16384;  // bytes of a sealed body, before sealing
inline constexpr std::size_t max_record = 65536;  // bytes of the binary form

// What the spans of a RecordView point into; reused from record to record.
struct RecordParts {
  std::vector<Pair> fields;
  std::vector<Pair> response_fields;
  std::vector<NoteView> notes;
};

// Reads the binary form. False when the bytes are no record: nothing outside of them is touched,
// whatever they hold. Ring, seq and line are left to the caller.
[[nodiscard]] bool decode_record(std::string_view bytes, RecordParts& parts, RecordView& out);

}  // namespace sallyport::events
