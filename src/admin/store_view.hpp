// What the store keeps, as the admin API shows it.
//
//   GET /api/v1/audit?before=17&limit=50
//   GET /api/v1/series?span=hour&steps=48&api=shop&method=GET&path=/orders
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sallyport/result.hpp>

#include "admin/query.hpp"
#include "store/audit.hpp"
#include "store/tables.hpp"

namespace sallyport::admin {

[[nodiscard]] std::string audit_json(const std::vector<store::AuditEntry>& entries);

// `span`: minute, hour (the default) or day; the last `steps` of them (60, at most 1,000). Errors: another word.
[[nodiscard]] Result<store::SeriesQuery> read_series_query(const Query& query, std::int64_t now_us);
// Every step of the query has its place, also without calls.
[[nodiscard]] std::string series_json(const store::SeriesQuery& query, const std::vector<inventory::Rollup>& steps);

}  // namespace sallyport::admin
