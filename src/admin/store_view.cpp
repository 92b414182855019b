#include "admin/store_view.hpp"

#include <algorithm>

#include "admin/json_object.hpp"
#include "admin/limits.hpp"
#include "admin/views.hpp"

namespace sallyport::admin {
namespace {

constexpr std::uint64_t default_steps = 60;

}  // namespace

std::string audit_json(const std::vector<store::AuditEntry>& entries) {
  std::string out = R"({"entries":[)";
  for (const store::AuditEntry& entry : entries) {
    if (out.back() != '[') out += ',';
    Object row(out);
    row.number("seq", entry.seq);
    row.text("time", format_time(entry.time_us));
    row.text("actor", entry.actor);
    row.text("action", entry.action);
    row.opt("object", entry.object);
    row.opt("detail", entry.detail);
    row.close();
  }
  return out + "]}";
}

Result<store::SeriesQuery> read_series_query(const Query& query, std::int64_t now_us) {
  store::SeriesQuery out;
  const std::string span = query.text("span");
  if (span == "minute") {
    out.span = store::Span::minute;
  } else if (span == "day") {
    out.span = store::Span::day;
  } else if (!span.empty() && span != "hour") {
    return fail(ErrorCode::invalid, "The span is `minute`, `hour` or `day`.");
  }
  const std::int64_t step = store::seconds(out.span);
  const auto steps =
      static_cast<std::int64_t>(std::clamp<std::uint64_t>(query.number("steps").value_or(default_steps), 1, max_page));
  const std::int64_t now_s = now_us / 1'000'000;
  out.to_s = now_s - now_s % step + step;
  out.from_s = out.to_s - steps * step;
  out.api = query.text("api");
  out.method = query.text("method");
  out.path = query.text("path");
  return out;
}

std::string series_json(const store::SeriesQuery& query, const std::vector<inventory::Rollup>& steps) {
  const std::int64_t step = store::seconds(query.span);
  const auto size = static_cast<std::size_t>((query.to_s - query.from_s) / step);
  std::vector<inventory::Rollup> all(size);
  for (const inventory::Rollup& one : steps) {
    const std::int64_t at = (one.start_s - query.from_s) / step;
    if (at >= 0 && at < static_cast<std::int64_t>(size)) all[static_cast<std::size_t>(at)] = one;
  }
  std::string out;
  Object object(out);
  object.number("step_s", step);
  object.text("from", format_time(query.from_s * 1'000'000));
  object.text("to", format_time(query.to_s * 1'000'000));
  const auto list = [&](std::string_view name, std::uint64_t inventory::Rollup::* member) {
    object.key(name) += '[';
    for (const inventory::Rollup& one : all) {
      if (out.back() != '[') out += ',';
      append_number(out, one.*member);
    }
    out += ']';
  };
  list("calls", &inventory::Rollup::calls);
  list("denied", &inventory::Rollup::denied);
  list("errors", &inventory::Rollup::errors);
  list("auth_failures", &inventory::Rollup::auth_failures);
  list("bytes_out", &inventory::Rollup::bytes_out);
  object.close();
  return out;
}

}  // namespace sallyport::admin
