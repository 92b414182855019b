// Findings: what somebody should look at, with evidence: attacks that were stopped, limits and log-ins that were
// run against, answers much larger than usual, and what endpoints' states say. A finding is one matter: of one
// kind and endpoint, however often it happens.
//
// Filled from events on the writer's thread and from the inventory's rows; read and changed by any.
// Bounded: max_findings, of which the one that was not seen for longest makes room; max_evidence calls of each,
// the newest; max_watched endpoints whose minutes are counted.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "events/record.hpp"
#include "inventory/endpoint.hpp"

namespace sallyport::inventory {

enum class FindingKind : std::uint8_t {
  attack,         // a control of the firewall stopped calls, or would have
  limit_spike,    // more calls than spike_calls in a minute ran against a limit
  auth_failures,  // so many were refused with 401 or 403
  bulk_response,  // an answer far larger than the endpoint's others
  shadow,         // states of the endpoint
  zombie,
  unauthenticated,
  drift,
};
inline constexpr std::size_t finding_kind_count = 8;
[[nodiscard]] std::string_view word(FindingKind kind);
[[nodiscard]] std::optional<FindingKind> finding_kind_named(std::string_view word);

enum class Severity : std::uint8_t { low, medium, high };
[[nodiscard]] std::string_view word(Severity severity);

// What a person made of it. A closed one opens again when it goes on; an accepted one does not.
enum class Standing : std::uint8_t { open, closed, accepted };
[[nodiscard]] std::string_view word(Standing standing);
[[nodiscard]] std::optional<Standing> standing_named(std::string_view word);

struct Evidence {
  CallId call;
  std::int64_t time_us = 0;
  std::string text;  // "sql: query q"
};

struct Finding {
  std::string id;  // kind, API, method and path: stable over restarts
  FindingKind kind = FindingKind::attack;
  Severity severity = Severity::low;
  Standing standing = Standing::open;
  std::string api, method, path;
  std::string title;
  std::uint64_t times = 0;
  std::int64_t first_seen_us = 0, last_seen_us = 0;
  std::vector<Evidence> evidence;  // newest first; of states none
};

class Findings {
 public:
  static constexpr std::size_t max_findings = 2000;
  static constexpr std::size_t max_evidence = 5;
  static constexpr std::size_t max_watched = 5000;
  static constexpr std::uint64_t spike_calls = 20;       // in a minute, of one endpoint
  static constexpr std::uint64_t bulk_bytes = 1u << 20;  // answers below are never called large
  static constexpr std::uint64_t bulk_times = 10;        // of the mean of those before
  static constexpr std::uint64_t bulk_calls = 20;        // answers, before there is a mean

  void add(const events::RecordView& record);
  // What the states of these say; those that are no longer so are closed.
  void add(const std::vector<Endpoint>& rows, std::int64_t now_us);

  [[nodiscard]] std::vector<Finding> list() const;  // last seen first
  [[nodiscard]] std::optional<Finding> find(std::string_view id) const;
  // False when there is no such finding.
  bool set(std::string_view id, Standing standing);
  // Findings of an earlier process, before the first event.
  void restore(std::vector<Finding> findings);

 private:
  struct Watched {
    std::int64_t minute = 0;
    std::uint64_t limited = 0, refused = 0;  // in that minute
    std::uint64_t answers = 0, bytes = 0;    // of all
    std::list<std::string>::iterator age;
  };
  struct Happened {
    FindingKind kind;
    Severity severity;
    std::string_view api, method, path;
    std::string title;
    std::int64_t time_us;
  };
  Finding& at(const Happened& what);
  void note(const Happened& what, const events::RecordView& record, std::string text);
  Watched& watched(std::string_view api, std::string_view method, std::string_view path);

  mutable std::mutex mutex_;
  std::list<Finding> findings_;  // last seen first
  std::unordered_map<std::string, std::list<Finding>::iterator> by_id_;
  std::unordered_map<std::string, Watched> watched_;
  std::list<std::string> ages_;
  std::string lookup_;
};

}  // namespace sallyport::inventory
