// Revocations: tokens, users, sessions and API keys that count no more although they are good by themselves. One list
// a program; nodes that share a store (Redis) tell each other through it. No I/O: the driver carries polls and replies.
//
// Reading is for the path of calls: with an empty list one atomic load. A change copies the list.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "shared/resp.hpp"

#include <sallyport/result.hpp>

namespace sallyport::shared {

struct Revocation {
  enum class Kind : std::uint8_t {
    token,    // one token, by its `jti`
    subject,  // all tokens of a user that were issued until then
    session,  // all tokens with that `sid`
    key,      // an API key, by its id
  } kind = Kind::token;
  std::string value;
  std::int64_t at_s = 0;     // when it was revoked, seconds since 1970
  std::int64_t until_s = 0;  // when it is forgotten: nothing that it is about lives longer
  friend bool operator==(const Revocation&, const Revocation&) = default;
};
// "jti", "subject", "session", "key".
[[nodiscard]] std::string_view word(Revocation::Kind kind);
[[nodiscard]] std::optional<Revocation::Kind> revocation_kind_named(std::string_view word);

class Revocations {
 public:
  static constexpr std::size_t max_entries = 100'000;
  static constexpr std::size_t max_value = 256;            // bytes
  static constexpr std::int64_t longest_s = 366 * 86'400;  // and what holds when nobody says how long tokens live
  static constexpr std::size_t max_news = 64;              // in one poll

  Revocations();
  // Made by engine::Services, which are of another room.
  explicit Revocations(const auto& /*services*/) : Revocations() {}

  [[nodiscard]] bool any() const { return count_.load(std::memory_order_relaxed) != 0; }
  // `issued_s`: of the token. A user's newer tokens are good; one that does not say when it was issued is not.
  [[nodiscard]] bool holds(Revocation::Kind kind, std::string_view value, std::optional<std::int64_t> issued_s,
                           std::int64_t now_s) const;

  // Adds, or makes longer, and remembers that other nodes must hear of it. Errors: `invalid` for a value that is empty
  // or too long, `limit` when there are too many.
  [[nodiscard]] Result<void> revoke(const Revocation& one, std::int64_t now_s);
  // The same for what was revoked elsewhere or before; with `tell` other nodes hear of it, if they have not yet. What
  // does not fit is left out and counted.
  std::size_t learn(const std::vector<Revocation>& all, std::int64_t now_s, bool tell = false);
  // What holds, oldest first.
  [[nodiscard]] std::vector<Revocation> all(std::int64_t now_s) const;
  // Counts changes of the list.
  [[nodiscard]] std::uint64_t changes() const { return changes_.load(std::memory_order_acquire); }

  // How long tokens of some issuer may live; 0: nobody says. default_life() is the longest of all.
  void tokens_live(std::int64_t seconds);
  [[nodiscard]] std::int64_t default_life() const { return life_s_.load(std::memory_order_relaxed); }

  // --- with other nodes ---
  enum class Sharing : std::uint8_t { alone, together, away };
  [[nodiscard]] Sharing sharing() const { return sharing_.load(std::memory_order_relaxed); }
  // Of this node's, what the store has not taken yet.
  [[nodiscard]] std::size_t untold() const;

  struct Poll {
    std::int64_t known = 0;  // the store's version that this node has seen
    std::vector<Revocation> news;
  };
  // What to ask now; nothing when an answer is under way or has just come.
  [[nodiscard]] std::optional<Poll> begin_poll(std::int64_t now_us);
  // The answer to it; false when it is none. `again`: there is more.
  [[nodiscard]] bool told(const Reply& reply, std::int64_t now_s, bool& again);
  void unanswered();

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const;
  };
  // By kind and value together.
  using Table = std::unordered_map<std::string, Revocation, Hash, std::equal_to<>>;
  static std::string name_of(Revocation::Kind kind, std::string_view value);
  [[nodiscard]] static bool merge(Table& table, const Revocation& one);
  void publish(Table table);

  std::atomic<std::size_t> count_{0};
  std::atomic<std::uint64_t> changes_{0};
  std::atomic<std::int64_t> life_s_{0};
  std::atomic<Sharing> sharing_{Sharing::alone};
  std::atomic<std::shared_ptr<const Table>> table_;
  mutable std::mutex mutex_;  // of writers and polls
  std::vector<Revocation> untold_;
  std::int64_t known_ = 0;
  std::size_t sent_ = 0;  // of untold_, in the poll that is under way
  std::int64_t polled_us_ = 0;
  bool polling_ = false;
};

}  // namespace sallyport::shared
