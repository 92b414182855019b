#include "replay/explain.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/driver_rules.hpp"
#include "events/json_line.hpp"
#include "http/head.hpp"

namespace sallyport::replay {
namespace {

using How = Explained::Said::How;

constexpr http::HeadLimits limits{64u << 10, 16u << 10, 100};

std::string host_for(const Policy& policy, const Asked& asked) {
  if (!asked.host.empty()) return asked.host;
  for (const auto& api : policy.apis) {
    for (const std::string& host : api->hosts) {
      if (!host.contains('*')) return host;
      if (host.starts_with("*.")) return "any" + host.substr(1);
    }
  }
  return "localhost";
}

std::string head_of(const Asked& asked, const std::string& host) {
  std::string head = asked.method + " " + asked.target + " HTTP/1.1\r\nHost: " + host + "\r\n";
  for (const auto& [name, value] : asked.fields) head += fmt::format("{}: {}\r\n", name, value);
  if (asked.body) head += fmt::format("Content-Length: {}\r\n", asked.body->size());
  return head + "\r\n";
}

std::string caller_of(const Actor& actor) {
  if (!actor.known()) return "nobody is known";
  std::string out(!actor.subject.empty() ? actor.subject : actor.client);
  out += fmt::format(" ({})", events::word(actor.how));
  const auto add = [&](std::string_view what, std::string_view value) {
    if (!value.empty()) out += fmt::format(", {} {}", what, value);
  };
  if (!actor.subject.empty()) add("application", actor.client);
  add("key", actor.key_id);
  add("tenant", actor.tenant);
  add("roles", fmt::format("{}", fmt::join(actor.roles, " ")));
  add("scopes", fmt::format("{}", fmt::join(actor.scopes, " ")));
  return out;
}

std::string route_of(const Route& route) {
  switch (route.kind) {
    case RouteKind::operation:
      return fmt::format("operation {}{}", route.operation->label,
                         route.operation->operation_id.empty() ? "" : " (" + route.operation->operation_id + ")");
    case RouteKind::prefix:
      return "everything under " + route.api->base_path + ", without a specification";
    case RouteKind::unknown_path:
      return "the specification has no such path";
    case RouteKind::unknown_method:
      return fmt::format("{} is declared, with {} only", route.path_template, route.allowed_methods);
    case RouteKind::no_api:
      return "no API takes this host and path";
  }
  return {};
}

How how_of(Note::Action action) {
  switch (action) {
    case Note::Action::noted:
      return How::noted;
    case Note::Action::rewrote:
    case Note::Action::would_rewrite:
      return How::changed;
    case Note::Action::denied:
      return How::denied;
    case Note::Action::would_deny:
      return How::would_deny;
    case Note::Action::failed:
      return How::failed;
  }
  return How::failed;
}

std::string_view word(How how) {
  switch (how) {
    case How::passed:
      return "passed";
    case How::noted:
      return "noted";
    case How::changed:
      return "changed";
    case How::would_deny:
      return "would deny";
    case How::denied:
      return "DENIED";
    case How::failed:
      return "FAILED";
    case How::not_asked:
      return "not asked";
  }
  return {};
}

class Explainer {
 public:
  Explainer(const Policy& policy, Transaction& transaction) : policy_(policy), transaction_(transaction) {}

  // One phase: false when the request ends in it.
  bool run(Phase phase, std::string_view body) {
    const std::size_t before = transaction_.event().note_count;
    Verdict verdict = phase == Phase::request_head ? transaction_.request_head() : transaction_.request_body(body);
    while (std::holds_alternative<Need>(verdict)) {
      out.looked_up = true;
      verdict = transaction_.resume(Answer{});
    }
    list(phase, before, std::holds_alternative<Deny>(verdict));
    return !std::holds_alternative<Deny>(verdict);
  }

  void end_by(const http::Refusal& refusal) {
    out.status = refusal.status;
    out.control = "http";
    out.rule = refusal.rule;
  }

  Explained out;

 private:
  // What every control of the phase said: its notes, or nothing.
  void list(Phase phase, std::size_t before, bool ended) {
    const Event& event = transaction_.event();
    const Pipeline& pipeline = event.route.api != nullptr ? policy_.pipelines[event.route.api->index] : policy_.edge;
    const auto notes = event.all_notes().subspan(before);
    bool over = false;
    for (const std::uint16_t index : pipeline.in(phase)) {
      const Step& step = pipeline.steps()[index];
      const std::size_t had = out.steps.size();
      for (const Note& note : notes) {
        if (note.control != step.name) continue;
        out.steps.push_back({step.name, step.mode, phase, how_of(note.action), std::string(note.reason.rule),
                             std::string(note.reason.detail)});
      }
      if (out.steps.size() == had) {
        out.steps.push_back({step.name, step.mode, phase, over ? How::not_asked : How::passed, {}, {}});
      }
      over = over || (ended && step.name == event.control);
    }
    if (!ended) return;
    out.status = event.status;
    out.control = event.control;
    out.rule = event.reason.rule;
  }

  const Policy& policy_;
  Transaction& transaction_;
};

}  // namespace

Result<Explained> explain(const assembly::Assembled& assembled, const Asked& asked, Clock clock) {
  const Policy& policy = *assembled.policy;
  const auto refused = [](const http::Refusal& refusal) {
    return fail(ErrorCode::invalid, fmt::format("the rules of HTTP refuse it with {}: {} ({})", refusal.status,
                                                refusal.detail, refusal.rule));
  };
  const std::string host = host_for(policy, asked);
  const std::string head = head_of(asked, host);
  http::HeadEnd end;
  const auto size = end.find(head, limits.head);
  if (!size) return refused(size.error());
  if (*size != head.size()) return fail(ErrorCode::invalid, "a field ends the head: it has an empty line");
  Transaction transaction;
  Request request;
  if (const auto read = http::read_request_head(head, true, limits, transaction.fresh_arena(), request); !read) {
    return refused(read.error());
  }
  const Connection connection{asked.client, 0, true, "TLSv1.3", request.host};
  transaction.begin(policy, connection, request, clock);
  Explainer explainer(policy, transaction);
  Explained& out = explainer.out;
  const Route& route = transaction.route();
  out.host = request.host;
  out.path = request.path;
  out.api = route.api != nullptr ? route.api->name : "";
  out.route = route_of(route);
  const std::uint64_t max_body = route.api != nullptr ? assembled.root.apis[route.api->index].max_body.bytes : 0;
  const std::size_t body = asked.body ? asked.body->size() : 0;
  if (const auto* refusal = engine::refused_at_entry(connection, request, route, max_body)) {
    explainer.end_by(*refusal);
  } else if (explainer.run(Phase::request_head, {})) {
    const std::size_t wanted = transaction.wants_request_body();
    if (const auto* without = engine::refused_without_api(route)) {
      explainer.end_by(*without);
    } else if (wanted > engine::max_whole_request || (wanted != 0 && body > wanted)) {
      explainer.end_by(engine::body_too_long);
    } else if (wanted != 0) {
      static_cast<void>(explainer.run(Phase::request_body, asked.body.value_or("")));
    }
  }
  out.caller = caller_of(*transaction.event().actor);
  transaction.end();
  return std::move(out);
}

std::string text_of(const Explained& explained) {
  std::string out =
      fmt::format("request   {} of {}\nAPI       {}\nroute     {}\ncaller    {}\n", explained.path, explained.host,
                  explained.api.empty() ? "none" : explained.api, explained.route, explained.caller);
  for (const Explained::Said& one : explained.steps) {
    out += fmt::format("  {} {:<22} {:<10}", one.phase == Phase::request_head ? "head" : "body", one.control,
                       word(one.how));
    if (!one.rule.empty()) out += " " + one.rule;
    if (!one.detail.empty()) out += ": " + one.detail;
    if (one.mode == Mode::observe) out += " (observe)";
    while (out.ends_with(' ')) out.pop_back();
    out += '\n';
  }
  if (explained.looked_up)
    out += "  a control asked for a look-up, which is not made here: it was answered with nothing\n";
  if (explained.status == 0) return out + "ends      at the API\n";
  return out + fmt::format("ends      with {}, by {}: {}\n", explained.status, explained.control, explained.rule);
}

}  // namespace sallyport::replay
