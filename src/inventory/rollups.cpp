#include "inventory/rollups.hpp"

#include "base/json_text.hpp"
#include "inventory/words.hpp"

namespace sallyport::inventory {
namespace {

constexpr std::int64_t minute_s = 60;

}  // namespace

void Rollup::add(const Rollup& other) {
  for (const auto member : {&Rollup::calls, &Rollup::denied, &Rollup::errors, &Rollup::auth_failures, &Rollup::bytes_in,
                            &Rollup::bytes_out, &Rollup::duration_us}) {
    this->*member += other.*member;
  }
}

Rollup* Rollups::cell(std::int64_t start_s, std::string_view api, std::string_view method, std::string_view path) {
  lookup_.clear();
  append_number(lookup_, start_s);
  ((((((lookup_ += '\n') += api) += '\n') += method) += '\n') += path);
  if (const auto at = cells_.find(lookup_); at != cells_.end()) return &at->second;
  if (cells_.size() >= max_) return nullptr;
  Rollup& made = cells_[lookup_];
  made.start_s = start_s;
  made.api = api;
  made.method = method;
  made.path = path;
  return &made;
}

void Rollups::add(const events::RecordView& record) {
  const bool declared = record.route == RouteKind::operation;
  const std::int64_t second = record.time_us / 1'000'000;
  const std::scoped_lock lock(mutex_);
  Rollup* const to = cell(second - second % minute_s, record.api,
                          declared                ? record.method
                          : record.method.empty() ? ""
                                                  : listed_method(record.method),
                          declared ? record.path_template : std::string_view());
  if (to == nullptr) {
    ++lost_;
    return;
  }
  ++to->calls;
  if (record.outcome == Outcome::denied) ++to->denied;
  if (record.outcome == Outcome::failed || record.status >= 500) ++to->errors;
  if (record.status == 401 || record.status == 403) ++to->auth_failures;
  to->bytes_in += record.bytes_in;
  to->bytes_out += record.bytes_out;
  if (record.outcome == Outcome::forwarded) to->duration_us += record.duration_us;
}

std::vector<Rollup> Rollups::take() {
  std::unordered_map<std::string, Rollup> cells;
  {
    const std::scoped_lock lock(mutex_);
    cells.swap(cells_);
  }
  std::vector<Rollup> out;
  out.reserve(cells.size());
  for (auto& [key, one] : cells) out.push_back(std::move(one));
  return out;
}

void Rollups::give_back(const std::vector<Rollup>& rollups) {
  const std::scoped_lock lock(mutex_);
  for (const Rollup& one : rollups) {
    if (Rollup* const to = cell(one.start_s, one.api, one.method, one.path)) {
      to->add(one);
    } else {
      lost_ += one.calls;
    }
  }
}

std::uint64_t Rollups::lost() const {
  const std::scoped_lock lock(mutex_);
  return lost_;
}

}  // namespace sallyport::inventory
