#include "admin/guards.hpp"

#include <algorithm>
#include <cstdlib>

#include "admin/login_limiter.hpp"
#include "base/address.hpp"

namespace sallyport::admin {
namespace {

// The host without its port; empty when it is none.
std::string_view without_port(std::string_view host) {
  const std::size_t end = host.starts_with('[') ? host.find(']') + 1 : std::min(host.find(':'), host.size());
  if (end == 0) return {};  // "[" without "]"
  std::string_view port = host.substr(end);
  if (!port.empty() && !port.starts_with(':')) return {};
  if (!port.empty()) port.remove_prefix(1);
  if (!std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; })) return {};
  return host.substr(0, end);
}

}  // namespace

bool host_is_ours(std::string_view host, std::span<const std::string> names) {
  std::string_view name = without_port(host);
  if (name.empty()) return false;
  if (same_name(name, "localhost")) return true;
  if (std::ranges::any_of(names, [&](const std::string& n) { return same_name(name, n); })) return true;
  const bool bracketed = name.starts_with('[');
  if (bracketed) name = name.substr(1, name.size() - 2);
  const auto address = parse_address(name);
  return address && is_loopback(*address) && bracketed == (name.find(':') != std::string_view::npos);
}

bool same_origin(const Ask& ask) {
  const bool reads = ask.method == "GET" || ask.method == "HEAD";
  const bool typed = reads && ask.fetch_site == "none";
  if (!ask.fetch_site.empty() && ask.fetch_site != "same-origin" && !typed) return false;
  if (reads) return true;
  if (ask.mark != "1") return false;
  if (ask.origin.empty()) return true;
  constexpr std::string_view scheme = "http://";
  return ask.origin.starts_with(scheme) && same_name(ask.origin.substr(scheme.size()), ask.host);
}

std::string_view cookie_value(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    const std::size_t end = std::min(cookies.find(';'), cookies.size());
    std::string_view pair = cookies.substr(0, end);
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
      return pair.substr(name.size() + 1);
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
  }
  return {};
}

}  // namespace sallyport::admin
