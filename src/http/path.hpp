// The one canonical form of a path. What is routed, judged and forwarded is this text.
//
//   unreserved characters decoded (RFC 3986 §6.2.2.2), other percent-encodings in upper case,
//   "." and ".." segments resolved (§5.2.4), repeated slashes merged.
//
// Refused, because two readers could understand it differently (CWE-22, CWE-41, CWE-172):
// malformed or double percent-encoding, %u, control characters, encoded backslash, encoded NUL,
// text that is not UTF-8 in shortest form, characters that Unicode NFKC folds to ASCII, invisible
// characters, dot segments with parameters ("..;"), segments that begin or end in a space or that
// end in a dot, and characters that RFC 3986 does not allow in a path.
#pragma once

#include <string_view>

#include "http/refusal.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::http {

struct Path {
  std::string_view text;       // begins with '/'; views the input if that was canonical
  bool parameters = false;     // holds ';' (or %3B): refused later unless the API opts in
  bool encoded_slash = false;  // holds %2F: likewise
};

// `raw` begins with '/' and holds no '?'. Linear in its length.
[[nodiscard]] Checked<Path> canonical_path(std::string_view raw, Arena& arena);

}  // namespace sallyport::http
