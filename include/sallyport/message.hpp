// The one canonical message (RFC 9110, 9112, 3986). Routing, controls and forwarding see the
// same Request and Response; nothing decides on other bytes than those that are forwarded.
//
// Lifetimes: all views point into the driver's buffers or into the call's Arena and are valid
// until the call ends.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sallyport {

enum class Method : std::uint8_t { get, head, post, put, delete_, connect, options, trace, patch, other };

// Field names that the gateway itself acts on; everything else is `other`.
enum class FieldName : std::uint8_t {
  other,
  accept,
  accept_encoding,
  accept_language,
  authorization,
  cache_control,
  connection,
  content_encoding,
  content_length,
  content_type,
  cookie,
  date,
  etag,
  expect,
  forwarded,
  host,
  http2_settings,
  keep_alive,
  last_modified,
  location,
  origin,
  proxy_authenticate,
  proxy_authorization,
  proxy_connection,
  referer,
  server,
  set_cookie,
  te,
  traceparent,
  tracestate,
  trailer,
  transfer_encoding,
  upgrade,
  user_agent,
  vary,
  via,
  x_forwarded_for,
  x_forwarded_host,
  x_forwarded_port,
  x_forwarded_proto,
  x_powered_by,
  x_real_ip,
  x_request_id,
};

struct Field {
  std::string_view name;   // as received, a token (RFC 9110 §5.1)
  std::string_view value;  // without surrounding whitespace; no CR, LF, NUL or other control byte but HTAB
  FieldName known = FieldName::other;
  bool removed = false;  // taken out by the gateway or a control: still recorded, never forwarded
};

// ASCII case-insensitive equality of field names (RFC 9110 §5.1).
[[nodiscard]] bool same_name(std::string_view a, std::string_view b) noexcept;
[[nodiscard]] FieldName known_field(std::string_view name) noexcept;
inline constexpr std::size_t field_name_count = static_cast<std::size_t>(FieldName::x_request_id) + 1;
// In lower case; empty for `other`.
[[nodiscard]] std::string_view field_name(FieldName name) noexcept;

// The fields of a head, in order. Holds a fixed number; append() says when it is full.
class Fields {
 public:
  static constexpr std::size_t capacity = 160;  // 100 of a peer (the limit) and room for the gateway's own

  [[nodiscard]] std::span<const Field> all() const noexcept { return {items_.data(), count_}; }
  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  // The first field of that name that was not removed, or null.
  [[nodiscard]] const Field* find(FieldName name) const noexcept;
  [[nodiscard]] const Field* find(std::string_view name) const noexcept;
  // False when full; the field is then not added.
  bool append(std::string_view name, std::string_view value, FieldName known) noexcept {
    if (count_ == capacity) return false;
    items_[count_++] = Field{name, value, known, false};
    return true;
  }
  bool append(std::string_view name, std::string_view value) noexcept { return append(name, value, known_field(name)); }
  void remove(std::size_t index) noexcept { items_[index].removed = true; }
  void remove(FieldName name) noexcept;
  void remove(std::string_view name) noexcept;
  // Replaces every field of that name by one; false when full.
  bool set(std::string_view name, std::string_view value) noexcept {
    remove(name);
    return append(name, value);
  }
  void clear() noexcept { count_ = 0; }

 private:
  std::array<Field, capacity> items_;
  std::uint16_t count_ = 0;
};

enum class Framing : std::uint8_t { none, length, chunked, until_close };

struct Version {
  std::uint8_t major = 1;
  std::uint8_t minor = 1;
};

struct Request {
  Method method = Method::other;
  std::string_view method_token;  // upper case as received; methods are case-sensitive
  std::string_view target;        // as received: for the record only, nothing decides on it
  bool https = false;             // the scheme of this call
  std::string_view host;          // canonical: lower case, no trailing dot, IPv6 in brackets, no port
  std::uint16_t port = 0;         // as the client gave it; 0 when absent
  std::string_view path;          // canonical (http/path.hpp); "*" for OPTIONS *
  std::string_view query;         // after '?', as received; empty also when absent
  bool has_query = false;
  Version version;
  Fields fields;
  Framing framing = Framing::none;
  std::uint64_t content_length = 0;  // meaningful when framing == length
  bool keep_alive = true;            // the client can take another response on this connection
  bool expect_continue = false;
  bool path_parameters = false;  // some segment of path holds a ";": refused unless the API opts in
  bool encoded_slash = false;    // path holds %2F: refused unless the API opts in

  void clear() noexcept;
};

struct Response {
  std::uint16_t status = 0;
  Version version;
  Fields fields;
  Framing framing = Framing::none;
  std::uint64_t content_length = 0;
  bool keep_alive = true;  // the upstream connection can be used again

  void clear() noexcept;
};

// An IP address in 16 bytes; IPv4 as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2).
struct Address {
  std::array<std::uint8_t, 16> bytes{};
  [[nodiscard]] bool is_v4() const noexcept;
  friend bool operator==(const Address&, const Address&) = default;
};

struct ClientCertificate;  // certificate.hpp

// What is known of the client before its first request.
struct Connection {
  Address client;
  std::uint16_t client_port = 0;
  bool tls = false;
  std::string_view tls_version;  // "TLSv1.3", or empty
  std::string_view sni;          // canonical host, or empty
  // Verified in the handshake; null without one. Lives as long as the connection.
  const ClientCertificate* certificate = nullptr;
};

}  // namespace sallyport
