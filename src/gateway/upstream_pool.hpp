// Connections to upstreams, kept alive, of one core. Last used, first taken.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/snapshot.hpp"
#include "gateway/stream.hpp"

namespace sallyport::gateway {

struct UpstreamConnection {
  UpstreamConnection(Reactor& reactor, int fd, Wheel& wheel, BufferPool& buffers)
      : stream(reactor, fd, wheel, buffers) {}
  Stream stream;
  bool reused = false;  // it has carried an answer before
};

class UpstreamPool {
 public:
  static constexpr std::size_t idle_per_target = 256;
  static constexpr std::chrono::seconds idle_time{60};

  UpstreamPool(Reactor& reactor, Wheel& wheel, BufferPool& buffers)
      : reactor_(reactor), wheel_(wheel), buffers_(buffers) {}

  // An idle connection that is still silent, or null. A connection on which anything arrived
  // unasked is closed: its bytes could be taken for the next answer.
  [[nodiscard]] std::unique_ptr<UpstreamConnection> take(const Target& target);
  // A new connection; null with the status why not.
  [[nodiscard]] Task<std::unique_ptr<UpstreamConnection>> connect(const Target& target,
                                                                  std::chrono::milliseconds timeout, IoStatus& status);
  // Keeps it for the next call.
  void give(const Target& target, std::unique_ptr<UpstreamConnection> connection);
  void clear() { idle_.clear(); }
  [[nodiscard]] std::size_t idle() const;

 private:
  Reactor& reactor_;
  Wheel& wheel_;
  BufferPool& buffers_;
  std::unordered_map<std::string, std::vector<std::unique_ptr<UpstreamConnection>>> idle_;
};

}  // namespace sallyport::gateway
