// gRPC-Web, the form in which browsers speak gRPC: messages are framed as ever, trailers are one frame more
// behind them, and all of it may be base64 text
// (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sallyport/arena.hpp>
#include <sallyport/message.hpp>

namespace sallyport::gateway {

struct GrpcWeb {
  enum class Form : std::uint8_t { none, binary, text };
  Form form = Form::none;
  std::string_view format;  // of messages, behind the media type: "+proto", or empty

  [[nodiscard]] explicit operator bool() const { return form != Form::none; }
  [[nodiscard]] bool is_text() const { return form == Form::text; }
  // Content-Type for the API, and for the client.
  [[nodiscard]] std::string_view upstream_type(Arena& arena) const;
  [[nodiscard]] std::string_view client_type(Arena& arena) const;
};

// What a request is by its method and Content-Type.
[[nodiscard]] GrpcWeb grpc_web_of(const Request& request);

// Is the answer one of gRPC, by its Content-Type?
[[nodiscard]] bool answers_grpc(const Response& response);

// A text body as a whole: base64, which may have been encoded in parts, each with its padding. In the
// arena; null when it is none.
[[nodiscard]] std::optional<std::string_view> decode_grpc_web_text(std::string_view body, Arena& arena);

// The frame that trailers are: flag 0x80, length, and a field a line with names in lower case.
[[nodiscard]] std::string grpc_web_trailers(std::span<const Field> trailers);

}  // namespace sallyport::gateway
