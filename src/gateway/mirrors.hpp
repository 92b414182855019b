// Mirrors: copies of calls on their way to a shadow, of one core. No call waits for one; beyond what may be under
// way at a time, calls are not copied, and that is counted.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "gateway/snapshot.hpp"
#include "gateway/upstream_exchange.hpp"

namespace sallyport::gateway {

class Worker;

class Mirrors {
 public:
  static constexpr std::size_t most = 64;                    // under way
  static constexpr std::uint64_t longest_answer = 1u << 20;  // of a longer one the connection is closed
  static constexpr std::chrono::milliseconds connect_time{1'000};
  static constexpr std::chrono::milliseconds answer_time{5'000};  // between two signs of life

  explicit Mirrors(Worker& worker);
  ~Mirrors();
  Mirrors(const Mirrors&) = delete;
  Mirrors& operator=(const Mirrors&) = delete;

  // Copies head and body, and sends them off. Never waits.
  void send(std::shared_ptr<const Mirror> mirror, const UpstreamHead& head, std::string_view body);
  // Ends all.
  void close();

 private:
  class Copy;
  Worker& worker_;
  std::vector<Copy*> under_way_;
};

}  // namespace sallyport::gateway
