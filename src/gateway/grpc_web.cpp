#include "gateway/grpc_web.hpp"

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "gateway/grpc.hpp"

namespace sallyport::gateway {
namespace {

constexpr std::string_view binary_type = "application/grpc-web";
constexpr std::string_view text_type = "application/grpc-web-text";

bool begins_with(std::string_view value, std::string_view type) {
  return value.size() >= type.size() && same_name(value.substr(0, type.size()), type);
}

// Without parameters.
std::string_view essence(std::string_view value) {
  value = value.substr(0, value.find(';'));
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  return value;
}

}  // namespace

std::string_view GrpcWeb::upstream_type(Arena& arena) const { return arena.concat(grpc_media_type, format); }

std::string_view GrpcWeb::client_type(Arena& arena) const {
  return arena.concat(is_text() ? text_type : binary_type, format);
}

GrpcWeb grpc_web_of(const Request& request) {
  const Field* type = request.fields.find(FieldName::content_type);
  if (type == nullptr || request.method != Method::post) return {};
  const std::string_view value = essence(type->value);
  for (const auto& [name, form] : {std::pair{text_type, GrpcWeb::Form::text}, {binary_type, GrpcWeb::Form::binary}}) {
    if (!begins_with(value, name)) continue;
    const std::string_view rest = value.substr(name.size());
    if (rest.empty() || rest.front() == '+') return {form, rest};
  }
  return {};
}

bool answers_grpc(const Response& response) {
  const Field* type = response.fields.find(FieldName::content_type);
  if (type == nullptr) return false;
  const std::string_view value = essence(type->value);
  if (!begins_with(value, grpc_media_type)) return false;
  const std::string_view rest = value.substr(grpc_media_type.size());
  return rest.empty() || rest.front() == '+';
}

std::optional<std::string_view> decode_grpc_web_text(std::string_view body, Arena& arena) {
  const auto out = arena.array<char>(body.size() + 3);
  std::size_t size = 0;
  while (!body.empty()) {
    std::size_t end = body.find('=');
    end = end == std::string_view::npos ? body.size() : std::min(body.size(), body.find_first_not_of('=', end));
    const auto decoded = decode_base64(body.substr(0, end), Base64::standard, out.data() + size);
    if (!decoded) return std::nullopt;
    size += *decoded;
    body.remove_prefix(end);
  }
  return std::string_view{out.data(), size};
}

std::string grpc_web_trailers(std::span<const Field> trailers) {
  std::string frame(5, '\0');
  for (const Field& field : trailers) {
    frame += lower_case(field.name);
    frame += ": ";
    frame += field.value;
    frame += "\r\n";
  }
  const std::size_t size = frame.size() - 5;
  frame[0] = static_cast<char>(0x80);
  for (unsigned i = 0; i < 4; ++i) frame[1 + i] = static_cast<char>(size >> (24 - 8 * i));
  return frame;
}

}  // namespace sallyport::gateway
