// Redis: the counters that nodes share, as one core asks for them: Redis 6.2 and later, alone,
// behind Sentinel or as a cluster. Questions of all calls of a turn go out in one write (pipeline).
//
// An answer comes within `budget` or not at all. One that does not come in time opens the breaker
// of that server: its connection is closed, and until a new one has answered a heartbeat, at most
// `longest_pause` later, questions are answered "unknown" at once. What unknown means is the
// limit's own `on_store_error`.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gateway/snapshot.hpp"
#include "gateway/task.hpp"
#include "shared/ask.hpp"
#include "shared/resp.hpp"

#include <sallyport/verdict.hpp>

namespace sallyport::gateway {

class RedisLink;
struct RedisSettings;
class Worker;

class Redis : public std::enable_shared_from_this<Redis> {
 public:
  static constexpr std::size_t max_servers = 64;  // of a cluster
  static constexpr std::size_t slot_count = 16384;

  Redis(Worker& worker, std::shared_ptr<const RedisSettings> settings);
  ~Redis();
  Redis(const Redis&) = delete;
  Redis& operator=(const Redis&) = delete;

  // Begins to connect.
  void open();
  // Every wait ends at once; nobody is answered any more.
  void close();
  // As many grants as asks, in the arena of the call.
  [[nodiscard]] Task<std::span<const shared::Grant>> ask(std::span<const shared::Ask> asks, Arena& arena);
  [[nodiscard]] const RedisSettings& settings() const { return *settings_; }

  // --- for links ---
  // Asks what was revoked elsewhere, when it is time to.
  void poll_revocations();
  // A reply to CLUSTER SLOTS.
  void slots_told(const shared::Reply& reply);
  // A server said that a slot is elsewhere: the map is asked for anew.
  void slots_moved();
  [[nodiscard]] bool wants_slots() const;
  [[nodiscard]] const std::string& node_id() const { return node_id_; }

 private:
  [[nodiscard]] RedisLink* link_of(std::string_view name) const;
  RedisLink* link_at(const Target& target);
  Task<> beat(std::shared_ptr<Redis> self);
  Task<> poll(std::shared_ptr<Redis> self);

  Worker& worker_;
  std::shared_ptr<const RedisSettings> settings_;
  std::string node_id_;
  std::map<std::string, std::shared_ptr<RedisLink>> links_;  // by address
  std::vector<RedisLink*> slots_;                            // of a cluster, by slot
  bool slots_known_ = false;
  bool closed_ = false;
};

// The slot of a key in a cluster: CRC-16/XMODEM of it, or of what is within its first braces
// (redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec).
[[nodiscard]] std::uint16_t redis_slot(std::string_view key);

}  // namespace sallyport::gateway
