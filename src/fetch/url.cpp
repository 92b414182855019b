#include "fetch/url.hpp"

#include <algorithm>

#include "base/address.hpp"
#include "http/host.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::fetch {
namespace {

bool allowed(char c) {
  constexpr std::string_view others = "-._~:/?@!$&'()*+,;=%";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || others.contains(c);
}

}  // namespace

std::string Url::authority() const {
  std::string out = host.contains(':') ? "[" + host + "]" : host;
  if (port != (https ? 443 : 80)) out += ":" + std::to_string(port);
  return out;
}

std::string Url::text() const { return (https ? "https://" : "http://") + authority() + target; }

bool Url::names_this_machine() const {
  if (host == "localhost") return true;
  const auto address = parse_address(host);
  if (!address) return false;
  if (address->is_v4()) return address->bytes[12] == 127;
  return format_address(*address) == "::1";
}

bool Url::is_address() const { return parse_address(host).has_value(); }

Result<Url> parse_url(std::string_view text) {
  const auto refused = [&](const char* why, const char* hint = "") {
    return fail(ErrorCode::invalid, "`" + std::string(text.substr(0, 200)) + "` " + why, {}, hint);
  };
  if (text.size() > Url::max_bytes) return refused("is too long for a URL");
  Url url;
  std::string_view rest = text;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
    url.https = false;
  } else {
    return refused("is no https URL", "https://id.example.com/keys");
  }
  const std::size_t slash = std::min(rest.find_first_of("/?#"), rest.size());
  Arena arena;
  const std::string_view written = rest.substr(0, slash);
  const auto authority = http::parse_authority(written, arena);
  if (!authority || written.ends_with(':')) return refused("names no host", "a name or address, with or without port");
  url.host = authority->host;
  if (url.host.starts_with('[')) url.host = url.host.substr(1, url.host.size() - 2);
  url.port = authority->port != 0 ? authority->port : url.https ? 443 : 80;
  if (!url.https && !url.names_this_machine()) {
    return refused("is not encrypted", "https, or http to localhost alone");
  }
  const std::string_view target = rest.substr(slash);
  if (!std::ranges::all_of(target, allowed)) return refused("has characters that a URL cannot have");
  if (!target.empty()) url.target = target.starts_with('?') ? "/" + std::string(target) : std::string(target);
  return url;
}

}  // namespace sallyport::fetch
