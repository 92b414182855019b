#include "inventory/operations.hpp"

#include <algorithm>
#include <tuple>

#include "inventory/words.hpp"

namespace sallyport::inventory {
namespace {

std::string key_of(std::string_view api, std::string_view method, std::string_view path) {
  std::string key;
  key.reserve(api.size() + method.size() + path.size() + 2);
  ((((key += api) += '\n') += method) += '\n') += path;
  return key;
}

}  // namespace

Operations::Entry* Operations::entry(std::string_view api, std::string_view method, std::string_view path) {
  std::string key = key_of(api, method, path);
  if (const auto at = entries_.find(key); at != entries_.end()) return &at->second;
  if (entries_.size() >= max_) {
    const auto old = std::find_if(entries_.begin(), entries_.end(),
                                  [](const auto& e) { return !e.second.declared && !e.second.prefix; });
    if (old == entries_.end()) return nullptr;
    entries_.erase(old);
  }
  Entry& made = entries_[std::move(key)];
  made.api = api;
  made.method = method;
  made.path = path;
  return &made;
}

void Operations::declare(const Policy& policy) {
  const std::scoped_lock lock(mutex_);
  for (auto& [key, entry] : entries_) entry.declared = false;
  for (const auto& api : policy.apis) {
    for (const Operation& operation : api->operations) {
      Entry* const at = entry(api->name, operation.method_token, operation.path_template);
      if (at == nullptr) return;
      at->operation_id = operation.operation_id;
      at->stage = operation.stage;
      at->declared = true;
    }
  }
  std::erase_if(entries_, [](const auto& e) { return !e.second.declared && e.second.calls == 0; });
}

void Operations::add(const events::RecordView& record) {
  const bool prefix = record.route == RouteKind::prefix;
  if (!prefix && record.route != RouteKind::operation) return;
  const std::string_view method = prefix ? listed_method(record.method) : record.method;
  const std::scoped_lock lock(mutex_);
  Entry* const at = entry(record.api, method, record.path_template);
  if (at == nullptr) {
    ++uncounted_;
    return;
  }
  at->prefix = prefix;
  ++at->calls;
  if (record.outcome == Outcome::denied) ++at->denied;
  if (record.outcome == Outcome::failed || record.status >= 500) ++at->errors;
  at->last_seen_us = std::max(at->last_seen_us, record.time_us);
  if (record.outcome != Outcome::forwarded) return;
  if (!at->durations) at->durations = std::make_unique<Durations>();
  at->durations->add(record.duration_us);
}

std::vector<OperationRow> Operations::rows() const {
  std::vector<OperationRow> rows;
  {
    const std::scoped_lock lock(mutex_);
    rows.reserve(entries_.size());
    for (const auto& [key, e] : entries_) {
      OperationRow row{e.api, e.method, e.path, e.operation_id, {}, e.calls, e.denied, e.errors, 0, 0, e.last_seen_us};
      row.stage = e.declared ? word(e.stage) : e.prefix ? "undeclared" : "removed";
      if (e.durations) {
        row.p50_us = e.durations->quantile(0.5);
        row.p99_us = e.durations->quantile(0.99);
      }
      rows.push_back(std::move(row));
    }
  }
  std::ranges::sort(rows, {}, [](const OperationRow& r) { return std::tie(r.api, r.path, r.method); });
  return rows;
}

std::uint64_t Operations::uncounted() const {
  const std::scoped_lock lock(mutex_);
  return uncounted_;
}

}  // namespace sallyport::inventory
