#include "base/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>

#include <fmt/format.h>

namespace sallyport {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_mapped(const Address& address) {
  return std::ranges::equal(std::span(address.bytes).first<12>(), mapped_prefix);
}

// The longest run of two or more zero groups, the first of equals (RFC 5952 §4.2).
struct Run {
  std::size_t first = 8;
  std::size_t count = 0;
};

Run longest_zero_run(const std::array<unsigned, 8>& groups) {
  Run best;
  for (std::size_t i = 0; i < groups.size();) {
    std::size_t end = i;
    while (end < groups.size() && groups[end] == 0) ++end;
    if (end - i >= 2 && end - i > best.count) best = {i, end - i};
    i = std::max(end, i + 1);
  }
  return best;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) noexcept {
  std::array<char, INET6_ADDRSTRLEN> copy{};
  // A NUL inside would end the text early for inet_pton.
  if (text.empty() || text.size() >= copy.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::ranges::copy(text, copy.begin());
  Address out;
  if (text.find(':') != std::string_view::npos) {
    if (::inet_pton(AF_INET6, copy.data(), out.bytes.data()) != 1) return std::nullopt;
    return out;
  }
  std::ranges::copy(mapped_prefix, out.bytes.begin());
  if (::inet_pton(AF_INET, copy.data(), out.bytes.data() + mapped_prefix.size()) != 1) return std::nullopt;
  return out;
}

std::string format_address(const Address& address) {
  const auto& b = address.bytes;
  if (is_mapped(address)) return fmt::format("{}.{}.{}.{}", b[12], b[13], b[14], b[15]);
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < groups.size(); ++i) groups[i] = (unsigned{b[2 * i]} << 8u) | b[2 * i + 1];
  const Run run = longest_zero_run(groups);
  std::string out;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i == run.first) {
      out += "::";
      i += run.count - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    fmt::format_to(std::back_inserter(out), "{:x}", groups[i]);
  }
  return out;
}

}  // namespace sallyport
