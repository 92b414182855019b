// Endpoint: everything that is known of one method on one path: what its specification says, what calls
// showed, and what follows from both.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::inventory {

// An endpoint may be in several at once.
enum class State : std::uint8_t {
  documented,       // a specification declares it
  shadow,           // it is called, and no specification declares it
  zombie,           // retired, past its sunset or taken out of the specification, and still called
  orphan,           // declared, and nobody calls it
  unauthenticated,  // it answered callers that proved nothing, and its contract does not say that it may
  drifting,         // its answers or its data are not those of its contract
};
inline constexpr std::size_t state_count = 6;
[[nodiscard]] std::string_view word(State state);
[[nodiscard]] std::optional<State> state_named(std::string_view word);

class States {
 public:
  void add(State state) { bits_ |= 1u << static_cast<unsigned>(state); }
  [[nodiscard]] bool has(State state) const { return (bits_ >> static_cast<unsigned>(state) & 1u) != 0; }

 private:
  unsigned bits_ = 0;
};

// Who may call, by the contract.
enum class Access : std::uint8_t { unsaid, anybody, known };

// One type of sensitive data that bodies carried.
struct DataSeen {
  std::string type;        // "card"
  std::string data_class;  // "pci"
  std::string place;       // "/orders/*/note", of the first sighting
  bool response = false;
  std::uint64_t times = 0;
  std::int64_t last_seen_us = 0;
};

// Why an endpoint does not stand at 100, and by how much.
struct Reason {
  std::string text;
  std::uint32_t points = 0;
};

struct Endpoint {
  // Declared; empty for what no specification has.
  std::string api, method, path, operation_id, version, owner, purpose;
  std::string_view stage;  // a word of Stage; "undeclared" without a specification, "removed" by a reload
  bool declared = false;
  bool api_has_spec = false;
  Access access = Access::unsaid;
  std::optional<std::int64_t> sunset_us;
  std::vector<std::string> data_declared;

  // Seen.
  std::uint64_t calls = 0, denied = 0;
  std::uint64_t errors = 0;                 // 5xx answers, and calls that failed
  std::uint64_t answered = 0;               // by the API, with 2xx or 3xx
  std::uint64_t absent = 0;                 // the API said 404, 405 or 501
  std::uint64_t auth_failures = 0;          // 401 and 403, whoever said so
  std::array<std::uint64_t, 5> statuses{};  // 1xx to 5xx, what clients got
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::uint64_t p50_us = 0, p99_us = 0;              // of forwarded calls; 0 when there are none
  std::int64_t first_seen_us = 0, last_seen_us = 0;  // 0: never
  std::uint64_t callers = 0;                         // different ones, an estimate
  // Of the answered calls, how the caller was known: "jwt", …; "unverified": a credential that nobody looked at;
  // "none". By count.
  std::vector<std::pair<std::string, std::uint64_t>> auth;
  std::vector<DataSeen> data;
  bool data_cut = false;      // there were more than max_data
  std::uint64_t misfits = 0;  // answers that the contract does not allow
  std::string last_misfit;

  // Follow from both: judge().
  States states;
  std::uint32_t score = 100;  // posture: 100 is nothing to complain of
  std::vector<Reason> reasons;
};

inline constexpr std::size_t max_data = 32;  // sightings of one endpoint
inline constexpr std::size_t max_auth = 8;   // ways to be known
// Since the inventory began to watch and since the last call, before a declared endpoint is an orphan.
inline constexpr std::int64_t orphan_after_us = std::int64_t{30} * 86400 * 1'000'000;

// Fills states, reasons and score. `watched_since_us`: when counting began.
void judge(Endpoint& endpoint, std::int64_t watched_since_us, std::int64_t now_us);

}  // namespace sallyport::inventory
