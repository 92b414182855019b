#include "suggest_limits.hpp"

#include <map>
#include <optional>

#include <fmt/format.h>

#include "controls/rate_limit/rate_limit.hpp"
#include "discover/demand.hpp"
#include "discover/source.hpp"

namespace sallyport::cli {
namespace {

namespace limits = controls::rate_limit;
using limits::Class;

// What is more than this by one address or user is guessing, whatever the record holds.
constexpr std::uint32_t most_logins = 10;

struct Known {
  Class is;
  const limits::ClassesOf* of;
};

const limits::Rate* rate_of(const limits::ClassLimits& all, Class is) {
  switch (is) {
    case Class::data:
      return &all.data;
    case Class::login:
      return &all.login;
    case Class::exports:
      return &all.exports;
    case Class::batch:
      return &all.batch;
    case Class::health:
      return nullptr;
  }
  return nullptr;
}

bool by_hour(Class is) { return is == Class::exports || is == Class::batch; }

struct Needed {
  const discover::Percentiles* peaks;
  const std::vector<std::uint32_t>* all;
  char unit;  // of a rate: m or h

  Needed(const discover::Use& use, Class is)
      : peaks(by_hour(is) ? &use.hour : &use.minute),
        all(by_hour(is) ? &use.hour_peaks : &use.minute_peaks),
        unit(by_hour(is) ? 'h' : 'm') {}
  [[nodiscard]] std::uint32_t suggestion(Class is) const {
    const std::uint32_t wanted = discover::suggested_limit(peaks->p99);
    return is == Class::login ? std::min(wanted, most_logins) : wanted;
  }
};

std::string row(std::string_view name, const discover::Use& use, const Needed& needed) {
  const discover::Percentiles& peaks = *needed.peaks;
  return fmt::format("  {:<40} {:>9} {:>8} {:>7} {:>6} {:>6} {:>6} /{}", name, use.calls, use.callers, peaks.median,
                     peaks.p95, peaks.p99, peaks.most, needed.unit);
}

class Advice {
 public:
  explicit Advice(const Policy& policy) : apis_(limits::classes_of(policy)) {
    for (const limits::ClassesOf& one : apis_) {
      for (const Operation& operation : one.api->operations) {
        known_[one.api->name + "\n" + operation.label] = {one.operations[operation.index], &one};
      }
    }
  }

  void add(const discover::Sighting& call) {
    if (call.time_us == 0 || call.refused) return;
    const auto found = known_.find(std::string(call.api) + "\n" + std::string(call.operation));
    if (found == known_.end()) return;
    ++calls_;
    first_us_ = first_us_ == 0 ? call.time_us : std::min(first_us_, call.time_us);
    last_us_ = std::max(last_us_, call.time_us);
    classes_.add(found->second.of->api->name + "\n" + std::string(name_of(found->second.is)), call.caller,
                 call.time_us);
    operations_.add(found->first, call.caller, call.time_us);
  }

  [[nodiscard]] std::uint64_t calls() const { return calls_; }

  [[nodiscard]] std::string text() const {
    const double minutes = static_cast<double>(last_us_ - first_us_) / 60e6;
    std::string out = fmt::format(
        "{} calls within {:.0f} minutes. The most that one caller made within a minute or an hour:\n", calls_, minutes);
    if (minutes < 60) out += "The record is shorter than an hour: what is counted by the hour may need more.\n";
    const auto classes = classes_.groups();
    const auto operations = operations_.groups();
    std::string keys = "To take over:\napis:\n";
    for (const limits::ClassesOf& one : apis_) of_api(one, classes, operations, out, keys);
    if (const auto lost = classes_.left_out() + operations_.left_out(); lost != 0) {
      out += fmt::format("{} calls are left out: too many different callers\n", lost);
    }
    return out + keys;
  }

 private:
  using Groups = std::map<std::string, discover::Use>;

  static void of_api(const limits::ClassesOf& one, const Groups& classes, const Groups& operations, std::string& out,
                     std::string& keys) {
    out += fmt::format("{}\n  {:<40} {:>9} {:>8} {:>7} {:>6} {:>6} {:>6}\n", one.api->name, "class or operation",
                       "calls", "callers", "median", "95 %", "99 %", "most");
    std::string taken;
    for (const Class is : {Class::login, Class::exports, Class::batch, Class::data}) {
      const auto use = classes.find(one.api->name + "\n" + std::string(name_of(is)));
      if (use == classes.end()) continue;
      const Needed needed(use->second, is);
      const limits::Rate& now = *rate_of(one.limits, is);
      const std::uint32_t suggestion = needed.suggestion(is);
      out += row(name_of(is), use->second, needed) +
             fmt::format("  now {}, suggested {}/{}", limits::format_rate(now), suggestion, needed.unit);
      const auto window = by_hour(is) ? std::chrono::minutes(60) : std::chrono::minutes(1);
      if (!now.off() && !now.period && now.window == window) {
        if (const auto refused = discover::over(*needed.all, now.amount); refused != 0) {
          out += fmt::format("; {} of {} callers are over what stands now", refused, use->second.callers);
        }
      }
      if (const auto refused = discover::over(*needed.all, suggestion); refused != 0) {
        out += fmt::format("; {} over what is suggested", refused);
      }
      out += '\n';
      taken += fmt::format("{}{}: {}/{}", taken.empty() ? "" : ", ", name_of(is), suggestion, needed.unit);
    }
    for (const Operation& operation : one.api->operations) {
      const auto use = operations.find(one.api->name + "\n" + operation.label);
      if (use == operations.end()) continue;
      out += row(operation.label, use->second, Needed(use->second, one.operations[operation.index])) + '\n';
    }
    if (taken.empty()) {
      out += "  no calls\n";
    } else {
      keys += fmt::format("  - name: {}\n    rate_limit:\n      limits: {{ {} }}\n", one.api->name, taken);
    }
  }

  std::vector<limits::ClassesOf> apis_;
  std::map<std::string, Known> known_;  // by name of the API, a line feed, and label
  discover::Demand classes_, operations_;
  std::uint64_t calls_ = 0;
  std::int64_t first_us_ = 0;
  std::int64_t last_us_ = 0;
};

}  // namespace

std::string suggest_limits(const Policy& policy, const std::vector<std::string>& files, config::Report& report) {
  Advice advice(policy);
  for (const std::string& file : files) {
    const std::uint64_t before = advice.calls();
    const auto read = discover::read_source(file, [&](const discover::Sighting& call) { advice.add(call); });
    if (!read) {
      report.error(read.error());
    } else if (advice.calls() == before) {
      report.error(Error{ErrorCode::invalid, "no call of an operation that limits are on for", file,
                         "event logs of this gateway: data/events/events-*.jsonl"});
    }
  }
  return report.ok() ? advice.text() : std::string();
}

}  // namespace sallyport::cli
