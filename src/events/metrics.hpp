// Metrics: Prometheus series (text format 0.0.4) counted from records, and gauges of others.
//
// Series are labelled by route template, never by path. Their number is capped: beyond the cap
// calls count under api="other", route="other", and in sallyport_metrics_overflow_total.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "events/record.hpp"

namespace sallyport::events {

class Writer;

class Metrics {
 public:
  explicit Metrics(std::size_t max_series = 2000);

  // A consumer of records: writer.add_consumer([&](const RecordView& r) { metrics.count(r); }).
  void count(const RecordView& record);

  // Read at each render(), on its thread; `fn` must be thread-safe and outlive this.
  using Read = std::function<double()>;
  void add_gauge(std::string name, std::string help, Read fn);
  void add_counter(std::string name, std::string help, Read fn);

  // Several series of one name, told apart by labels that the configuration decides; read like a gauge.
  struct Sample {
    std::vector<std::pair<std::string_view, std::string>> labels;
    double value = 0;
  };
  using ReadAll = std::function<std::vector<Sample>()>;
  void add_family(std::string name, std::string help, bool counter, ReadAll fn);

  // Any thread.
  [[nodiscard]] std::string render() const;

 private:
  static constexpr std::array<double, 14> bounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                    0.1,    0.25,  0.5,    1,     2.5,  5,     10};
  struct Histogram {
    std::array<std::uint64_t, bounds.size() + 1> buckets{};
    double sum = 0;
    void observe(std::uint64_t microseconds);
  };
  struct Text {  // transparent hash: look-ups build no string
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  template <class V>
  using Family = std::unordered_map<std::string, V, Text, std::equal_to<>>;  // by the text of the labels
  struct Given {
    std::string name, help;
    Read fn;
    bool counter = false;
  };

  struct GivenFamily {
    std::string name, help;
    bool counter = false;
    ReadAll fn;
  };

  template <class V>
  V& series(Family<V>& family, std::string_view labels, std::string_view overflow);
  void count_notes(const RecordView& record);
  void render_families(std::string& out) const;

  mutable std::mutex mutex_;
  std::size_t max_series_;
  std::size_t series_count_ = 0;
  std::uint64_t overflow_ = 0;
  std::string key_;  // reused
  Family<std::uint64_t> requests_;
  Family<Histogram> durations_;
  Family<Histogram> upstream_;
  Family<std::uint64_t> denials_;
  Family<std::uint64_t> observed_;
  Family<std::uint64_t> failures_;
  std::uint64_t uninspected_ = 0;
  std::vector<Given> given_;
  std::vector<GivenFamily> families_;
};

// sallyport_events_written_total, _dropped_total, _shed_total, _log_degraded …; the writer must
// outlive the metrics.
void add_writer_metrics(Metrics& metrics, const Writer& writer);

}  // namespace sallyport::events
