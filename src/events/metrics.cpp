#include "events/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json_text.hpp"
#include "events/json_line.hpp"
#include "events/writer.hpp"

namespace sallyport::events {
namespace {

// A label value of the exposition format: '\', '"' and line feed are escaped; bytes that are not
// ASCII pass, other control characters cannot stand in a template and become '_'.
void append_label(std::string& out, std::string_view name, std::string_view value) {
  if (!out.empty()) out += ',';
  out += name;
  out += "=\"";
  for (const char c : value.substr(0, 256)) {
    if (c == '\\' || c == '"') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += static_cast<unsigned char>(c) < 0x20 ? '_' : c;
    }
  }
  out += '"';
}

// Methods are the client's choice: only those of RFC 9110 and PATCH have a label of their own.
std::string_view method_label(std::string_view method) {
  constexpr std::string_view known[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};
  return std::ranges::find(known, method) != std::end(known) ? method : "other";
}

std::string_view status_label(std::uint16_t status) {
  constexpr std::string_view classes[] = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
  return status < 600 ? classes[status / 100] : "none";
}

// Route labels come from the configuration, never from the path of a call.
void append_route(std::string& out, const RecordView& record) {
  switch (record.route) {
    case RouteKind::operation:
    case RouteKind::unknown_method:
      return append_label(out, "route", record.path_template);
    case RouteKind::prefix: {
      std::string route(record.path_template);
      route += route.ends_with('/') ? "*" : "/*";
      return append_label(out, "route", route);
    }
    case RouteKind::unknown_path:
    case RouteKind::no_api:
      return append_label(out, "route", "unmatched");
  }
}

void append_request(std::string& out, const RecordView& record) {
  append_label(out, "method", method_label(record.method));
  append_label(out, "status_class", status_label(record.status));
  append_label(out, "outcome", word(record.outcome));
}

void append_family(std::string& out, std::string_view name, std::string_view help, std::string_view type) {
  out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void append_sample(std::string& out, std::string_view name, std::string_view labels, std::uint64_t value) {
  out += name;
  if (!labels.empty()) {
    out += '{';
    out += labels;
    out += '}';
  }
  out += ' ';
  append_number(out, value);
  out += '\n';
}

template <class Family>
std::vector<std::string_view> sorted_labels(const Family& family) {
  std::vector<std::string_view> labels;
  labels.reserve(family.size());
  for (const auto& [text, value] : family) labels.push_back(text);
  std::ranges::sort(labels);
  return labels;
}

}  // namespace

Metrics::Metrics(std::size_t max_series) : max_series_(max_series) {}

void Metrics::Histogram::observe(std::uint64_t microseconds) {
  const double seconds = static_cast<double>(microseconds) / 1e6;
  const auto bucket = static_cast<std::size_t>(std::ranges::lower_bound(bounds, seconds) - bounds.begin());
  ++buckets[bucket];
  sum += seconds;
}

template <class V>
V& Metrics::series(Family<V>& family, std::string_view labels, std::string_view overflow) {
  if (const auto found = family.find(labels); found != family.end()) return found->second;
  if (series_count_ < max_series_) {
    ++series_count_;
    return family.emplace(labels, V{}).first->second;
  }
  ++overflow_;
  if (const auto found = family.find(overflow); found != family.end()) return found->second;
  return family.emplace(overflow, V{}).first->second;
}

void Metrics::count(const RecordView& record) {
  constexpr std::string_view other = R"(api="other",route="other")";
  const std::scoped_lock lock(mutex_);
  key_.clear();
  append_label(key_, "api", record.api);
  const std::size_t api_size = key_.size();
  append_route(key_, record);
  const std::size_t route_size = key_.size();
  series(durations_, key_, other).observe(record.duration_us);
  if (record.upstream_us != 0) series(upstream_, key_, other).observe(record.upstream_us);

  append_request(key_, record);
  // Bounded by the words of the schema: at most 10 methods, 6 classes and 4 outcomes.
  std::string rest(other);
  rest.append(key_, route_size);
  ++series(requests_, key_, rest);

  key_.resize(api_size);
  if (record.outcome == Outcome::denied) {
    append_label(key_, "control", record.control);
    append_label(key_, "rule", record.rule);
    ++series(denials_, key_, R"(api="other",control="other",rule="other")");
    key_.resize(api_size);
  }
  if (!record.notes.empty()) count_notes(record);
  uninspected_ += record.bytes_uninspected;
}

void Metrics::count_notes(const RecordView& record) {
  const std::size_t api_size = key_.size();
  for (const NoteView& note : record.notes) {
    switch (note.action) {
      case Note::Action::would_deny:
        append_label(key_, "control", note.control);
        append_label(key_, "rule", note.rule);
        ++series(observed_, key_, R"(api="other",control="other",rule="other")");
        break;
      case Note::Action::failed:
        append_label(key_, "control", note.control);
        ++series(failures_, key_, R"(api="other",control="other")");
        break;
      case Note::Action::noted:
      case Note::Action::rewrote:
      case Note::Action::denied:  // counted by the record itself
      case Note::Action::would_rewrite:
        break;
    }
    key_.resize(api_size);
  }
}

void Metrics::add_gauge(std::string name, std::string help, Read fn) {
  const std::scoped_lock lock(mutex_);
  given_.push_back({std::move(name), std::move(help), std::move(fn), false});
}

void Metrics::add_counter(std::string name, std::string help, Read fn) {
  const std::scoped_lock lock(mutex_);
  given_.push_back({std::move(name), std::move(help), std::move(fn), true});
}

void Metrics::add_family(std::string name, std::string help, bool counter, ReadAll fn) {
  const std::scoped_lock lock(mutex_);
  families_.push_back({std::move(name), std::move(help), counter, std::move(fn)});
}

void Metrics::render_families(std::string& out) const {
  const auto counters = [&out](std::string_view name, std::string_view help, const Family<std::uint64_t>& family) {
    append_family(out, name, help, "counter");
    for (const auto labels : sorted_labels(family)) append_sample(out, name, labels, family.find(labels)->second);
  };
  const auto histograms = [&out](std::string_view name, std::string_view help, const Family<Histogram>& family) {
    append_family(out, name, help, "histogram");
    for (const auto labels : sorted_labels(family)) {
      const Histogram& histogram = family.find(labels)->second;
      std::uint64_t total = 0;
      for (std::size_t i = 0; i <= bounds.size(); ++i) {
        total += histogram.buckets[i];
        const std::string bound = i < bounds.size() ? fmt::format("{}", bounds[i]) : "+Inf";
        out += fmt::format("{}_bucket{{{},le=\"{}\"}} {}\n", name, labels, bound, total);
      }
      out += fmt::format("{}_sum{{{}}} {}\n{}_count{{{}}} {}\n", name, labels, histogram.sum, name, labels, total);
    }
  };
  counters("sallyport_http_requests_total", "Calls that ended.", requests_);
  histograms("sallyport_http_request_duration_seconds", "From the first byte of a call to its end.", durations_);
  histograms("sallyport_upstream_duration_seconds", "From the first byte sent upstream to the head of the answer.",
             upstream_);
  counters("sallyport_denials_total", "Calls that a control or the HTTP rules refused.", denials_);
  counters("sallyport_observed_denials_total", "Refusals that controls in mode observe would have made.", observed_);
  counters("sallyport_control_failures_total", "Controls that failed on a call.", failures_);
  append_family(out, "sallyport_body_bytes_uninspected_total", "Body bytes that no control could look at.", "counter");
  append_sample(out, "sallyport_body_bytes_uninspected_total", {}, uninspected_);
  append_family(out, "sallyport_metrics_overflow_total", "Counts that went to \"other\": the series are capped.",
                "counter");
  append_sample(out, "sallyport_metrics_overflow_total", {}, overflow_);
}

std::string Metrics::render() const {
  std::string out;
  std::vector<Given> given;
  std::vector<GivenFamily> families;
  {
    const std::scoped_lock lock(mutex_);
    render_families(out);
    given = given_;
    families = families_;
  }
  for (const Given& one : given) {
    append_family(out, one.name, one.help, one.counter ? "counter" : "gauge");
    out += fmt::format("{} {}\n", one.name, one.fn());
  }
  for (const GivenFamily& family : families) {
    append_family(out, family.name, family.help, family.counter ? "counter" : "gauge");
    for (const Sample& sample : family.fn()) {
      std::string labels;
      for (const auto& [name, value] : sample.labels) append_label(labels, name, value);
      out += fmt::format("{}{{{}}} {}\n", family.name, labels, sample.value);
    }
  }
  return out;
}

void add_writer_metrics(Metrics& metrics, const Writer& writer) {
  const auto counter = [&](std::string name, std::string help, std::uint64_t WriterStats::* member) {
    metrics.add_counter(std::move(name), std::move(help),
                        [&writer, member] { return static_cast<double>(writer.stats().*member); });
  };
  counter("sallyport_events_written_total", "Events in the log.", &WriterStats::written);
  counter("sallyport_events_dropped_total", "Events not published: a ring was full.", &WriterStats::dropped);
  counter("sallyport_events_shed_total", "Events given up: the disk refused them.", &WriterStats::shed);
  counter("sallyport_events_disk_errors_total", "Times the disk refused events.", &WriterStats::disk_errors);
  metrics.add_gauge("sallyport_events_degraded", "1 while the disk refuses events.",
                    [&writer] { return writer.stats().degraded ? 1.0 : 0.0; });
}

}  // namespace sallyport::events
