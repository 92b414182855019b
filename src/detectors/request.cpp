#include "detectors/request.hpp"

#include <array>
#include <optional>

#include "base/address.hpp"
#include "detectors/search.hpp"

namespace sallyport::detectors {
namespace {

// Followed by servers only.
constexpr std::array<std::string_view, 13> schemes = {"gopher",     "dict",        "file", "tftp", "ldap",
                                                      "ldaps",      "netdoc",      "jar",  "sftp", "smb",
                                                      "local_file", "view-source", "ldapi"};
// Hosts of metadata services and names that mean this host.
constexpr auto metadata =
    words("metadata.google.internal", "metadata.goog", "metadata", "instance-data", "instance-data.ec2.internal",
          "metadata.azure.com", "metadata.packet.net", "metadata.platformequinix.com", "rancher-metadata",
          "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
          "metadata.tencentyun.com", "metadata.internal", "host.docker.internal", "gateway.docker.internal");
constexpr auto locals = words("localhost", "localhost.localdomain", "localhost6", "localhost6.localdomain6",
                              "ip6-localhost", "ip6-loopback", "loopback");
// Names that resolve to what is written in them, or to this host.
constexpr std::array<std::string_view, 11> wildcard = {".nip.io",   ".xip.io",     ".sslip.io",      ".localtest.me",
                                                       ".lvh.me",   ".vcap.me",    ".lacolhost.com", ".1u.ms",
                                                       ".rbndr.us", ".localho.st", ".traefik.me"};

struct Number {
  std::uint64_t value = 0;
  bool plain = true;  // decimal without leading zeros
};

// One part of inet_aton(3): decimal, 0x hexadecimal, 0 octal.
std::optional<Number> part(std::string_view text) {
  if (text.empty() || text.size() > 40) return std::nullopt;
  Number n;
  unsigned radix = 10;
  if (text.size() > 1 && text[0] == '0') {
    n.plain = false;
    radix = lower(text[1]) == 'x' ? 16 : 8;
    text.remove_prefix(radix == 16 ? 2 : 1);
    if (text.empty()) return std::nullopt;
  }
  for (const char c : text) {
    if (!is_hex(c) || hex_digit(c) >= radix) return std::nullopt;
    n.value = n.value * radix + hex_digit(c);
    if (n.value > 0xFFFFFFFFFFu) n.value &= 0xFFFFFFFFu;  // some readers wrap
  }
  return n;
}

struct Host {
  bool found = false;
  bool plain = true;  // four decimal parts, as everybody writes them
  std::array<std::uint8_t, 4> v4{};
};

Host inet_aton(std::string_view host) {
  Host out;
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  std::array<Number, 4> parts;
  std::size_t count = 0;
  while (true) {
    if (count == 4) return out;
    const auto dot = host.find('.');
    const auto number = part(host.substr(0, dot));
    if (!number) return out;
    parts[count++] = *number;
    if (dot == std::string_view::npos) break;
    host.remove_prefix(dot + 1);
  }
  std::uint64_t value = 0;
  out.plain = count == 4;
  for (std::size_t i = 0; i < count; ++i) {
    out.plain = out.plain && parts[i].plain && parts[i].value < 256;
    if (i + 1 < count)
      value = value << 8 | (parts[i].value & 0xFF);
    else
      value = value << (8 * (5 - count)) | (parts[i].value & ((std::uint64_t{1} << (8 * (5 - count))) - 1));
  }
  for (std::size_t i = 0; i < 4; ++i) out.v4[i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
  out.found = true;
  return out;
}

// 0 nobody's, 1 private, 2 this host, 3 link-local with the metadata services
int nearness(const std::array<std::uint8_t, 4>& a) {
  if (a[0] == 169 && a[1] == 254) return 3;
  if (a[0] == 100 && a[1] == 100 && a[2] == 100 && a[3] == 200) return 3;
  if (a[0] == 192 && a[1] == 0 && a[2] == 0 && a[3] == 192) return 3;
  if (a[0] == 127 || a[0] == 0) return 2;
  if (a[0] == 10 || (a[0] == 192 && a[1] == 168) || (a[0] == 172 && (a[1] & 0xF0) == 16) ||
      (a[0] == 100 && (a[1] & 0xC0) == 64))
    return 1;
  return 0;
}

void judge_v4(Search& s, const Host& host, std::size_t begin, std::size_t end) {
  const int near = nearness(host.v4);
  if (!host.plain && near > 0) return s.add(8, 4, "request_disguised_address", begin, end);
  if (!host.plain) return s.add(4, 2, "request_disguised_address", begin, end);
  if (near == 3) return s.add(8, 4, "request_metadata", begin, end);
  // Developers send their own machine's address: for redirects and call-backs it is common.
  if (near == 2) s.add(4, 2, "request_loopback", begin, end);
  if (near == 1) s.add(3, 1, "request_private", begin, end);
}

void judge_v6(Search& s, std::string_view text, std::size_t begin, std::size_t end) {
  const auto zone = text.find('%');
  const auto address = parse_address(text.substr(0, zone));
  if (!address) return;
  const auto& b = address->bytes;
  const bool zero12 = std::all_of(b.begin(), b.begin() + 10, [](auto x) { return x == 0; });
  const bool loopback = zero12 && b[10] == 0 && b[11] == 0 && b[12] == 0 && b[13] == 0 && b[14] == 0 && b[15] <= 1;
  if (loopback) return s.add(5, 3, "request_loopback", begin, end);
  const bool nat64 = b[0] == 0 && b[1] == 0x64 && b[2] == 0xff && b[3] == 0x9b;
  const bool six_to_four = b[0] == 0x20 && b[1] == 0x02;
  const bool mapped = zero12 && b[10] == 0xFF && b[11] == 0xFF;
  Host host{true, false, {b[12], b[13], b[14], b[15]}};
  if (six_to_four) host.v4 = {b[2], b[3], b[4], b[5]};
  if ((mapped || zero12 || nat64 || six_to_four) && nearness(host.v4) > 0) return judge_v4(s, host, begin, end);
  if (b[0] == 0xfd && b[1] == 0x00 && b[2] == 0x0e && b[3] == 0xc2) return s.add(8, 4, "request_metadata", begin, end);
  if ((b[0] & 0xFE) == 0xFC || (b[0] == 0xFE && (b[1] & 0xC0) == 0x80)) s.add(4, 1, "request_private", begin, end);
}

// Judges what stands between "//" and the path.
void authority(Search& s, std::size_t scheme, std::size_t begin) {
  std::size_t end = begin;
  while (end < s.text.size() && end - begin < 512 && s.text[end] != '/' && s.text[end] != '?' && s.text[end] != '#' &&
         s.text[end] != '\\' && !is_space(s.text[end]) && !is_quote(s.text[end]) && s.text[end] != '<' &&
         s.text[end] != '>') {
    ++end;
  }
  auto host = s.text.substr(begin, end - begin);
  const auto user = host.rfind('@');
  const bool dressed = user != Search::npos;
  if (dressed) host.remove_prefix(user + 1);
  if (!host.empty() && host[0] == '[') {
    const auto close = host.find(']');
    if (close != Search::npos) judge_v6(s, host.substr(1, close - 1), scheme, end);
    return;
  }
  if (const auto colon = host.rfind(':'); colon != Search::npos) host = host.substr(0, colon);
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  if (host.empty()) return;
  if (metadata.has(host)) return s.add(8, 4, "request_metadata", scheme, end);
  if (locals.has(host) || (host.size() > 10 && same(host.substr(host.size() - 10), ".localhost"))) {
    return s.add(dressed ? 6 : 4, 2, "request_loopback", scheme, end);
  }
  for (const auto name : wildcard) {
    if (host.size() >= name.size() - 1 &&
        (same(host, name.substr(1)) ||
         (host.size() > name.size() && same(host.substr(host.size() - name.size()), name)))) {
      return s.add(6, 3, "request_disguised_address", scheme, end);
    }
  }
  // Circled and full-width letters that a resolver folds to ASCII.
  if (s.subject.has(mark::high)) {
    for (std::size_t i = 0; i + 1 < host.size(); ++i) {
      const auto a = static_cast<unsigned char>(host[i]);
      const auto b = static_cast<unsigned char>(host[i + 1]);
      if ((a == 0xE2 && (b == 0x91 || b == 0x92 || b == 0x93)) || (a == 0xEF && (b == 0xBC || b == 0xBD)) ||
          (a == 0xE3 && b == 0x80)) {
        return s.add(7, 3, "request_disguised_address", scheme, end);
      }
    }
  }
  if (const Host found = inet_aton(host); found.found) {
    Host seen = found;
    if (dressed) seen.plain = false;
    judge_v4(s, seen, scheme, end);
  }
}

}  // namespace

void find_server_request(const Subject& subject, Findings& findings) noexcept {
  if (!subject.has(mark::slash | mark::backslash | mark::colon)) return;
  Search s(Attack::server_request, subject, findings);
  const auto text = s.text;
  int tried = 0;
  for (std::size_t i = text.find(':'); i != Search::npos && tried < 32; i = text.find(':', i + 1)) {
    std::size_t begin = i;
    while (begin > 0 && i - begin < 16 &&
           (is_word(text[begin - 1]) || text[begin - 1] == '-' || text[begin - 1] == '+' || text[begin - 1] == '.'))
      --begin;
    const auto scheme = text.substr(begin, i - begin);
    if (scheme.size() < 2) continue;
    ++tried;
    const bool starts = begin == 0 || is_space(text[begin - 1]) || is_quote(text[begin - 1]) ||
                        text[begin - 1] == '=' || text[begin - 1] == '(' || text[begin - 1] == ':';
    std::size_t slashes = i + 1;
    while (slashes - i <= 3 && (at(text, slashes) == '/' || at(text, slashes) == '\\')) ++slashes;
    if (starts) {
      for (const auto name : schemes) {
        if (!same(scheme, name) || slashes == i + 1) continue;
        const bool address =
            same(scheme, "sftp") || same(scheme, "smb") || same(scheme, "ldap") || same(scheme, "ldaps");
        s.add(address ? 4 : begin == 0 ? 7 : 5, 3, "request_scheme", begin, begin + 40);
      }
    }
    if (slashes > i + 1 && is_letter(at(scheme, 0))) authority(s, begin, slashes);
  }
  if (text.starts_with("//") || text.starts_with("\\\\")) authority(s, 0, 2);
}

}  // namespace sallyport::detectors
