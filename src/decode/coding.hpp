// Content codings (RFC 9110 §8.4): gzip (RFC 1952), deflate (RFC 1950, and the raw RFC 1951 that
// some clients send), br (RFC 7932), zstd (RFC 8878, RFC 9659).
//
// The whole body must be what the coding says: bytes behind the end, a stream that stops early or
// a checksum that is wrong are refused. Members of gzip and frames of zstd may follow each other,
// as their RFCs have it.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "decode/refusal.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::decode {

enum class Coding : std::uint8_t { gzip, deflate, br, zstd };

struct CodingLimits {
  std::uint32_t decoded_bytes = 10u << 20;  // of each coding's output
  std::uint32_t ratio = 100;                // output to input, above free_bytes
  std::uint32_t free_bytes = 64u << 10;     // output that no ratio is asked of: small bodies compress well
  std::uint32_t codings = 2;                // stacked
  std::uint32_t members = 64;               // of a gzip or zstd body
  std::uint32_t window_log = 23;            // of zstd: 8 MiB, RFC 9659 §3
};

// Undoes the codings that `content_encoding` lists, last first. Views `body` when there are none.
// Output memory is taken once per coding, as large as it may become; pages are touched as they fill.
// Rules: "content_coding" (unknown: 415), "coding" (malformed), "truncated", "trailing", and the
// names of CodingLimits. Offsets are in the coded bytes.
[[nodiscard]] std::expected<std::string_view, Refusal> decode_content(std::string_view content_encoding,
                                                                      std::string_view body, Arena& arena,
                                                                      const CodingLimits& limits = {});
[[nodiscard]] std::expected<std::string_view, Refusal> undo(Coding coding, std::string_view body, Arena& arena,
                                                            const CodingLimits& limits = {});

}  // namespace sallyport::decode
