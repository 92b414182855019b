#include "gateway/grpc.hpp"

namespace sallyport::gateway {

bool is_grpc(const Request& request) {
  if (request.version.major != 2) return false;
  const Field* type = request.fields.find(FieldName::content_type);
  if (type == nullptr || type->value.size() < grpc_media_type.size()) return false;
  const std::string_view rest = type->value.substr(grpc_media_type.size());
  const bool ends = rest.empty() || rest.front() == '+' || rest.front() == ';' || rest.front() == ' ';
  return ends && same_name(type->value.substr(0, grpc_media_type.size()), grpc_media_type);
}

// https://github.com/grpc/grpc/blob/master/doc/statuscodes.md
std::string_view grpc_status(std::uint16_t http_status) {
  switch (http_status) {
    case 400:
    case 415:
    case 422:
      return "3";  // INVALID_ARGUMENT
    case 401:
      return "16";  // UNAUTHENTICATED
    case 403:
    case 421:
      return "7";  // PERMISSION_DENIED
    case 404:
    case 405:
    case 410:
      return "12";  // UNIMPLEMENTED: there is no such method
    case 408:
    case 504:
      return "4";  // DEADLINE_EXCEEDED
    case 413:
    case 429:
    case 431:
      return "8";  // RESOURCE_EXHAUSTED
    case 502:
    case 503:
      return "14";  // UNAVAILABLE: may be tried again
    default:
      return http_status >= 500 ? "13" : "2";  // INTERNAL, UNKNOWN
  }
}

std::string_view grpc_message(std::string_view text, Arena& arena) {
  static constexpr std::string_view hex = "0123456789ABCDEF";
  const auto out = arena.array<char>(3 * text.size());
  std::size_t size = 0;
  for (const char c : text) {
    if (c >= ' ' && c <= '~' && c != '%') {
      out[size++] = c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out[size++] = '%';
    out[size++] = hex[byte >> 4u];
    out[size++] = hex[byte & 15u];
  }
  return {out.data(), size};
}

}  // namespace sallyport::gateway
