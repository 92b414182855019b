// What gRPC needs of a gateway: that its calls are known, and that errors come in its shape (gRPC
// over HTTP/2: Trailers-Only). Its messages are passed through as they are.
#pragma once

#include <cstdint>
#include <string_view>

#include <sallyport/arena.hpp>
#include <sallyport/message.hpp>

namespace sallyport::gateway {

inline constexpr std::string_view grpc_media_type = "application/grpc";

// HTTP/2 and a Content-Type of application/grpc, with or without "+proto" or parameters; not
// gRPC-Web, whose answers look like any others.
[[nodiscard]] bool is_grpc(const Request& request);

// grpc-status for a call that the gateway answers with that HTTP status.
[[nodiscard]] std::string_view grpc_status(std::uint16_t http_status);

// grpc-message: percent-encoded, in the arena.
[[nodiscard]] std::string_view grpc_message(std::string_view text, Arena& arena);

}  // namespace sallyport::gateway
