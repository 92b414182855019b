// A body by its fields: which decoder reads it, from one table.
#pragma once

#include <span>
#include <string_view>

#include "decode/media_type.hpp"
#include "decode/refusal.hpp"

#include <sallyport/arena.hpp>
#include <sallyport/decoded.hpp>
#include <sallyport/message.hpp>

namespace sallyport::decode {

// Makes a tree of bytes whose coding (gzip) is undone already.
using Decoder = Outcome (*)(std::string_view bytes, const MediaType& type, Arena& arena, const Limits& limits);

struct KnownType {
  std::string_view essence;  // "application/json"
  std::string_view suffix;   // "+json": further types that are read alike; may be empty
  Decoder decode;
};
[[nodiscard]] std::span<const KnownType> known_types() noexcept;

// Reads `bytes` as Content-Type and Content-Encoding say. Several Content-Type fields, a malformed
// one and a charset other than UTF-8 are refused: what two programs could read differently is not
// read at all.
[[nodiscard]] Decoded decode_body(const Fields& fields, std::string_view bytes, Arena& arena,
                                  const Limits& limits = {});

}  // namespace sallyport::decode
