// Header lists of HTTP/2 (RFC 9113 §8) into the canonical Request and Response: decoded names and
// values go in one by one, and what comes out was judged by the rules of HTTP/1.1's heads
// (head.hpp), so that it can be written in either form.
//
// Strict as these: lower-case names only, no whitespace around values, pseudo-fields first, each
// once and none that is unknown, no field of the connection, Host as :authority when both are given.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "http/field_line.hpp"
#include "http/head.hpp"

namespace sallyport::http {

// Bytes that a field counts for in a list's size (RFC 9113 §6.5.2), besides name and value.
inline constexpr std::size_t field_overhead = 32;

class RequestList {
 public:
  // Begins a request: `out` is cleared, what is put into it views `arena`. With `websockets` an extended
  // CONNECT for one (RFC 8441 §4) becomes what its handshake is by HTTP/1.1: GET, with Upgrade and
  // Connection, which are marked as removed; elsewhere it is refused like any CONNECT.
  void start(bool https, const HeadLimits& limits, Arena& arena, Request& out, bool websockets = false);
  // One field, in order; copied. After the first refusal fields are only counted.
  void add(std::string_view name, std::string_view value);
  // After the last field. `end_stream`: no body follows.
  [[nodiscard]] Checked<void> finish(bool end_stream);
  // Name, value and overhead of all fields, also of those that were not taken.
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  static constexpr std::size_t max_fields = 128;  // what a listener's `fields` can be set to
  void refuse_by(Refusal refusal);
  Checked<void> pseudo(std::string_view name, std::string_view value);
  Checked<void> regular(std::string_view name, std::string_view value);
  Checked<void> extended_connect();
  Checked<void> target();
  Checked<void> authority();
  Checked<void> framing(bool end_stream);
  bool join_cookies();

  Request* out_ = nullptr;
  Arena* arena_ = nullptr;
  HeadLimits limits_;
  Refusal refusal_;
  Once once_;
  std::string_view method_, scheme_, path_, authority_, protocol_;
  bool has_method_ = false, has_scheme_ = false, has_path_ = false, has_authority_ = false, has_protocol_ = false;
  bool websockets_ = false;
  bool in_fields_ = false;  // the pseudo-fields are over
  std::size_t size_ = 0;
  std::size_t count_ = 0;
  std::size_t crumb_count_ = 0;
  std::array<std::string_view, max_fields> crumbs_;  // of the cookie, RFC 9113 §8.2.3
};

class ResponseList {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  void start(const HeadLimits& limits, Arena& arena, Response& out);
  void add(std::string_view name, std::string_view value);
  // `method` is that of the request.
  [[nodiscard]] Checked<void> finish(bool end_stream, Method method);

 private:
  Response* out_ = nullptr;
  Arena* arena_ = nullptr;
  HeadLimits limits_;
  Refusal refusal_;
  Once once_;
  bool has_status_ = false;
  bool in_fields_ = false;
  std::size_t size_ = 0;
};

// A field behind a body: like a field of a list, and none that frames, routes or authenticates
// (RFC 9110 §6.5.1).
[[nodiscard]] Checked<Field> check_trailer(std::string_view name, std::string_view value);

// The fields behind one body, copied.
class Trailers {
 public:
  static constexpr std::size_t max_fields = 32;
  static constexpr std::size_t max_bytes = 8 * 1024;  // with field_overhead

  void start(Arena& arena) { arena_ = &arena; }
  // False when it breaks the rules or is too much.
  [[nodiscard]] bool add(std::string_view name, std::string_view value);
  [[nodiscard]] std::span<const Field> fields() const { return {fields_.data(), count_}; }

 private:
  Arena* arena_ = nullptr;
  std::array<Field, max_fields> fields_;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace sallyport::http
