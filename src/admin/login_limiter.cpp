#include "admin/login_limiter.hpp"

#include <algorithm>

namespace sallyport::admin {
namespace {

constexpr Address v6_loopback{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};

}  // namespace

bool is_loopback(const Address& address) { return address.is_v4() ? address.bytes[12] == 127 : address == v6_loopback; }

Address LoginLimiter::group(const Address& peer) {
  if (is_loopback(peer)) return v6_loopback;
  Address out = peer;
  if (!peer.is_v4()) std::fill(out.bytes.begin() + 8, out.bytes.end(), std::uint8_t{0});
  return out;
}

std::chrono::seconds LoginLimiter::wait(const Address& peer, Instant now) const {
  const auto at = std::ranges::find(peers_, group(peer), &Peer::address);
  if (at == peers_.end() || at->open <= now) return std::chrono::seconds(0);
  return std::chrono::ceil<std::chrono::seconds>(at->open - now);
}

void LoginLimiter::failed(const Address& peer, Instant now) {
  const Address address = group(peer);
  std::erase_if(peers_, [&](const Peer& p) { return now - p.last >= login_memory; });
  auto at = std::ranges::find(peers_, address, &Peer::address);
  if (at == peers_.end()) {
    if (peers_.size() >= max_) peers_.erase(std::ranges::min_element(peers_, {}, &Peer::last));
    peers_.push_back({address, 0, now, now});
    at = peers_.end() - 1;
  }
  ++at->failures;
  at->last = now;
  if (at->failures < free_login_failures) return;
  const unsigned power = std::min(at->failures - free_login_failures + 1, 16u);
  at->open = now + std::min(std::chrono::seconds(1 << power), max_login_delay);
}

void LoginLimiter::succeeded(const Address& peer) {
  std::erase_if(peers_, [address = group(peer)](const Peer& p) { return p.address == address; });
}

}  // namespace sallyport::admin
