// The answer to a refused call: RFC 9457 problem details and nothing about the inside.
#pragma once

#include <string_view>

#include <sallyport/arena.hpp>
#include <sallyport/verdict.hpp>

namespace sallyport::gateway {

inline constexpr std::string_view problem_media_type = "application/problem+json";

// {"type":"urn:sallyport:problem:…","title":"…","status":404,"request_id":"…"}, in the arena.
[[nodiscard]] std::string_view problem_body(const Problem& problem, std::string_view request_id, Arena& arena);

// What a client hears when the HTTP rules refuse with that status.
[[nodiscard]] Problem problem_of_refusal(std::uint16_t status);

}  // namespace sallyport::gateway
