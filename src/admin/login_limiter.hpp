// LoginLimiter: after free_login_failures wrong passwords, a peer waits 2 s, 4 s, 8 s … up to
// max_login_delay between tries. All loopback addresses are one peer (a local user has 16 million
// of them), and so is an IPv6 /64. Bounded: the peer that failed longest ago makes room.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include <sallyport/message.hpp>

#include "admin/sessions.hpp"

namespace sallyport::admin {

[[nodiscard]] bool is_loopback(const Address& address);

class LoginLimiter {
 public:
  explicit LoginLimiter(std::size_t max_peers = max_login_peers) : max_(max_peers) {}

  // How long to wait before a try is looked at; zero: try now.
  [[nodiscard]] std::chrono::seconds wait(const Address& peer, Instant now) const;
  void failed(const Address& peer, Instant now);
  void succeeded(const Address& peer);
  [[nodiscard]] std::size_t size() const { return peers_.size(); }

 private:
  struct Peer {
    Address address;
    unsigned failures = 0;
    Instant last, open;  // tries are looked at from `open` on
  };
  [[nodiscard]] static Address group(const Address& peer);
  std::size_t max_;
  std::vector<Peer> peers_;
};

}  // namespace sallyport::admin
