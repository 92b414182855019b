#include "fetch/reach.hpp"

#include <algorithm>

namespace sallyport::fetch {
namespace {

Reach reach_of_v4(unsigned a, unsigned b, unsigned c) {
  if (a == 127) return Reach::this_machine;
  if (a == 10 || (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168) || (a == 100 && b >= 64 && b < 128)) {
    return Reach::private_net;
  }
  const bool documentation = (a == 192 && b == 0 && (c == 0 || c == 2)) || (a == 198 && b == 51 && c == 100) ||
                             (a == 203 && b == 0 && c == 113) || (a == 198 && (b == 18 || b == 19));
  if (a == 0 || a >= 224 || (a == 169 && b == 254) || documentation) return Reach::nowhere;
  return Reach::open_net;
}

}  // namespace

Reach reach_of(const Address& address) {
  const auto& b = address.bytes;
  if (address.is_v4()) return reach_of_v4(b[12], b[13], b[14]);
  const bool zeros = std::all_of(b.begin(), b.begin() + 15, [](std::uint8_t byte) { return byte == 0; });
  if (zeros) return b[15] == 1 ? Reach::this_machine : Reach::nowhere;
  if (b[0] == 0x00 && b[1] == 0x64 && b[2] == 0xff && b[3] == 0x9b) return reach_of_v4(b[12], b[13], b[14]);
  if (b[0] == 0x20 && b[1] == 0x02) return reach_of_v4(b[2], b[3], b[4]);
  if ((b[0] & 0xfe) == 0xfc) return Reach::private_net;
  // 2000::/3 is all that is given out (RFC 4291 §2.4, IANA), without 2001:db8::/32 and Teredo.
  const bool given_out = (b[0] & 0xe0) == 0x20;
  const bool special = b[0] == 0x20 && b[1] == 0x01 && ((b[2] == 0x0d && b[3] == 0xb8) || (b[2] == 0 && b[3] == 0));
  return given_out && !special ? Reach::open_net : Reach::nowhere;
}

}  // namespace sallyport::fetch
