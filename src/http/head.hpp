// Heads of HTTP/1.1 messages (RFC 9112 §2-§6) into the canonical Request and Response.
//
// Strict on purpose: what two parsers could read differently is refused, never repaired. Only
// CRLF ends a line; no obs-fold; no space before the colon; no control character but HTAB in a
// value; Content-Length and Transfer-Encoding exclude each other; Transfer-Encoding is exactly
// "chunked"; one Host. Hop-by-hop fields (RFC 9110 §7.6.1) and those that Connection names are
// marked as removed here, so nothing judges what is not forwarded.
#pragma once

#include <cstddef>
#include <string_view>

#include "http/refusal.hpp"

#include <sallyport/arena.hpp>
#include <sallyport/message.hpp>

namespace sallyport::http {

struct HeadLimits {
  std::size_t head = 60 * 1024;   // bytes of start line and fields; longer: 431
  std::size_t target = 8 * 1024;  // bytes of the request target; longer: 414
  std::size_t fields = 100;       // more: 431
};

// Finds the end of a head in a buffer that grows. Feed it the whole buffer each time.
class HeadEnd {
 public:
  static constexpr std::size_t need_more = 0;

  // Bytes up to and including the empty line, or need_more. Refuses a bare LF, a head above
  // `limit`, and first bytes that no method begins with (a TLS or binary client).
  [[nodiscard]] Checked<std::size_t> find(std::string_view buffer, std::size_t limit) noexcept;
  void reset() noexcept { scanned_ = line_ = 0; }

 private:
  std::size_t scanned_ = 0;  // no LF before this offset is unseen
  std::size_t line_ = 0;     // where the current line began
};

// `head` ends in the empty line. Views in `out` point into `head` and `arena`. After a refusal
// `out` holds what was read so far (for the event).
[[nodiscard]] Checked<void> read_request_head(std::string_view head, bool https, const HeadLimits& limits, Arena& arena,
                                              Request& out);

// `method` is that of the request: it decides the framing of the answer (RFC 9112 §6.3).
[[nodiscard]] Checked<void> read_response_head(std::string_view head, Method method, const HeadLimits& limits,
                                               Response& out);

// One field line without its CRLF. From the field rules; used for trailers too.
[[nodiscard]] Checked<Field> read_field_line(std::string_view line);

}  // namespace sallyport::http
