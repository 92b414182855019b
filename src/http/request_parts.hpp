// The parts of a request's head that HTTP/1.1 and HTTP/2 share: one rule each, whatever the wire.
#pragma once

#include <string_view>

#include "http/refusal.hpp"

#include <sallyport/arena.hpp>
#include <sallyport/message.hpp>

namespace sallyport::http {

// RFC 9110 §9.1: a token; CONNECT and TRACE are refused with 405.
[[nodiscard]] Checked<void> read_method(std::string_view token, Request& out);

// `target` begins with '/' (or is empty): sets the query and returns the raw path before it.
[[nodiscard]] Checked<std::string_view> split_query(std::string_view target, Request& out);

// The canonical path; "*" stays as it is.
[[nodiscard]] Checked<void> read_path(std::string_view raw, Arena& arena, Request& out);

// Expect: only "100-continue" is known (RFC 9110 §10.1.1).
[[nodiscard]] Checked<void> read_expect(Request& out);

}  // namespace sallyport::http
