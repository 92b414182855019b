// Counters: what failed log-ins add up to, and whether one more may be tried. Sans I/O: it says what to ask of the
// counters (this node's, or those that nodes share) and reads what they said.
//
// A try is charged before it goes to the API and given back when it succeeds, so that a thousand tries at once are a
// thousand tries. All keys are keyed hashes; of an account or a password nothing else is ever kept.
//
//   peek    is this source known to the account? did it fail there lately?
//   charge  a source that got in from the same address or device lately has counters of its own with that account:
//           nobody else can use them up, so no stranger can lock anybody out. Everybody else shares the account's.
//           Unless address and device are both known, the address, its network and the device are charged as well,
//           and what is the first failure of theirs on an account counts towards stuffing and spraying.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controls/protect_logins/config.hpp"
#include "controls/protect_logins/credentials.hpp"
#include "shared/ask.hpp"
#include "shared/memory_store.hpp"

#include <sallyport/message.hpp>

namespace sallyport::controls::protect_logins {

enum class Counter : std::uint8_t {
  account,
  known_source,
  address,
  network,
  device,
  stuffing_address,  // accounts on which an address fails
  stuffing_network,
  spraying,      // accounts on which a password fails
  seen_address,  // this address failed on this account
  seen_network,
  seen_password,  // this password failed on this account
  known_address,  // somebody got in from this address
  known_device,
  known_both,
};
[[nodiscard]] std::string_view rule_of(Counter counter);

// One try, as it is kept within its call.
struct Attempt {
  static constexpr std::size_t max_accounts = Credentials::max_accounts;
  static constexpr std::size_t max_charges = 32;
  struct Charge {
    std::uint64_t key = 0;
    std::uint16_t rule = 0;
    std::uint16_t cost = 1;
    bool taken = false;
  };
  std::uint64_t account[max_accounts] = {};
  std::uint8_t accounts = 0;
  bool has_password = false;
  bool every = false;  // no success gives anything back
  bool alone = false;  // counted on this node, since the store was away
  std::uint64_t password = 0;
  std::uint64_t address = 0;
  std::uint64_t network = 0;
  std::uint64_t device = 0;
  std::uint8_t count = 0;
  std::array<Charge, max_charges> charges{};
};

class Counters {
 public:
  // Accounts are known this long after a success: at least half of it, at most all.
  static constexpr std::int64_t known_us = std::int64_t{7} * 86'400 * 1'000'000;
  static constexpr std::size_t max_asks = Attempt::max_charges + 16;
  static constexpr std::uint32_t device_credit = 2;  // failures that one success of a device makes up for

  struct Asks {
    std::array<shared::Ask, max_asks> items;
    std::size_t count = 0;
    [[nodiscard]] std::span<const shared::Ask> all() const { return {items.data(), count}; }
  };
  struct Refusal {
    Counter counter = Counter::account;
    std::string_view limit;  // "10/15m"
    std::int64_t wait_us = 0;
  };

  // `scope` tells counters of different APIs apart. `password_key` is this process's own secret.
  Counters(const Config& config, std::string_view scope, shared::MemoryStore& store, const SipKey& password_key);

  // Fills in who tries what. `apart`: counters of an operation that shares none with the others, or empty.
  void identify(Attempt& attempt, const Credentials& credentials, const Connection& connection, const Fields& fields,
                std::string_view apart) const;

  void peek(const Attempt& attempt, Asks& out) const;
  // As many grants as peek() asked for; fills the charges.
  void plan(Attempt& attempt, std::span<const shared::Grant> peeked, std::int64_t now_us) const;
  // Charges that are on this node alone are made at once; the refusal, if one of them refuses.
  [[nodiscard]] std::optional<Refusal> charge_here(Attempt& attempt, std::int64_t now_us) const;
  void charge(const Attempt& attempt, Asks& out) const;
  // The longest refusal; what was granted is noted.
  [[nodiscard]] std::optional<Refusal> read(Attempt& attempt, std::span<const shared::Grant> grants) const;
  // Gives back what was taken. With `success` the source is known from now on.
  void settle(Attempt& attempt, bool success, Asks& out, std::int64_t now_us) const;

  // Answers asks from this node's counters, with 1/`share` of each limit.
  void answer(std::span<const shared::Ask> asks, std::span<shared::Grant> grants, std::uint32_t share,
              std::int64_t now_us) const;

 private:
  struct Rule {
    Counter counter;
    std::string text;
    shared::Limit limit;
    std::uint64_t salt = 0;
  };
  // What is said of passwords stays in this process: no key that other nodes have may test guesses.
  [[nodiscard]] static bool is_here(Counter counter) {
    return counter == Counter::spraying || counter == Counter::seen_password;
  }
  void add(Counter counter, std::string text, const shared::Limit& limit, std::string_view scope);
  void add_charges(Attempt& attempt, Counter counter, std::uint64_t subject, std::size_t cost = 1) const;
  [[nodiscard]] bool has(Counter counter) const;
  // Asks about the one rule of that counter; with `least` 0 nothing is taken.
  void ask(Counter counter, std::uint64_t subject, std::uint32_t least, Asks& out) const;
  [[nodiscard]] bool is_used_here(Counter counter, std::uint64_t subject, std::int64_t now_us) const;

  std::vector<Rule> rules_;
  shared::MemoryStore& store_;
  SipKey password_key_;
};

}  // namespace sallyport::controls::protect_logins
