#include "admin/views.hpp"

#include <fmt/format.h>

#include <array>

#include "admin/json_object.hpp"
#include "base/time_text.hpp"
#include "base/uuid.hpp"
#include "events/json_line.hpp"

namespace sallyport::admin {
namespace {

void append_observed(std::string& out, const std::vector<inventory::Observation>& observed) {
  out += '[';
  for (const auto& o : observed) {
    if (out.back() != '[') out += ',';
    Object object(out);
    object.text("control", o.control);
    object.text("reason", o.rule);
    object.opt("detail", o.detail);
    object.close();
  }
  out += ']';
}

void append_row(std::string& out, const inventory::Call& call) {
  std::array<char, uuid_text_bytes> id{};
  format_uuid(call.id, id);
  Object row(out);
  row.number("seq", call.seq);
  row.text("id", {id.data(), id.size()});
  row.text("time", format_time(call.time_us));
  row.text("client", call.client);
  row.opt("credential", call.credential);
  row.opt("actor", call.actor);
  row.opt("api", call.api);
  row.text("method", call.method);
  row.text("host", call.host);
  row.text("path", call.path);
  row.opt("operation", call.operation);
  row.number("status", call.status);
  row.text("outcome", events::word(call.outcome));
  row.opt("control", call.control);
  row.opt("reason", call.rule);
  row.opt("detail", call.detail);
  row.number("duration_us", call.duration_us);
  if (!call.observed.empty()) append_observed(row.key("observed"), call.observed);
  row.close();
}

void append_series(std::string& out, const inventory::Totals::Series& series) {
  Object object(out);
  object.number("step_s", inventory::Totals::step_s);
  object.text("end", format_time(series.end_us));
  const auto list = [&](std::string_view name, std::uint64_t inventory::Tally::* member) {
    object.key(name) += '[';
    for (const inventory::Tally& tally : series.tally) {
      if (out.back() != '[') out += ',';
      append_number(out, tally.*member);
    }
    out += ']';
  };
  list("forwarded", &inventory::Tally::forwarded);
  list("denied", &inventory::Tally::denied);
  list("failed", &inventory::Tally::failed);
  object.close();
}

}  // namespace

std::string format_time(std::int64_t time_us) { return rfc3339(time_us, Fraction::milliseconds); }

std::string summary_json(const Sources& sources, std::int64_t started_us, std::int64_t now_us) {
  const ConfigState config = sources.config();
  const events::WriterStats log = sources.log();
  const inventory::Tally sum = sources.inventory.totals.sum();
  std::string out;
  Object object(out);
  object.text("version", SALLYPORT_VERSION);
  object.text("started_at", format_time(started_us));
  object.number("uptime_s", (now_us - started_us) / 1'000'000);
  Object of_config(object.key("config"));
  of_config.text("path", config.path);
  of_config.number("generation", config.generation);
  of_config.text("loaded_at", format_time(config.loaded_at_us));
  of_config.close();
  object.number("calls", sum.calls());
  object.number("forwarded", sum.forwarded);
  object.number("denied", sum.denied);
  object.number("failed", sum.failed);
  object.number("connections", sources.connections());
  object.number("events_written", log.written);
  object.number("events_dropped", log.dropped + log.shed);
  append_series(object.key("series"), sources.inventory.totals.series(now_us));
  object.close();
  return out;
}

std::string calls_json(const inventory::Page& page) {
  std::string out;
  Object object(out);
  object.number("next", page.next);
  object.key("calls") += '[';
  for (const auto& call : page.calls) {
    if (out.back() != '[') out += ',';
    append_row(out, *call);
  }
  out += ']';
  object.close();
  return out;
}

std::string operations_json(const inventory::Operations& operations) {
  std::string out = R"({"operations":[)";
  for (const inventory::OperationRow& r : operations.rows()) {
    if (out.back() != '[') out += ',';
    Object row(out);
    row.text("api", r.api);
    row.text("method", r.method);
    row.text("path", r.path);
    row.opt("operation_id", r.operation_id);
    row.text("stage", r.stage);
    row.number("calls", r.calls);
    row.number("denied", r.denied);
    row.number("errors", r.errors);
    const auto or_null = [&](std::string_view name, std::uint64_t us) {
      us == 0 ? row.key(name) += "null" : (row.number(name, us), out);
    };
    or_null("p50_us", r.p50_us);
    or_null("p99_us", r.p99_us);
    if (r.last_seen_us == 0) row.key("last_seen") += "null";
    if (r.last_seen_us != 0) row.text("last_seen", format_time(r.last_seen_us));
    row.close();
  }
  return out + "]}";
}

std::string shadow_json(const inventory::Shadow& shadow) {
  std::string out = R"({"endpoints":[)";
  for (const inventory::ShadowRow& r : shadow.rows()) {
    if (out.back() != '[') out += ',';
    Object row(out);
    row.text("api", r.api);
    row.text("host", r.host);
    row.text("method", r.method);
    row.text("path", r.path);
    row.number("calls", r.calls);
    row.number("denied", r.denied);
    row.text("first_seen", format_time(r.first_seen_us));
    row.text("last_seen", format_time(r.last_seen_us));
    row.number("last_status", r.last_status);
    row.number("clients", r.clients);
    if (r.more_clients) row.key("more_clients") += "true";
    row.close();
  }
  return out + "]}";
}

std::string call_json(const inventory::Call& call, const Sources& sources) {
  std::string out(call.line);
  if (call.seal_key.empty() || !out.ends_with('}')) return out;
  const auto original = sources.unseal(call.id, call.seal_key, call.sealed);
  out.pop_back();
  out += original ? R"(,"original":)" : R"(,"original_error":)";
  append_json(out, original ? *original : original.error().message);
  return out + "}";
}

std::string strings_json(const std::vector<std::string>& list) {
  std::string out = "[";
  for (const std::string& text : list) {
    if (out.size() > 1) out += ',';
    append_json(out, text);
  }
  return out + "]";
}

}  // namespace sallyport::admin
