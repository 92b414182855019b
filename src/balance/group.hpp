// Group: the targets of one upstream, and which of them takes a call. Immutable but for the state of its targets,
// which is shared; any thread. Does no I/O, reads no clock and draws no random numbers: what it needs is in the Ask.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "balance/maglev.hpp"
#include "balance/retry_budget.hpp"
#include "balance/target_state.hpp"

namespace sallyport::balance {

enum class Method : std::uint8_t { round_robin, least_requests, hash };

struct GroupRules {
  Method method = Method::least_requests;
  BreakerRules breaker;
  std::uint32_t open_share = 50;   // percent of the targets that may be open at a time
  std::uint32_t calls = 0;         // at a time to one target; 0: any number
  std::uint32_t retry_share = 20;  // percent of the calls that may be sent a second time
  std::chrono::milliseconds slow_start{0};
};

struct Member {
  std::shared_ptr<TargetState> state;
  std::string name;          // for the hash; the same on every node
  std::uint32_t weight = 1;  // 1…1000
  bool near = false;         // in the gateway's own zone
};

class Group;

// A call's place at a target. Gives it back when destroyed; what the call did not say is not learnt.
class Lease {
 public:
  Lease() = default;
  Lease(Lease&& from) noexcept
      : group_(std::exchange(from.group_, nullptr)),
        state_(from.state_),
        trial_(std::exchange(from.trial_, false)),
        failed_(from.failed_) {}
  Lease& operator=(Lease&& from) noexcept;
  ~Lease() { release(); }

  explicit operator bool() const { return group_ != nullptr; }
  [[nodiscard]] const Group* group() const { return group_; }
  // Does this call decide whether others may come?
  [[nodiscard]] bool is_trial() const { return trial_; }
  // The head of a good answer came: enough for a trial.
  void answers(Instant now);
  // All of it came.
  void succeeded();
  // The target could not be reached, did not answer in time, or not by the rules; counts once.
  void failed(Instant now);
  void release();

 private:
  friend class Group;
  Lease(const Group& group, TargetState& state, bool trial) : group_(&group), state_(&state), trial_(trial) {}
  const Group* group_ = nullptr;
  TargetState* state_ = nullptr;
  bool trial_ = false;
  bool failed_ = false;
};

class Group {
 public:
  static constexpr std::size_t most_members = 256;
  static constexpr std::uint32_t most_weight = 1000;
  // Near targets are kept to while at least this share of them, in percent, takes calls.
  static constexpr std::size_t near_share = 50;
  // With a hash, a target that has this many percent of its fair share of calls under way takes no more.
  static constexpr std::uint64_t bounded_load = 125;

  // At least one member and at most `most_members`. `budget` outlives reloads.
  Group(const GroupRules& rules, std::vector<Member> members, std::shared_ptr<RetryBudget> budget);

  struct Ask {
    Instant now{};
    std::uint64_t random = 0;
    std::uint32_t turn = 0;                     // goes up by one each call
    std::uint64_t hash = 0;                     // of what a client is told by; for Method::hash
    std::span<const std::uint16_t> tried = {};  // these have been asked already
  };
  struct Pick {
    std::uint16_t index = 0;
    Lease lease;
  };
  // Nothing: none of them takes a call now. Typically O(1), at worst O(members).
  [[nodiscard]] std::optional<Pick> pick(const Ask& ask) const;

  [[nodiscard]] RetryBudget& budget() const { return *budget_; }
  [[nodiscard]] const GroupRules& rules() const { return rules_; }
  [[nodiscard]] std::span<const Member> members() const { return members_; }
  // Why none takes a call: all are at their limit of calls, or none can be used.
  [[nodiscard]] bool is_busy(Instant now) const;
  // Until the first of those that failed is tried again, at least a second and at most a minute.
  [[nodiscard]] std::chrono::seconds back_in(Instant now) const;

 private:
  friend class Lease;
  struct Set {
    std::vector<std::uint16_t> members;
    std::vector<std::uint16_t> slots;  // each as often as its weight says, well mixed
    Maglev maglev;                     // of positions in `members`
    std::uint64_t weight = 0;
  };
  class Search;
  [[nodiscard]] Set make_set(bool near_only) const;
  [[nodiscard]] bool keeps_near(Instant now) const;
  [[nodiscard]] bool usable(const TargetState& state, Instant now) const;
  [[nodiscard]] std::optional<Lease> enter(std::uint16_t index, Instant now) const;
  void count_failure(TargetState& state, bool trial, Instant now) const;

  GroupRules rules_;
  std::vector<Member> members_;
  std::shared_ptr<RetryBudget> budget_;
  Set all_;
  Set near_;  // empty: no zones, or none is near
  mutable std::mutex opening_;
};

}  // namespace sallyport::balance
