// Connections of HTTP/2 to upstreams, of one core: each carries many calls at a time.
#pragma once

#include <chrono>
#include <string>
#include <unordered_map>

#include "gateway/http2_origin.hpp"

namespace sallyport::gateway {

class Http2Pool {
 public:
  static constexpr std::size_t connections_per_target = 64;

  explicit Http2Pool(Worker& worker) : worker_(worker) {}

  // A connection that takes one more call, at once: one that is open, or else a new one, for which
  // others may be waiting too. Null with the status why not.
  [[nodiscard]] Task<Http2Origin*> get(const Target& target, std::chrono::milliseconds timeout, IoStatus& status);
  // Ends all.
  void clear();
  [[nodiscard]] std::size_t open() const;

 private:
  class Wait;

  Worker& worker_;
  std::unordered_map<std::string, Http2Site> sites_;
};

}  // namespace sallyport::gateway
