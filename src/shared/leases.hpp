// Leases: how a node decides by counters that it shares with others without asking for each call.
//
// Units are taken from the shared counter in small lots (Ask::fraction of what is left, so that
// lots shrink as a limit is used up) and spent here; a refusal is remembered until it ends. Both
// are kept in the node's MemoryStore, in its bytes. Spending what was taken never admits more than
// the shared counter allowed; a lot that is not spent within `life` is lost, so that what was
// charged long ago is not spent late.
//
// Limits of concurrency are of each node: a place that a dead node held could not be given back.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "shared/ask.hpp"
#include "shared/memory_store.hpp"

namespace sallyport::shared {

enum class OnStoreError : std::uint8_t {
  local,  // this node's share of the limit, counted here
  deny,
  allow,
};

class Leases {
 public:
  static constexpr std::int64_t life_us = 1'000'000;
  static constexpr std::uint32_t lots = 50;  // of what is left, divided by the number of nodes, in one lot

  explicit Leases(MemoryStore& store) : store_(store) {}

  enum class Step : std::uint8_t { admitted, refused, ask };
  // What a call holds between its questions and the answers. At most MemoryStore::max_questions.
  struct Held {
    std::uint8_t taken = 0;                               // bits: questions whose units are this call's already
    std::uint8_t count = 0;                               // of asks
    std::uint8_t which[MemoryStore::max_questions] = {};  // question of each ask
  };

  // Decides from what is here. `ask`: `held` and `asks` (room for as many as questions) say what to
  // ask; then settle(). With admitted and refused, outcomes are as MemoryStore::decide() gives them.
  [[nodiscard]] Step decide(std::span<const Question> questions, std::span<Outcome> outcomes, std::span<Ask> asks,
                            Held& held, std::int64_t now_us);
  // With what was granted for each ask. False: some were not answered, what was taken is given
  // back, and nothing is decided.
  [[nodiscard]] bool settle(std::span<const Question> questions, std::span<Outcome> outcomes,
                            std::span<const Grant> grants, Held& held, std::int64_t now_us, bool& admitted);
  // Decides by this node's share of each limit.
  bool decide_alone(std::span<const Question> questions, std::span<Outcome> outcomes, std::int64_t now_us);

  // How many nodes share the counters, as the driver learns it.
  void set_nodes(std::uint32_t nodes) { nodes_.store(nodes == 0 ? 1 : nodes, std::memory_order_relaxed); }
  [[nodiscard]] std::uint32_t nodes() const { return nodes_.load(std::memory_order_relaxed); }

 private:
  enum class Found : std::uint8_t { units, refusal, nothing };
  Found take(const Question& question, Outcome& outcome, std::int64_t now_us, bool& alone_in_asking);
  void put(const Question& question, std::uint32_t units, std::int64_t now_us);
  void learn(const Question& question, const Grant& grant, std::int64_t now_us);
  void give_back(std::span<const Question> questions, Held& held, std::int64_t now_us);
  bool places(std::span<const Question> questions, std::span<Outcome> outcomes, std::int64_t now_us);

  MemoryStore& store_;
  std::atomic<std::uint32_t> nodes_{1};
};

}  // namespace sallyport::shared
