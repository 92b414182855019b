#include "replay/judge.hpp"

#include <algorithm>

#include "engine/driver_rules.hpp"
#include "events/json_line.hpp"

namespace sallyport::replay {
namespace {

http::HeadLimits limits_of(const assembly::Assembled& assembled, bool tls) {
  const auto& listeners = assembled.root.listen;
  const bool none = std::ranges::none_of(listeners, [tls](const auto& one) { return one.tls.has_value() == tls; });
  if (listeners.empty()) return {};
  http::HeadLimits most{0, 0, 0};
  for (const auto& listen : listeners) {
    if (!none && listen.tls.has_value() != tls) continue;
    most.head = std::max<std::size_t>(most.head, listen.limits.head.bytes);
    most.target = std::max<std::size_t>(most.target, listen.limits.target.bytes);
    most.fields = std::max<std::size_t>(most.fields, listen.limits.fields);
  }
  return most;
}

Decision refused(const http::Refusal& refusal) {
  return {events::word(Outcome::denied), "http", std::string(refusal.rule), refusal.status, {}, false};
}

// The problem that goes out instead of the API's answer, or null.
const Problem* replacement(const Verdict& verdict) {
  if (const auto* deny = std::get_if<Deny>(&verdict)) return &deny->problem;
  const auto* rewrite = std::get_if<Rewrite>(&verdict);
  return rewrite != nullptr ? rewrite->replace : nullptr;
}

// Did the network end the call, and neither a control nor the HTTP rules? What it did then it does again.
bool ended_by_network(const Decision& decision) {
  const bool ended =
      decision.outcome == events::word(Outcome::failed) || decision.outcome == events::word(Outcome::aborted);
  return ended && (decision.control == "upstream" || decision.control == "http");
}

}  // namespace

Judge::Judge(const assembly::Assembled& assembled)
    : policy_(assembled.policy), limits_{limits_of(assembled, false), limits_of(assembled, true)} {
  for (const auto& api : assembled.root.apis) max_body_.push_back(api.max_body.bytes);
}

Judged Judge::judge(const Call& call) {
  Judged out;
  if (!admitted(call, out) || !read_head(call, out)) return out;
  if (request(call, out) && request_body(call, out)) answer(call, out);
  transaction_.end();
  take_event(out);
  return out;
}

bool Judge::admitted(const Call& call, Judged& out) {
  // Asked before TLS: nothing is known of it then.
  connection_ = Connection{call.client, call.client_port, call.tls, {}, {}};
  if (!Transaction::admits(*policy_, connection_, Clock{call.time_us}, transaction_)) {
    const Event& event = transaction_.event();
    out.decision = {events::word(event.outcome),
                    std::string(event.control),
                    std::string(event.reason.rule),
                    event.status,
                    {},
                    false};
    take_event(out);
    return false;
  }
  connection_.tls_version = call.tls_version;
  connection_.sni = call.sni;
  connection_.certificate = call.certificate ? &*call.certificate : nullptr;
  if (!call.head || !call.head->empty()) return true;
  out.decision.outcome = Decision::admitted;
  return false;
}

// The rules that HeadEnd and read_request_head have, as for bytes from a socket.
bool Judge::read_head(const Call& call, Judged& out) {
  const auto refuse = [&out](const http::Refusal& refusal) {
    out.decision = refused(refusal);
    out.refused_by_http = true;
    return false;
  };
  if (!call.head) return refuse(call.head.error());
  const http::HeadLimits& limits = limits_[call.tls ? 1 : 0];
  http::HeadEnd end;
  const auto size = end.find(*call.head, limits.head);
  if (!size) return refuse(size.error());
  if (*size != call.head->size()) return refuse({400, "request_line", "an empty line within the head"});
  const auto read = http::read_request_head(*call.head, call.tls, limits, transaction_.fresh_arena(), request_);
  return read ? true : refuse(read.error());
}

bool Judge::request(const Call& call, Judged& out) {
  transaction_.begin(*policy_, connection_, request_, Clock{call.time_us});
  const Route& route = transaction_.route();
  const std::uint64_t max_body = route.api != nullptr ? max_body_[route.api->index] : 0;
  if (const auto* refusal = engine::refused_at_entry(connection_, request_, route, max_body)) {
    out.decision = refused(*refusal);
    return false;
  }
  if (std::holds_alternative<Deny>(settled(transaction_.request_head()))) {
    out.decision.outcome = {};  // the event has it
    return false;
  }
  if (const auto* refusal = engine::refused_without_api(route)) {
    out.decision = refused(*refusal);
    return false;
  }
  if (request_.framing == Framing::chunked && call.body_bytes > max_body) {
    out.decision = refused(engine::body_too_long);
    return false;
  }
  return true;
}

bool Judge::request_body(const Call& call, Judged& out) {
  const std::size_t wanted = transaction_.wants_request_body();
  if (!transaction_.judges_request_body() && !call.body) unseen(Phase::request_body, out);
  if (wanted == 0) return true;
  std::string_view body;
  if (request_.framing == Framing::chunked || request_.content_length != 0) {
    const bool whole =
        call.body && (request_.framing != Framing::length || call.body->size() == request_.content_length);
    const std::uint64_t size = request_.framing == Framing::length ? request_.content_length : call.body_bytes;
    if (wanted > engine::max_whole_request || size > wanted) {
      out.decision = refused(engine::body_too_long);
      return false;
    }
    if (!whole) {
      if (!transaction_.judges_request_body()) return true;
      blind(Phase::request_body, Lack::request_body, out);
      return true;
    }
    body = *call.body;
  }
  if (!std::holds_alternative<Deny>(settled(transaction_.request_body(body)))) return true;
  out.decision.outcome = {};
  return false;
}

void Judge::answer(const Call& call, Judged& out) {
  const bool cut_off = call.recorded && ended_by_network(*call.recorded);
  if (cut_off) out.decision = *call.recorded;
  if (call.answer_head.empty()) return;
  // Fields that the gateway itself added are in the record too.
  const http::HeadLimits limits{call.answer_head.size(), 0, Fields::capacity};
  if (const auto read = http::read_response_head(call.answer_head, request_.method, limits, response_); !read) {
    if (call.recorded_by_gateway) {
      out.lacks.add(Lack::response);  // it was read then: the record does not have it as it came
    } else {
      out.decision = {events::word(Outcome::failed), "upstream", std::string(read.error().rule), 502, {}, false};
    }
    return;
  }
  Event& event = transaction_.event();
  event.status = response_.status;
  event.outcome = Outcome::forwarded;
  const Verdict verdict = settled(transaction_.response_head(response_));
  if (const Problem* replaced = replacement(verdict)) {
    event.status = replaced->status;
  } else {
    answer_body(call, out);
  }
  if (!cut_off) out.decision.outcome = {};
}

void Judge::answer_body(const Call& call, Judged& out) {
  const std::size_t wanted = std::min(transaction_.wants_response_body(), engine::max_whole_answer);
  if (!transaction_.judges_response_body() && !call.answer) unseen(Phase::response_body, out);
  if (wanted == 0 || response_.framing == Framing::none || call.answer_uninspected) return;
  const bool announced = response_.framing == Framing::length;
  const auto too_long = [&] {
    const Verdict verdict = transaction_.response_unseen();
    if (const Problem* replaced = replacement(verdict)) transaction_.event().status = replaced->status;
  };
  if (announced && response_.content_length > wanted) return too_long();
  if (!call.answer || (announced && call.answer->size() != response_.content_length)) {
    if (!transaction_.judges_response_body()) return;
    return blind(Phase::response_body, Lack::response_body, out);
  }
  if (call.answer->size() > wanted) return too_long();
  const Verdict verdict = settled(transaction_.response_body(*call.answer));
  if (const Problem* replaced = replacement(verdict)) transaction_.event().status = replaced->status;
}

// No look-up is made: what it would have said then is not in the record.
Verdict Judge::settled(Verdict verdict) {
  while (std::holds_alternative<Need>(verdict)) verdict = transaction_.resume(Answer{});
  return verdict;
}

void Judge::blind(Phase phase, Lack lack, Judged& out) const {
  out.lacks.add(lack);
  unseeing(phase, false, out);
}

// No verdict depends on the body that is missing; what was noted of it then stays as it is.
void Judge::unseen(Phase phase, Judged& out) const { unseeing(phase, true, out); }

void Judge::unseeing(Phase phase, bool only_notes, Judged& out) const {
  const Api* api = transaction_.route().api;
  const Pipeline& pipeline = api != nullptr ? policy_->pipelines[api->index] : policy_->edge;
  for (const std::uint16_t index : pipeline.in(phase)) {
    out.blind.push_back({pipeline.steps()[index].name, pipeline.steps()[index].mode, only_notes});
  }
}

// The notes, and the decision unless a rule besides the controls made it.
void Judge::take_event(Judged& out) const {
  const Event& event = transaction_.event();
  Decision& decision = out.decision;
  if (decision.outcome.empty()) {
    decision.outcome = events::word(event.outcome);
    decision.control = event.control;
    decision.rule = event.reason.rule;
    decision.status = event.status;
  }
  decision.notes.clear();
  for (const Note& note : event.all_notes()) {
    decision.notes.push_back({std::string(note.control), note.action, std::string(note.reason.rule)});
  }
  std::ranges::sort(decision.notes);
  decision.notes_dropped = event.notes_dropped != 0;
}

}  // namespace sallyport::replay
