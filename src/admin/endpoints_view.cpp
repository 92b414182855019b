#include "admin/endpoints_view.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <span>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "admin/json_object.hpp"
#include "admin/views.hpp"
#include "base/ascii.hpp"
#include "base/csv.hpp"

namespace sallyport::admin {
namespace {

using inventory::DataSeen;
using inventory::Endpoint;
using inventory::State;

constexpr auto orders = std::to_array<std::string_view>(
    {"path", "api", "stage", "score", "calls", "denied", "errors", "callers", "first_seen", "last_seen"});
constexpr auto states = std::to_array<State>(
    {State::documented, State::shadow, State::zombie, State::orphan, State::unauthenticated, State::drifting});
static_assert(states.size() == inventory::state_count);

std::string_view word(inventory::Access access) {
  switch (access) {
    case inventory::Access::unsaid:
      return "unsaid";
    case inventory::Access::anybody:
      return "anybody";
    case inventory::Access::known:
      return "known";
  }
  return "unsaid";
}

template <class List, class Value, class Projection = std::identity>
bool has(const List& list, const Value& value, Projection projection = {}) {
  return std::ranges::find(list, value, projection) != list.end();
}

bool matches(const Endpoint& endpoint, const EndpointQuery& query) {
  if (query.state && !endpoint.states.has(*query.state)) return false;
  if (!query.api.empty() && endpoint.api != query.api) return false;
  if (!query.data_class.empty() && !has(endpoint.data, query.data_class, &DataSeen::data_class)) {
    return false;
  }
  if (query.words.empty()) return true;
  std::string all = fmt::format("{} {} {} {} {} {} {} {}", endpoint.method, endpoint.path, endpoint.api, endpoint.owner,
                                endpoint.operation_id, endpoint.purpose, endpoint.stage, endpoint.version);
  for (const State state : states) {
    if (endpoint.states.has(state)) (all += ' ') += word(state);
  }
  for (const DataSeen& seen : endpoint.data) (((all += ' ') += seen.type) += ' ') += seen.data_class;
  all = lower_case(all);
  return std::ranges::all_of(query.words, [&](const std::string& one) {
    return one.size() > 1 && one.starts_with('-') ? !all.contains(std::string_view(one).substr(1)) : all.contains(one);
  });
}

void sort(std::vector<Endpoint>& rows, EndpointOrder order, bool down) {
  const auto by = [&](auto key) {
    std::ranges::sort(rows, [&](const Endpoint& a, const Endpoint& b) {
      if (key(a) < key(b)) return !down;
      if (key(b) < key(a)) return down;
      return std::tie(a.api, a.path, a.method) < std::tie(b.api, b.path, b.method);
    });
  };
  switch (order) {
    case EndpointOrder::path:
      return by([](const Endpoint& e) { return std::tie(e.path, e.method); });
    case EndpointOrder::api:
      return by([](const Endpoint& e) { return std::tie(e.api, e.path, e.method); });
    case EndpointOrder::stage:
      return by([](const Endpoint& e) { return e.stage; });
    case EndpointOrder::score:
      return by([](const Endpoint& e) { return e.score; });
    case EndpointOrder::calls:
      return by([](const Endpoint& e) { return e.calls; });
    case EndpointOrder::denied:
      return by([](const Endpoint& e) { return e.denied; });
    case EndpointOrder::errors:
      return by([](const Endpoint& e) { return e.errors; });
    case EndpointOrder::callers:
      return by([](const Endpoint& e) { return e.callers; });
    case EndpointOrder::first_seen:
      return by([](const Endpoint& e) { return e.first_seen_us; });
    case EndpointOrder::last_seen:
      return by([](const Endpoint& e) { return e.last_seen_us; });
  }
}

// Writes elements of a JSON array.
template <class List, class Each>
void append_array(std::string& out, const List& list, Each each) {
  out += '[';
  bool first = true;
  for (const auto& one : list) {
    if (!first) out += ',';
    first = false;
    each(one);
  }
  out += ']';
}

void append_time(Object& object, std::string_view name, std::int64_t time_us) {
  if (time_us == 0) {
    object.key(name) += "null";
  } else {
    object.text(name, format_time(time_us));
  }
}

void append_data(std::string& out, const DataSeen& seen) {
  Object object(out);
  object.text("type", seen.type);
  object.text("class", seen.data_class);
  object.text("side", seen.response ? "response" : "request");
  object.text("place", seen.place);
  object.number("times", seen.times);
  object.text("last_seen", format_time(seen.last_seen_us));
  object.close();
}

void append_endpoint(std::string& out, const Endpoint& e) {
  Object row(out);
  row.text("api", e.api);
  row.opt("version", e.version);
  row.text("method", e.method);
  row.text("path", e.path);
  row.opt("operation_id", e.operation_id);
  row.opt("owner", e.owner);
  row.opt("purpose", e.purpose);
  row.text("stage", e.stage);
  row.text("access", word(e.access));
  if (e.sunset_us) row.text("sunset", format_time(*e.sunset_us));
  row.number("score", e.score);
  std::vector<State> in;
  std::ranges::copy_if(states, std::back_inserter(in), [&](State state) { return e.states.has(state); });
  append_array(row.key("states"), in, [&](State state) { append_json(out, word(state)); });
  append_array(row.key("reasons"), e.reasons, [&](const inventory::Reason& reason) {
    Object object(out);
    object.text("text", reason.text);
    object.number("points", reason.points);
    object.close();
  });
  row.number("calls", e.calls);
  row.number("denied", e.denied);
  row.number("errors", e.errors);
  row.number("answered", e.answered);
  row.number("auth_failures", e.auth_failures);
  append_array(row.key("statuses"), e.statuses, [&](std::uint64_t count) { append_number(out, count); });
  row.number("bytes_in", e.bytes_in);
  row.number("bytes_out", e.bytes_out);
  row.number("p50_us", e.p50_us);
  row.number("p99_us", e.p99_us);
  row.number("callers", e.callers);
  append_array(row.key("auth"), e.auth, [&](const auto& pair) {
    Object object(out);
    object.text("how", pair.first);
    object.number("calls", pair.second);
    object.close();
  });
  append_array(row.key("data_declared"), e.data_declared, [&](const std::string& one) { append_json(out, one); });
  append_array(row.key("data"), e.data, [&](const DataSeen& seen) { append_data(out, seen); });
  row.number("misfits", e.misfits);
  append_time(row, "first_seen", e.first_seen_us);
  append_time(row, "last_seen", e.last_seen_us);
  row.close();
}

std::string joined(const std::vector<std::string>& list) { return fmt::format("{}", fmt::join(list, " ")); }

}  // namespace

Result<EndpointQuery> EndpointQuery::read(const Query& query) {
  EndpointQuery out;
  const std::string text = lower_case(query.text("q"));
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) out.words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  if (const std::string state = query.text("state"); !state.empty()) {
    out.state = inventory::state_named(state);
    if (!out.state) return fail(ErrorCode::invalid, "There is no such state.");
  }
  out.api = query.text("api");
  out.data_class = query.text("class");
  if (const std::string order = query.text("sort"); !order.empty()) {
    const auto* const at = std::ranges::find(orders, order);
    if (at == orders.end()) return fail(ErrorCode::invalid, "Nothing can be sorted by that.");
    out.order = static_cast<EndpointOrder>(at - orders.begin());
  }
  const std::string direction = query.text("order");
  if (!direction.empty() && direction != "up" && direction != "down") {
    return fail(ErrorCode::invalid, "The order is `up` or `down`.");
  }
  out.down = direction == "down";
  out.offset = static_cast<std::size_t>(query.number("offset").value_or(0));
  out.limit = query.page_size();
  return out;
}

EndpointPage select(std::vector<Endpoint> rows, const EndpointQuery& query) {
  EndpointPage page;
  page.total = rows.size();
  page.offset = query.offset;
  page.limit = query.limit;
  std::uint64_t sum = 0;
  for (const Endpoint& one : rows) {
    sum += one.score;
    for (const State state : states) page.states[static_cast<std::size_t>(state)] += one.states.has(state) ? 1 : 0;
  }
  if (!rows.empty()) page.score = static_cast<std::uint32_t>(sum / rows.size());
  std::erase_if(rows, [&](const Endpoint& one) { return !matches(one, query); });
  sort(rows, query.order, query.down);
  page.rows = std::move(rows);
  return page;
}

std::string endpoints_json(const EndpointPage& page) {
  std::string out;
  Object object(out);
  object.number("total", page.total);
  object.number("matching", page.rows.size());
  object.number("offset", page.offset);
  object.number("left_out", page.left_out);
  object.number("score", page.score);
  Object of_states(object.key("states"));
  for (const State state : states) of_states.number(word(state), page.states[static_cast<std::size_t>(state)]);
  of_states.close();
  const std::size_t begin = std::min(page.offset, page.rows.size());
  const std::size_t end = begin + std::min(page.limit, page.rows.size() - begin);
  append_array(object.key("endpoints"), std::span(page.rows).subspan(begin, end - begin),
               [&](const Endpoint& one) { append_endpoint(out, one); });
  object.close();
  return out;
}

std::string endpoints_csv(const EndpointPage& page) {
  std::string out =
      "api,version,method,path,operation_id,owner,purpose,stage,states,score,reasons,access,auth,data_declared,"
      "data_request,data_response,calls,denied,errors,callers,bytes_in,bytes_out,first_seen,last_seen\r\n";
  for (const Endpoint& e : page.rows) {
    std::vector<std::string> in, reasons, auth, request, response;
    for (const State state : states) {
      if (e.states.has(state)) in.emplace_back(word(state));
    }
    for (const inventory::Reason& reason : e.reasons) reasons.push_back(reason.text + ";");
    for (const auto& [how, calls] : e.auth) auth.push_back(how);
    for (const DataSeen& seen : e.data) (seen.response ? response : request).push_back(seen.type);
    std::string line;
    for (const std::string_view cell :
         {std::string_view(e.api), std::string_view(e.version), std::string_view(e.method), std::string_view(e.path),
          std::string_view(e.operation_id), std::string_view(e.owner), std::string_view(e.purpose), e.stage}) {
      append_csv(line, cell);
    }
    append_csv(line, joined(in));
    append_csv(line, std::to_string(e.score));
    append_csv(line, joined(reasons));
    append_csv(line, word(e.access));
    append_csv(line, joined(auth));
    append_csv(line, joined(e.data_declared));
    append_csv(line, joined(request));
    append_csv(line, joined(response));
    for (const std::uint64_t number : {e.calls, e.denied, e.errors, e.callers, e.bytes_in, e.bytes_out}) {
      append_csv(line, std::to_string(number));
    }
    append_csv(line, e.first_seen_us == 0 ? "" : format_time(e.first_seen_us));
    append_csv(line, e.last_seen_us == 0 ? "" : format_time(e.last_seen_us));
    (out += line) += "\r\n";
  }
  return out;
}

std::string data_map_json(const std::vector<Endpoint>& rows) {
  // Class and type, then where it flows.
  std::map<std::pair<std::string, std::string>, std::vector<std::pair<const Endpoint*, const DataSeen*>>> types;
  for (const Endpoint& one : rows) {
    for (const DataSeen& seen : one.data) types[{seen.data_class, seen.type}].emplace_back(&one, &seen);
  }
  std::string out;
  Object object(out);
  append_array(object.key("types"), types, [&](const auto& type) {
    Object entry(out);
    entry.text("class", type.first.first);
    entry.text("type", type.first.second);
    append_array(entry.key("flows"), type.second, [&](const auto& flow) {
      const auto& [endpoint, seen] = flow;
      Object one(out);
      one.text("api", endpoint->api);
      one.text("method", endpoint->method);
      one.text("path", endpoint->path);
      one.text("side", seen->response ? "response" : "request");
      one.text("place", seen->place);
      one.number("times", seen->times);
      one.text("last_seen", format_time(seen->last_seen_us));
      one.key("declared") += has(endpoint->data_declared, seen->data_class) ? "true" : "false";
      one.key("open") +=
          has(endpoint->auth, std::string_view("none"), [](const auto& pair) { return std::string_view(pair.first); })
              ? "true"
              : "false";
      one.number("callers", endpoint->callers);
      one.close();
    });
    entry.close();
  });
  object.close();
  return out;
}

}  // namespace sallyport::admin
