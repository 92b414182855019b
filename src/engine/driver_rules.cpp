#include "engine/driver_rules.hpp"

namespace sallyport::engine {
namespace {

constexpr http::Refusal sni_mismatch{421, "sni_mismatch", "Host is not the name that TLS was set up for"};
constexpr http::Refusal announced_too_long{413, "body_limit", "Content-Length is above the limit"};
constexpr http::Refusal no_api{404, "no_api", "no API of the configuration claims this host and path"};

}  // namespace

const http::Refusal* refused_at_entry(const Connection& connection, const Request& request, const Route& route,
                                      std::uint64_t max_body) {
  if (!connection.sni.empty() && connection.sni != request.host) return &sni_mismatch;
  if (route.api != nullptr && request.framing == Framing::length && request.content_length > max_body)
    return &announced_too_long;
  return nullptr;
}

const http::Refusal* refused_without_api(const Route& route) {
  return route.kind == RouteKind::no_api ? &no_api : nullptr;
}

}  // namespace sallyport::engine
