// The answer to a refused call: RFC 9457 problem details and nothing about the inside.
#pragma once

#include <string_view>

#include <sallyport/arena.hpp>
#include <sallyport/verdict.hpp>

namespace sallyport::gateway {

inline constexpr std::string_view problem_media_type = "application/problem+json";

// {"type":"urn:sallyport:problem:…","title":"…","status":404,"request_id":"…"}, in the arena. A problem
// of the type "graphql" has GraphQL's shape (October 2021 §7.1.2), its detail as the code:
// {"errors":[{"message":"…","extensions":{"code":"…","request_id":"…"}}]}. Behind the code there may be
// a place in the query, as "CODE line:column": it becomes "locations":[{"line":…,"column":…}].
[[nodiscard]] std::string_view problem_body(const Problem& problem, std::string_view request_id, Arena& arena);

// Of that body: also for GraphQL the one that the client asks for.
[[nodiscard]] std::string_view problem_type_for(const Problem& problem, const Request& request);

// What a client hears when the HTTP rules refuse with that status.
[[nodiscard]] Problem problem_of_refusal(std::uint16_t status);

}  // namespace sallyport::gateway
