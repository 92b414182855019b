// Fields as the library takes them.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <string_view>

#include <sallyport/message.hpp>

namespace sallyport::gateway {

// The library copies name and value, and writes names in lower case.
[[nodiscard]] inline nghttp2_nv http2_field(std::string_view name, std::string_view value,
                                            std::uint8_t flags = NGHTTP2_NV_FLAG_NONE) {
  const auto bytes = [](std::string_view text) {
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), flags};
}

// Secrets and what is different each time have no place in a table (RFC 7541 §7.1.3).
[[nodiscard]] inline std::uint8_t http2_flags(FieldName name) {
  const bool own = name == FieldName::authorization || name == FieldName::cookie || name == FieldName::set_cookie ||
                   name == FieldName::proxy_authorization || name == FieldName::etag ||
                   name == FieldName::x_request_id || name == FieldName::traceparent;
  return own ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE;
}

}  // namespace sallyport::gateway
