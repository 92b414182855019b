#include "inventory/findings.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "inventory/path_shape.hpp"
#include "inventory/words.hpp"

namespace sallyport::inventory {
namespace {

constexpr std::int64_t minute_us = 60'000'000;
constexpr std::size_t max_text = 200;

constexpr auto kinds = std::to_array<std::string_view>(
    {"attack", "limit_spike", "auth_failures", "bulk_response", "shadow", "zombie", "unauthenticated", "drift"});
static_assert(kinds.size() == finding_kind_count);
constexpr auto severities = std::to_array<std::string_view>({"low", "medium", "high"});
constexpr auto standings = std::to_array<std::string_view>({"open", "closed", "accepted"});

// Nobody does that by mistake: an attack in its form, one source or password on many accounts.
bool is_attack(std::string_view control, std::string_view rule) {
  return control == "waf" || control == "crs" ||
         (control == "protect_logins" && (rule == "stuffing" || rule == "spraying"));
}
bool is_limit(std::string_view control) {
  return control == "rate_limit" || control == "address_limit" || control == "protect_logins";
}

template <class Enum, std::size_t N>
std::optional<Enum> named(const std::array<std::string_view, N>& words, std::string_view text) {
  const auto at = std::ranges::find(words, text);
  if (at == words.end()) return std::nullopt;
  return static_cast<Enum>(at - words.begin());
}

std::string id_of(FindingKind kind, std::string_view api, std::string_view method, std::string_view path) {
  return fmt::format("{} {} {} {}", word(kind), api, method, path);
}

}  // namespace

std::string_view word(FindingKind kind) { return kinds[static_cast<std::size_t>(kind)]; }
std::string_view word(Severity severity) { return severities[static_cast<std::size_t>(severity)]; }
std::string_view word(Standing standing) { return standings[static_cast<std::size_t>(standing)]; }
std::optional<FindingKind> finding_kind_named(std::string_view text) { return named<FindingKind>(kinds, text); }
std::optional<Standing> standing_named(std::string_view text) { return named<Standing>(standings, text); }

Finding& Findings::at(const Happened& what) {
  std::string id = id_of(what.kind, what.api, what.method, what.path);
  if (const auto known = by_id_.find(id); known != by_id_.end()) {
    findings_.splice(findings_.begin(), findings_, known->second);
  } else {
    if (findings_.size() >= max_findings) {
      by_id_.erase(findings_.back().id);
      findings_.pop_back();
    }
    Finding& made = findings_.emplace_front();
    made.id = id;
    made.kind = what.kind;
    made.api = what.api;
    made.method = what.method;
    made.path = what.path;
    made.first_seen_us = what.time_us;
    by_id_.emplace(std::move(id), findings_.begin());
  }
  Finding& finding = findings_.front();
  finding.severity = what.severity;
  finding.title = what.title;
  finding.last_seen_us = std::max(finding.last_seen_us, what.time_us);
  if (finding.standing == Standing::closed) finding.standing = Standing::open;
  return finding;
}

void Findings::note(const Happened& what, const events::RecordView& record, std::string text) {
  Finding& finding = at(what);
  ++finding.times;
  if (text.size() > max_text) text.resize(max_text);
  finding.evidence.insert(finding.evidence.begin(), {record.id, record.time_us, std::move(text)});
  if (finding.evidence.size() > max_evidence) finding.evidence.pop_back();
}

Findings::Watched& Findings::watched(std::string_view api, std::string_view method, std::string_view path) {
  ((((lookup_ = api) += '\n') += method) += '\n') += path;
  if (const auto known = watched_.find(lookup_); known != watched_.end()) {
    ages_.splice(ages_.begin(), ages_, known->second.age);
    return known->second;
  }
  if (watched_.size() >= max_watched) {
    watched_.erase(ages_.back());
    ages_.pop_back();
  }
  Watched& made = watched_[lookup_];
  ages_.push_front(lookup_);
  made.age = ages_.begin();
  return made;
}

void Findings::add(const events::RecordView& record) {
  if (record.method.empty() || record.api.empty()) return;
  const bool declared = record.route == RouteKind::operation || record.route == RouteKind::unknown_method;
  const std::string shape = declared ? std::string() : path_shape(record.path);
  const std::string_view path = declared ? record.path_template : std::string_view(shape);
  const std::string_view method = listed_method(record.method);
  const auto happened = [&](FindingKind kind, Severity severity, std::string title) {
    return Happened{kind, severity, record.api, method, path, std::move(title), record.time_us};
  };

  const std::scoped_lock lock(mutex_);
  if (record.outcome == Outcome::denied && is_attack(record.control, record.rule)) {
    note(happened(FindingKind::attack, Severity::medium, "Attacks were stopped"), record,
         fmt::format("{}: {}", record.rule, record.detail));
  } else {
    const auto missed = std::ranges::find_if(record.notes, [](const events::NoteView& one) {
      return one.action == Note::Action::would_deny && is_attack(one.control, one.rule);
    });
    if (missed != record.notes.end()) {
      // It went on to the API.
      note(happened(FindingKind::attack, Severity::high, "Attacks went through: the control only observes"), record,
           fmt::format("{}: {}", missed->rule, missed->detail));
    }
  }

  const bool limited = record.outcome == Outcome::denied && is_limit(record.control);
  const bool refused = record.status == 401 || record.status == 403;
  const bool answered = record.outcome == Outcome::forwarded && record.status < 400;
  if (!limited && !refused && !answered) return;
  Watched& of = watched(record.api, method, path);
  const std::int64_t minute = record.time_us / minute_us;
  if (minute != of.minute) {
    of.minute = minute;
    of.limited = of.refused = 0;
  }
  if (limited && ++of.limited >= spike_calls) {
    note(happened(FindingKind::limit_spike, Severity::medium, "Many calls ran against a limit"), record,
         fmt::format("{} in this minute, {}", of.limited, record.rule));
  }
  if (refused && !limited && ++of.refused >= spike_calls) {
    note(happened(FindingKind::auth_failures, Severity::medium, "Many calls were refused for who made them"), record,
         fmt::format("{} in this minute, {}", of.refused, record.rule.empty() ? "by the API" : record.rule));
  }
  if (!answered) return;
  const std::uint64_t mean = of.answers == 0 ? 0 : of.bytes / of.answers;
  if (of.answers >= bulk_calls && record.bytes_out >= bulk_bytes && record.bytes_out > mean * bulk_times) {
    note(happened(FindingKind::bulk_response, Severity::medium, "Answers were far larger than usual"), record,
         fmt::format("{} bytes, the mean of {} answers is {}", record.bytes_out, of.answers, mean));
  } else {
    ++of.answers;
    of.bytes += record.bytes_out;
  }
}

void Findings::add(const std::vector<Endpoint>& rows, std::int64_t now_us) {
  struct Matter {
    State state;
    FindingKind kind;
    Severity severity;
    std::string_view title;
  };
  constexpr auto matters = std::to_array<Matter>(
      {{State::shadow, FindingKind::shadow, Severity::medium, "Called, and in no specification"},
       {State::zombie, FindingKind::zombie, Severity::medium, "At its end, and still called"},
       {State::unauthenticated, FindingKind::unauthenticated, Severity::high, "Answers callers that prove nothing"},
       {State::drifting, FindingKind::drift, Severity::low, "Not as its contract says"}});
  const std::scoped_lock lock(mutex_);
  for (const Endpoint& row : rows) {
    for (const Matter& matter : matters) {
      const std::string id = id_of(matter.kind, row.api, row.method, row.path);
      const auto known = by_id_.find(id);
      // A shadow that nothing was ever answered for is a probe: the inventory has it, nobody need look.
      const bool probe = matter.state == State::shadow && row.calls <= row.denied + row.absent;
      if (!row.states.has(matter.state) || probe) {
        if (known != by_id_.end() && known->second->standing == Standing::open)
          known->second->standing = Standing::closed;
        continue;
      }
      // Only what happened since it was last looked at is news.
      if (known != by_id_.end() && known->second->last_seen_us >= row.last_seen_us) continue;
      Finding& finding = at({matter.kind, matter.severity, row.api, row.method, row.path, std::string(matter.title),
                             row.last_seen_us != 0 ? row.last_seen_us : now_us});
      finding.times = row.calls;
    }
  }
}

std::vector<Finding> Findings::list() const {
  const std::scoped_lock lock(mutex_);
  std::vector<Finding> out(findings_.begin(), findings_.end());
  std::ranges::sort(out, [](const Finding& a, const Finding& b) {
    return a.last_seen_us != b.last_seen_us ? a.last_seen_us > b.last_seen_us : a.id < b.id;
  });
  return out;
}

std::optional<Finding> Findings::find(std::string_view id) const {
  const std::scoped_lock lock(mutex_);
  const auto known = by_id_.find(std::string(id));
  if (known == by_id_.end()) return std::nullopt;
  return *known->second;
}

bool Findings::set(std::string_view id, Standing standing) {
  const std::scoped_lock lock(mutex_);
  const auto known = by_id_.find(std::string(id));
  if (known == by_id_.end()) return false;
  known->second->standing = standing;
  return true;
}

void Findings::restore(std::vector<Finding> findings) {
  const std::scoped_lock lock(mutex_);
  for (Finding& one : findings) {
    if (findings_.size() >= max_findings || by_id_.contains(one.id)) continue;
    findings_.push_back(std::move(one));
    by_id_.emplace(findings_.back().id, std::prev(findings_.end()));
  }
}

}  // namespace sallyport::inventory
