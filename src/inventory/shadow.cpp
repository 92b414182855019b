#include "inventory/shadow.hpp"

#include <algorithm>

#include "inventory/path_shape.hpp"

namespace sallyport::inventory {
namespace {

constexpr std::size_t max_host = 255;
constexpr std::size_t max_method = 32;

std::string key_of(const ShadowRow& row) { return row.api + '\n' + row.host + '\n' + row.method + '\n' + row.path; }

}  // namespace

void Shadow::add(const events::RecordView& record) {
  const bool outside = record.route == RouteKind::unknown_path || record.route == RouteKind::unknown_method ||
                       record.route == RouteKind::no_api;
  if (!outside || record.method.empty()) return;  // without a method there was no request to speak of
  ShadowRow row;
  row.api = record.api;
  row.host = record.host.substr(0, max_host);
  row.method = record.method.substr(0, max_method);
  row.path = record.path_template.empty() ? path_shape(record.path) : std::string(record.path_template);
  std::string key = key_of(row);

  const std::scoped_lock lock(mutex_);
  if (const auto at = by_key_.find(key); at != by_key_.end()) {
    groups_.splice(groups_.begin(), groups_, at->second);
  } else {
    if (groups_.size() >= max_) {
      by_key_.erase(key_of(groups_.back().row));
      groups_.pop_back();
    }
    row.first_seen_us = record.time_us;
    groups_.push_front({std::move(row), {}});
    by_key_.emplace(std::move(key), groups_.begin());
  }
  Group& group = groups_.front();
  ++group.row.calls;
  if (record.outcome == Outcome::denied) ++group.row.denied;
  group.row.last_seen_us = std::max(group.row.last_seen_us, record.time_us);
  group.row.last_status = record.status;
  if (std::ranges::find(group.clients, record.client) != group.clients.end()) return;
  if (group.clients.size() == max_clients) {
    group.row.more_clients = true;
    return;
  }
  group.clients.push_back(record.client);
  group.row.clients = group.clients.size();
}

std::vector<ShadowRow> Shadow::rows() const {
  const std::scoped_lock lock(mutex_);
  std::vector<ShadowRow> rows;
  rows.reserve(groups_.size());
  for (const Group& group : groups_) rows.push_back(group.row);
  return rows;
}

}  // namespace sallyport::inventory
