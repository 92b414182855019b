#include "inventory/endpoint.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sallyport::inventory {
namespace {

constexpr auto words =
    std::to_array<std::string_view>({"documented", "shadow", "zombie", "orphan", "unauthenticated", "drifting"});

// What a reason costs. Only the order matters: what an attacker can use today first.
constexpr std::uint32_t points_open = 40;       // answers anybody
constexpr std::uint32_t points_open_data = 20;  // and sensitive data at that
constexpr std::uint32_t points_shadow = 40;
constexpr std::uint32_t points_zombie = 30;
constexpr std::uint32_t points_drift = 15;
constexpr std::uint32_t points_data = 10;
constexpr std::uint32_t points_probe = 10;
constexpr std::uint32_t points_errors = 10;
constexpr std::uint32_t points_owner = 5;
constexpr std::uint32_t points_purpose = 3;
constexpr std::uint32_t points_class = 3;
constexpr std::uint32_t points_orphan = 5;

constexpr std::uint64_t errors_least = 20;  // calls, below which a share of errors says little

std::string calls(std::uint64_t count) { return fmt::format("{} call{}", count, count == 1 ? "" : "s"); }

class Judgement {
 public:
  explicit Judgement(Endpoint& endpoint) : of_(endpoint) {
    of_.states = {};
    of_.reasons.clear();
  }
  void because(std::uint32_t points, std::string text) { of_.reasons.push_back({std::move(text), points}); }
  void because(State state, std::uint32_t points, std::string text) {
    of_.states.add(state);
    because(points, std::move(text));
  }
  void finish() {
    std::ranges::sort(of_.reasons, [](const Reason& a, const Reason& b) {
      return a.points != b.points ? a.points > b.points : a.text < b.text;
    });
    std::uint32_t sum = 0;
    for (const Reason& reason : of_.reasons) sum += reason.points;
    of_.score = sum >= 100 ? 0 : 100 - sum;
  }

 private:
  Endpoint& of_;
};

std::uint64_t answered_unknown(const Endpoint& endpoint) {
  const auto at = std::ranges::find(endpoint.auth, "none", &std::pair<std::string, std::uint64_t>::first);
  return at == endpoint.auth.end() ? 0 : at->second;
}

void judge_access(const Endpoint& endpoint, Judgement& out) {
  const std::uint64_t unknown = answered_unknown(endpoint);
  if (unknown == 0) return;
  const bool sensitive = std::ranges::any_of(endpoint.data, &DataSeen::response);
  if (endpoint.access != Access::anybody) {
    out.because(State::unauthenticated, points_open,
                fmt::format("answered {} of callers that proved nothing{}", calls(unknown),
                            endpoint.access == Access::known ? ", against its contract" : ""));
  }
  if (sensitive) out.because(points_open_data, "sensitive data went to callers that nobody knows");
}

void judge_life(const Endpoint& endpoint, std::int64_t watched_since_us, std::int64_t now_us, Judgement& out) {
  if (!endpoint.declared) {
    if (endpoint.stage == "removed") {
      if (endpoint.calls != 0) {
        out.because(State::zombie, points_zombie, "taken out of the specification and still called");
      }
      return;
    }
    const std::string_view where = endpoint.api_has_spec ? "in no specification" : "its API has no specification";
    const std::uint64_t through = endpoint.calls - std::min(endpoint.calls, endpoint.denied + endpoint.absent);
    if (through == 0) {
      out.because(State::shadow, points_probe,
                  fmt::format("{}; of {} none was answered", where, calls(endpoint.calls)));
    } else {
      out.because(State::shadow, points_shadow, fmt::format("{}; {} got through", where, calls(through)));
    }
    return;
  }
  const bool past = endpoint.sunset_us && *endpoint.sunset_us < now_us && endpoint.last_seen_us > *endpoint.sunset_us;
  if (endpoint.calls != 0 && (endpoint.stage == "retired" || past)) {
    out.because(State::zombie, points_zombie, past ? "past its sunset and still called" : "retired and still called");
  }
  const std::int64_t since = std::max(watched_since_us, endpoint.last_seen_us);
  if (endpoint.stage != "retired" && endpoint.stage != "design" && now_us - since > orphan_after_us) {
    out.because(State::orphan, points_orphan,
                fmt::format("declared, and nobody called it for {} days", (now_us - since) / 86'400'000'000));
  }
}

void judge_data(const Endpoint& endpoint, Judgement& out) {
  if (endpoint.misfits != 0) {
    out.because(
        State::drifting, points_drift,
        fmt::format("{} answers were not as the contract says, last: {}", endpoint.misfits, endpoint.last_misfit));
  }
  std::string surplus;
  for (const DataSeen& seen : endpoint.data) {
    if (std::ranges::find(endpoint.data_declared, seen.data_class) != endpoint.data_declared.end()) continue;
    if (surplus.contains(seen.data_class)) continue;
    (surplus += surplus.empty() ? "" : ", ") += seen.data_class;
  }
  if (surplus.empty()) return;
  if (endpoint.data_declared.empty()) {
    out.because(points_data, fmt::format("carries data of a class that nobody declared: {}", surplus));
  } else {
    out.because(State::drifting, points_data, fmt::format("carries other data than declared: {}", surplus));
  }
}

}  // namespace

std::string_view word(State state) { return words[static_cast<std::size_t>(state)]; }

std::optional<State> state_named(std::string_view text) {
  const auto* const at = std::ranges::find(words, text);
  if (at == words.end()) return std::nullopt;
  return static_cast<State>(at - words.begin());
}

void judge(Endpoint& endpoint, std::int64_t watched_since_us, std::int64_t now_us) {
  Judgement out(endpoint);
  if (endpoint.declared) endpoint.states.add(State::documented);
  judge_access(endpoint, out);
  judge_life(endpoint, watched_since_us, now_us, out);
  judge_data(endpoint, out);
  if (endpoint.calls >= errors_least && endpoint.errors * 20 > endpoint.calls) {
    out.because(points_errors, fmt::format("{} of {} failed", endpoint.errors, calls(endpoint.calls)));
  }
  if (endpoint.owner.empty()) out.because(points_owner, "nobody is named as its owner");
  if (endpoint.declared && endpoint.purpose.empty()) out.because(points_purpose, "nothing says what it is for");
  if (endpoint.declared && endpoint.data_declared.empty()) out.because(points_class, "no data class is declared");
  out.finish();
}

}  // namespace sallyport::inventory
