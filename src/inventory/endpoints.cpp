#include "inventory/endpoints.hpp"

#include <algorithm>
#include <tuple>

#include "inventory/learned_paths.hpp"
#include "inventory/path_shape.hpp"
#include "inventory/words.hpp"
#include "spec/date.hpp"

namespace sallyport::inventory {
namespace {

constexpr std::size_t max_misfit = 200;

void set_key(std::string& key, std::string_view api, std::string_view method, std::string_view path) {
  key.clear();
  ((((key += api) += '\n') += method) += '\n') += path;
}

Access access_of(const Operation& operation) {
  if (!operation.security_declared) return Access::unsaid;
  if (operation.security.empty()) return Access::anybody;
  return std::ranges::any_of(operation.security, [](const auto& needs) { return needs.empty(); }) ? Access::anybody
                                                                                                  : Access::known;
}

void count_auth(Endpoint& known, std::string_view how, std::uint64_t times = 1) {
  const auto at = std::ranges::find(known.auth, how, [](const auto& pair) { return std::string_view(pair.first); });
  if (at != known.auth.end()) {
    at->second += times;
  } else if (known.auth.size() < max_auth) {
    known.auth.emplace_back(how, times);
  }
}

// A note of data_classes: its rule is the type, its detail "pci in response /orders/*/note".
void count_data(Endpoint& known, const events::NoteView& note, std::int64_t time_us) {
  constexpr std::string_view request = " in request ";
  constexpr std::string_view response = " in response ";
  const bool is_response = note.detail.contains(response);
  const std::string_view mark = is_response ? response : request;
  const std::size_t at = note.detail.find(mark);
  if (at == std::string_view::npos) return;
  const auto same = std::ranges::find_if(
      known.data, [&](const DataSeen& seen) { return seen.response == is_response && seen.type == note.rule; });
  if (same != known.data.end()) {
    ++same->times;
    same->last_seen_us = std::max(same->last_seen_us, time_us);
  } else if (known.data.size() < max_data) {
    known.data.push_back({std::string(note.rule), std::string(note.detail.substr(0, at)),
                          std::string(note.detail.substr(at + mark.size())), is_response, 1, time_us});
  } else {
    known.data_cut = true;
  }
}

void count_notes(Endpoint& known, const events::RecordView& record) {
  constexpr std::string_view answer = "answer: ";
  for (const events::NoteView& note : record.notes) {
    if (note.control == "data_classes") {
      count_data(known, note, record.time_us);
    } else if (note.control == "contract" && note.detail.starts_with(answer)) {
      ++known.misfits;
      known.last_misfit = note.detail.substr(answer.size(), max_misfit);
    }
  }
}

void add_data(Endpoint& to, const Endpoint& from) {
  for (const DataSeen& seen : from.data) {
    const auto same = std::ranges::find_if(
        to.data, [&](const DataSeen& one) { return one.response == seen.response && one.type == seen.type; });
    if (same != to.data.end()) {
      same->times += seen.times;
      same->last_seen_us = std::max(same->last_seen_us, seen.last_seen_us);
    } else if (to.data.size() < max_data) {
      to.data.push_back(seen);
    } else {
      to.data_cut = true;
    }
  }
  to.data_cut |= from.data_cut;
}

// The counts of two shapes of one endpoint.
void add_counts(Endpoint& to, const Endpoint& from) {
  for (const auto member :
       {&Endpoint::calls, &Endpoint::denied, &Endpoint::errors, &Endpoint::answered, &Endpoint::absent,
        &Endpoint::auth_failures, &Endpoint::bytes_in, &Endpoint::bytes_out, &Endpoint::misfits}) {
    to.*member += from.*member;
  }
  for (std::size_t i = 0; i < to.statuses.size(); ++i) to.statuses[i] += from.statuses[i];
  to.first_seen_us = std::min(to.first_seen_us, from.first_seen_us);
  to.last_seen_us = std::max(to.last_seen_us, from.last_seen_us);
  for (const auto& [how, times] : from.auth) count_auth(to, how, times);
  if (to.last_misfit.empty()) to.last_misfit = from.last_misfit;
  add_data(to, from);
}

}  // namespace

void Endpoints::declare(const Policy& policy) {
  const std::scoped_lock lock(mutex_);
  for (auto& [key, entry] : declared_) entry.known.declared = false;
  apis_.clear();
  left_out_ = 0;
  std::string wanted;
  for (const auto& api : policy.apis) {
    apis_[api->name] = {api->owner, api->version, api->has_spec};
    for (const Operation& operation : api->operations) {
      set_key(wanted, api->name, operation.method_token, operation.path_template);
      if (declared_.size() >= limits_.max_declared && !declared_.contains(wanted)) {
        ++left_out_;
        continue;
      }
      Endpoint& known = declared_[wanted].known;
      known.api = api->name;
      known.method = operation.method_token;
      known.path = operation.path_template;
      known.operation_id = operation.operation_id;
      known.version = api->version;
      known.owner = operation.owner;
      known.purpose = operation.purpose;
      known.stage = word(std::max(operation.stage, api->stage));
      known.declared = true;
      known.api_has_spec = true;
      known.access = access_of(operation);
      known.data_declared = operation.data_classes;
      const auto sunset = parse_http_date(operation.sunset);
      known.sunset_us = sunset ? std::optional(*sunset * 1'000'000) : std::nullopt;
    }
  }
  std::erase_if(declared_, [](const auto& e) { return !e.second.known.declared && e.second.known.calls == 0; });
  for (auto& [key, entry] : declared_) {
    if (!entry.known.declared) entry.known.stage = "removed";
  }
}

Endpoints::Entry* Endpoints::declared_entry(const events::RecordView& record) {
  set_key(lookup_, record.api, record.method, record.path_template);
  const auto at = declared_.find(lookup_);
  return at == declared_.end() ? nullptr : &at->second;
}

Endpoints::Entry& Endpoints::shape_entry(const events::RecordView& record) {
  const std::string_view method = listed_method(record.method);
  const bool known_path = record.route == RouteKind::unknown_method;
  return shape(record.api, method, known_path ? std::string(record.path_template) : path_shape(record.path));
}

Endpoints::Entry& Endpoints::shape(std::string_view api, std::string_view method, const std::string& path) {
  set_key(lookup_, api, method, path);
  if (const auto at = shapes_.find(lookup_); at != shapes_.end()) {
    ages_.splice(ages_.begin(), ages_, at->second.age);
    return at->second;
  }
  if (shapes_.size() >= limits_.max_shapes) {
    shapes_.erase(ages_.back());
    ages_.pop_back();
  }
  Entry& made = shapes_[lookup_];
  ages_.push_front(lookup_);
  made.age = ages_.begin();
  made.known.api = api;
  made.known.method = method;
  made.known.path = path;
  made.known.stage = "undeclared";
  return made;
}

void Endpoints::add(const events::RecordView& record) {
  if (record.method.empty()) return;  // there was no request to speak of
  const std::scoped_lock lock(mutex_);
  switch (record.route) {
    case RouteKind::operation:
      if (Entry* const entry = declared_entry(record)) count(*entry, record);
      return;
    case RouteKind::prefix:
    case RouteKind::unknown_path:
    case RouteKind::unknown_method:
      count(shape_entry(record), record);
      return;
    case RouteKind::no_api:  // goes nowhere, whatever it asks for
      return;
  }
}

std::uint64_t Endpoints::caller_of(const events::RecordView& record) const {
  const std::string_view name = record.actor.subject.empty() ? record.actor.client : record.actor.subject;
  if (!name.empty()) return siphash(key_, name);
  if (!record.credential.empty()) return siphash(key_, record.credential);
  // One caller has a whole /64 of IPv6 addresses.
  const auto bytes = record.client.bytes;
  const std::size_t size = record.client.is_v4() ? bytes.size() : bytes.size() / 2;
  return siphash(key_, {reinterpret_cast<const char*>(bytes.data()), size});
}

void Endpoints::count(Entry& entry, const events::RecordView& record) const {
  Endpoint& known = entry.known;
  ++known.calls;
  if (record.outcome == Outcome::denied) ++known.denied;
  if (record.outcome == Outcome::failed || record.status >= 500) ++known.errors;
  if (record.status == 401 || record.status == 403) ++known.auth_failures;
  if (record.status >= 100 && record.status < 600) ++known.statuses[record.status / 100 - 1];
  known.bytes_in += record.bytes_in;
  known.bytes_out += record.bytes_out;
  if (known.first_seen_us == 0 || record.time_us < known.first_seen_us) known.first_seen_us = record.time_us;
  known.last_seen_us = std::max(known.last_seen_us, record.time_us);
  entry.callers.add(caller_of(record));
  count_notes(known, record);
  if (record.outcome != Outcome::forwarded) return;
  if (!entry.durations) entry.durations = std::make_shared<Durations>();
  entry.durations->add(record.duration_us);
  if (record.status == 404 || record.status == 405 || record.status == 501) ++known.absent;
  if (record.status < 200 || record.status >= 400) return;
  ++known.answered;
  count_auth(known, !record.actor.how.empty() ? record.actor.how : !record.credential.empty() ? "unverified" : "none");
}

std::vector<Endpoints::Entry> Endpoints::copy() const {
  std::vector<Entry> out;
  const std::scoped_lock lock(mutex_);
  out.reserve(declared_.size() + shapes_.size());
  for (const auto* entries : {&declared_, &shapes_}) {
    for (const auto& [key, entry] : *entries) {
      Entry& one = out.emplace_back(entry);
      if (entry.durations) {
        one.known.p50_us = entry.durations->quantile(0.5);
        one.known.p99_us = entry.durations->quantile(0.99);
      }
      one.durations.reset();
      const auto api = apis_.find(one.known.api);
      if (api == apis_.end()) continue;
      one.known.api_has_spec = api->second.has_spec;
      if (one.known.owner.empty()) one.known.owner = api->second.owner;
      if (one.known.version.empty()) one.known.version = api->second.version;
    }
  }
  return out;
}

// Shapes of one API and method that a learned path covers become one endpoint.
std::vector<Endpoints::Entry> Endpoints::learned(std::vector<Entry> shapes) {
  std::map<std::string, LearnedPaths, std::less<>> by_api;
  // An undeclared method of a declared path: its template has names, and stays.
  const auto is_declared = [](std::string_view path) {
    const std::size_t brace = path.find('{');
    return brace != std::string_view::npos && !path.substr(brace).starts_with("{}");
  };
  for (const Entry& entry : shapes) {
    if (entry.known.answered != 0 && !is_declared(entry.known.path))
      by_api[entry.known.api].add(entry.known.path, entry.known.calls);
  }
  for (auto& [api, paths] : by_api) paths.learn();
  std::map<std::tuple<std::string, std::string, std::string>, Entry> merged;
  for (Entry& entry : shapes) {
    if (const auto paths = by_api.find(entry.known.api); paths != by_api.end() && !is_declared(entry.known.path)) {
      if (const LearnedPath* const found = paths->second.find(entry.known.path)) entry.known.path = found->path;
    }
    const auto [at, added] = merged.try_emplace({entry.known.api, entry.known.method, entry.known.path}, Entry(entry));
    if (added) continue;
    add_counts(at->second.known, entry.known);
    at->second.callers.add(entry.callers);
    // The slower of both: durations of shapes are not added up.
    at->second.known.p50_us = std::max(at->second.known.p50_us, entry.known.p50_us);
    at->second.known.p99_us = std::max(at->second.known.p99_us, entry.known.p99_us);
  }
  std::vector<Entry> out;
  for (auto& [key, entry] : merged) out.push_back(std::move(entry));
  return out;
}

std::vector<Endpoints::Saved> Endpoints::save(std::int64_t since_us) const {
  std::vector<Saved> out;
  const std::scoped_lock lock(mutex_);
  for (const auto* entries : {&declared_, &shapes_}) {
    for (const auto& [key, entry] : *entries) {
      if (entry.known.calls == 0 || entry.known.last_seen_us < since_us) continue;
      out.push_back({entry.known, entry.callers});
      out.back().known.declared = entries == &declared_;  // also what a reload has removed
    }
  }
  return out;
}

void Endpoints::restore(std::vector<Saved> saved) {
  std::ranges::sort(saved, {}, [](const Saved& one) { return one.known.last_seen_us; });
  const std::scoped_lock lock(mutex_);
  std::string key;
  for (Saved& one : saved) {
    set_key(key, one.known.api, one.known.method, one.known.path);
    Entry* entry = nullptr;
    if (const auto at = declared_.find(key); at != declared_.end()) {
      entry = &at->second;
    } else if (one.known.declared && apis_.contains(one.known.api)) {
      if (declared_.size() >= limits_.max_declared) continue;
      entry = &declared_[key];
      entry->known.api = one.known.api;
      entry->known.method = one.known.method;
      entry->known.path = one.known.path;
      entry->known.stage = "removed";
    } else if (!one.known.declared) {
      entry = &shape(one.known.api, one.known.method, one.known.path);
    } else {
      continue;  // of an API that is no more
    }
    if (entry->known.first_seen_us == 0) entry->known.first_seen_us = one.known.first_seen_us;
    add_counts(entry->known, one.known);
    entry->callers.add(one.callers);
  }
}

void Endpoints::watched_since(std::int64_t time_us) {
  const std::scoped_lock lock(mutex_);
  started_us_ = std::min(started_us_, time_us);
}

std::vector<Endpoint> Endpoints::rows(std::int64_t now_us) const {
  std::vector<Entry> all = copy();
  const std::int64_t watched_since = [&] {
    const std::scoped_lock lock(mutex_);
    return started_us_;
  }();
  const auto declared =
      std::ranges::partition(all, [](const Entry& entry) { return entry.known.stage == "undeclared"; });
  std::vector<Entry> shapes(std::make_move_iterator(all.begin()), std::make_move_iterator(declared.begin()));
  all.erase(all.begin(), declared.begin());
  for (Entry& entry : learned(std::move(shapes))) all.push_back(std::move(entry));
  std::vector<Endpoint> rows;
  rows.reserve(all.size());
  for (Entry& entry : all) {
    Endpoint& row = rows.emplace_back(std::move(entry.known));
    row.callers = entry.callers.estimate();
    std::ranges::sort(row.auth, [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    judge(row, watched_since, now_us);
  }
  std::ranges::sort(rows, {}, [](const Endpoint& r) { return std::tie(r.api, r.path, r.method); });
  return rows;
}

std::uint64_t Endpoints::left_out() const {
  const std::scoped_lock lock(mutex_);
  return left_out_;
}

}  // namespace sallyport::inventory
