// What every driver of the engine refuses besides the controls, before it asks them and when none
// of them objected. It stands here so that the gateway and replay cannot come to differ.
#pragma once

#include <cstddef>
#include <cstdint>

#include "http/refusal.hpp"

#include <sallyport/engine.hpp>

namespace sallyport::engine {

// What controls read of a body unless their keys say otherwise.
inline constexpr std::size_t max_whole_body = 64 * 1024;
// Longest body of a response that is held to be judged as a whole. A control that wants more sees
// none of a longer one.
inline constexpr std::size_t max_whole_answer = 16 * 1024 * 1024;
// The same of a request: one with more than the controls want, or than this, is refused.
inline constexpr std::size_t max_whole_request = 16 * 1024 * 1024;

// A body that turned out longer than its API takes, or than the controls that want it can be given.
inline constexpr http::Refusal body_too_long{413, "body_limit", "the body is too long"};

// Asked after Transaction::begin and before request_head: null, or why the request goes no further.
// `max_body` is that of the API the call is aimed at; without an API it is not looked at.
[[nodiscard]] const http::Refusal* refused_at_entry(const Connection& connection, const Request& request,
                                                    const Route& route, std::uint64_t max_body);

// Asked when no control denied the head: a call that no API claims has nowhere to go.
[[nodiscard]] const http::Refusal* refused_without_api(const Route& route);

}  // namespace sallyport::engine
