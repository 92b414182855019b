#include <type_traits>
#include <variant>

#include "spec/router.hpp"

#include <sallyport/engine.hpp>

namespace sallyport {
namespace {

constexpr std::string_view engine_name = "http";  // the decider named for rules outside any control

// What a client hears when a control failed: nothing about it.
constexpr Problem failure_problem{.status = 500,
                                  .type = "control_failure",
                                  .title = "The request could not be checked",
                                  .detail = {},
                                  .extra_name = {},
                                  .extra_value = {}};

Verdict call(const Control& control, Phase phase, const Context& context) {
  switch (phase) {
    case Phase::connection:
      return control.on_connection(context);
    case Phase::request_head:
      return control.on_request_head(context);
    case Phase::request_body:
      return control.on_request_body(context);
    case Phase::response_head:
      return control.on_response_head(context);
    case Phase::response_body:
      return control.on_response_body(context);
    case Phase::end:
      control.on_end(context);
      return Pass{};
  }
  return Failed{"unknown phase"};
}

// An API opts in to what the canonical form keeps but back-ends read differently.
const char* refused_form(const Request& request, const Route& route) {
  if (request.path_parameters && (route.api == nullptr || !route.api->path_parameters)) return "path_parameters";
  if (request.encoded_slash && (route.api == nullptr || !route.api->encoded_slash)) return "encoded_slash";
  return nullptr;
}

}  // namespace

void Transaction::start(const Policy& policy, const Connection& connection, Clock clock) {
  policy_ = &policy;
  pipeline_ = &policy.edge;
  connection_ = &connection;
  request_ = nullptr;
  response_ = nullptr;
  running_ = nullptr;
  slab_ = nullptr;
  answer_ = nullptr;
  body_ = {};
  is_decoded_ = body_replaced_ = false;
  request_body_limit_ = response_body_limit_ = 0;
  request_body_judged_ = response_body_judged_ = false;
  required_by_ = no_step;
  now_us_ = clock.now_us;
  budget_ = policy.budget;
  next_ = 0;
  event_.clear();
  event_.time_us = clock.now_us;
  event_.connection = &connection;
  actor_ = {};
  event_.actor = &actor_;
}

bool Transaction::admits(const Policy& policy, const Connection& connection, Clock clock, Transaction& scratch) {
  scratch.arena_.reset();
  scratch.start(policy, connection, clock);
  if (policy.edge.in(Phase::connection).empty()) return true;
  static const Request none;
  // Connection hooks see no request; an empty one keeps Context total.
  scratch.request_ = const_cast<Request*>(&none);
  scratch.prepare_slab();
  const Verdict verdict = scratch.run(Phase::connection);
  scratch.request_ = nullptr;
  return std::holds_alternative<Pass>(verdict);
}

void Transaction::begin(const Policy& policy, const Connection& connection, Request& request, Clock clock) {
  start(policy, connection, clock);
  request_ = &request;
  event_.request = &request;
  event_.route = policy.router->find(request.host, request.path, request.method, request.method_token);
  if (event_.route.api != nullptr) pipeline_ = &policy.pipelines[event_.route.api->index];
  prepare_slab();
}

void Transaction::begin_refused(const Policy& policy, const Connection& connection, const Request* request,
                                Clock clock) {
  start(policy, connection, clock);
  event_.request = request;
  event_.outcome = Outcome::denied;
}

void Transaction::prepare_slab() {
  if (pipeline_->slab_bytes() == 0) return;
  slab_ = static_cast<std::byte*>(arena_.allocate(pipeline_->slab_bytes(), pipeline_->slab_align()));
  for (const Step& step : pipeline_->steps()) {
    if (step.layout.construct != nullptr) step.layout.construct(slab_ + step.slot);
  }
}

Verdict Transaction::request_head() {
  if (const char* form = refused_form(*request_, event_.route)) {
    event_.outcome = Outcome::denied;
    event_.control = engine_name;
    event_.reason = {form, "this API does not opt in to such paths"};
    event_.status = 400;
    return Deny{{400, "malformed_request", "The request is malformed", {}, {}, {}}, event_.reason};
  }
  return run(Phase::request_head);
}

Verdict Transaction::request_body(std::string_view body) {
  body_ = body;
  is_decoded_ = false;
  return run(Phase::request_body);
}

Verdict Transaction::response_head(Response& response) {
  response_ = &response;
  event_.response = &response;
  return run(Phase::response_head);
}

Verdict Transaction::response_body(std::string_view body) {
  body_ = body;
  is_decoded_ = false;
  return run(Phase::response_body);
}

Verdict Transaction::response_unseen() {
  if (required_by_ == no_step) return Pass{};
  constexpr Problem unseen{502, "bad_gateway", "The API gave no valid answer", {}, {}, {}};
  return judge(pipeline_->steps()[required_by_], Deny{unseen, {"unseen", "the answer is too long to be looked at"}});
}

Verdict Transaction::resume(const Answer& answer) {
  answer_ = &answer;
  Verdict verdict = proceed();
  answer_ = nullptr;
  return verdict;
}

void Transaction::end() {
  if (request_ != nullptr) run(Phase::end);
}

Verdict Transaction::run(Phase phase) {
  phase_ = phase;
  next_ = 0;
  body_replaced_ = false;
  return proceed();
}

Verdict Transaction::proceed() {
  const auto order = pipeline_->in(phase_);
  const auto steps = pipeline_->steps();
  const Context context(*this);
  const Problem* replacement = nullptr;
  Reason replaced_why;
  while (next_ < order.size()) {
    const Step& step = steps[order[next_]];
    running_ = &step;
    Verdict verdict = judge(step, call(*step.control, phase_, context));
    answer_ = nullptr;
    if (std::holds_alternative<Need>(verdict)) return verdict;  // resume() asks this control again
    ++next_;
    if (std::holds_alternative<Deny>(verdict)) return verdict;
    if (const auto* rewrite = std::get_if<Rewrite>(&verdict); rewrite != nullptr && rewrite->replace != nullptr) {
      replacement = rewrite->replace;
      replaced_why = rewrite->reason;
    }
  }
  if (replacement != nullptr) return Rewrite{{}, replacement, replaced_why};
  if (body_replaced_) return Rewrite{{}, nullptr, {}, body_};
  return Pass{};
}

// Applies mode and on_error: what comes back is what really happens.
Verdict Transaction::judge(const Step& step, Verdict verdict) {
  if (std::holds_alternative<Pass>(verdict) || std::holds_alternative<Need>(verdict)) return verdict;
  const bool enforce = step.mode == Mode::enforce;
  if (const auto* deny = std::get_if<Deny>(&verdict)) {
    note(step.name, enforce ? Note::Action::denied : Note::Action::would_deny, deny->reason);
    if (!enforce) return Pass{};
    event_.outcome = Outcome::denied;
    event_.control = step.name;
    event_.reason = deny->reason;
    event_.status = deny->problem.status;
    return verdict;
  }
  if (const auto* rewrite = std::get_if<Rewrite>(&verdict)) {
    if (!rewrite->reason.rule.empty()) {
      note(step.name, enforce ? Note::Action::rewrote : Note::Action::would_rewrite, rewrite->reason);
    }
    if (!enforce) return Pass{};
    const std::string_view broken = apply(*rewrite);
    return broken.empty() ? verdict : failed(step, broken);
  }
  return failed(step, std::get<Failed>(verdict).what);
}

Verdict Transaction::failed(const Step& step, std::string_view what) {
  const Reason reason{"control_failure", what};
  note(step.name, Note::Action::failed, reason);
  if (step.on_error == OnError::allow || step.mode != Mode::enforce) return Pass{};
  event_.outcome = Outcome::failed;
  event_.control = step.name;
  event_.reason = reason;
  event_.status = failure_problem.status;
  return Deny{failure_problem, reason};
}

// Empty, or why it cannot be done.
std::string_view Transaction::apply(const Rewrite& rewrite) {
  constexpr std::string_view full = "too many fields after an edit";
  if (rewrite.body && phase_ != Phase::request_body && phase_ != Phase::response_body) {
    return "a body was rewritten outside of its phase";
  }
  Fields& fields = phase_ >= Phase::response_head ? response_->fields : request_->fields;
  for (const Edit& edit : rewrite.edits) {
    switch (edit.kind) {
      case Edit::Kind::remove_at:
        fields.remove(edit.index);
        break;
      case Edit::Kind::remove:
        fields.remove(edit.name);
        break;
      case Edit::Kind::set:
        if (!fields.set(edit.name, edit.value)) return full;
        break;
      case Edit::Kind::add:
        if (!fields.append(edit.name, edit.value)) return full;
        break;
    }
  }
  if (rewrite.body) replace_body(*rewrite.body);
  return {};
}

// Another body is whole and uncoded, and what the fields say of the old one's bytes does not hold:
// its coding, its digests (RFC 9530), that parts of it can be had (RFC 9110 §14) and its ETag.
void Transaction::replace_body(std::string_view body) {
  const bool response = phase_ == Phase::response_body;
  Fields& fields = response ? response_->fields : request_->fields;
  fields.remove(FieldName::content_encoding);
  fields.remove(FieldName::etag);
  for (const char* name : {"Content-MD5", "Digest", "Content-Digest", "Repr-Digest", "Accept-Ranges"}) {
    fields.remove(name);
  }
  (response ? response_->framing : request_->framing) = Framing::length;
  (response ? response_->content_length : request_->content_length) = body.size();
  body_ = body;
  is_decoded_ = false;
  body_replaced_ = true;
}

void Transaction::note(std::string_view control, Note::Action action, Reason reason) {
  if (event_.note_count == Event::max_notes) {
    ++event_.notes_dropped;
    return;
  }
  event_.notes[event_.note_count++] = Note{control, action, reason};
}

}  // namespace sallyport
