#include "replay/compare.hpp"

#include <algorithm>
#include <array>

#include "events/json_line.hpp"

namespace sallyport::replay {
namespace {

// Refusals by rules that judge what a record has, or that the configuration can change. All other
// rules of HTTP judge bytes of which a record keeps only what could be read.
constexpr auto replayable =
    std::to_array<std::string_view>({"sni_mismatch", "body_limit", "no_api", "path_parameters", "encoded_slash"});
constexpr auto limits = std::to_array<std::string_view>({"head_limit", "target_limit", "fields_limit"});

bool equal(const Decision& a, const Decision& b) {
  return a.outcome == b.outcome && a.control == b.control && a.rule == b.rule && a.status == b.status &&
         (a.notes_dropped || b.notes_dropped || a.notes == b.notes);
}

bool refused_by_http(const Decision& decision) {
  return decision.control == "http" && decision.outcome == events::word(Outcome::denied);
}

// Could such a control have left this note?
bool fits(const Judged::Blind& blind, Note::Action action) {
  const Mode mode = blind.mode;
  if (blind.only_notes && action != Note::Action::noted) return false;
  switch (action) {
    case Note::Action::denied:
    case Note::Action::rewrote:
      return mode == Mode::enforce;
    case Note::Action::would_deny:
    case Note::Action::would_rewrite:
      return mode == Mode::observe;
    case Note::Action::noted:
    case Note::Action::failed:
      return mode != Mode::off;
  }
  return false;
}

// Takes over what the controls that are blind now found then, and what followed from it.
void suppose(const Decision& then, const std::vector<Judged::Blind>& blind, Decision& now) {
  bool acted = false;
  for (const Noted& note : then.notes) {
    if (std::ranges::find(now.notes, note) != now.notes.end()) continue;
    const bool possible = std::ranges::any_of(
        blind, [&](const Judged::Blind& one) { return one.control == note.control && fits(one, note.action); });
    if (!possible) continue;
    now.notes.push_back(note);
    acted = acted || note.action == Note::Action::denied || note.action == Note::Action::rewrote ||
            note.action == Note::Action::failed;
  }
  std::ranges::sort(now.notes);
  if (!acted) return;
  now.outcome = then.outcome;
  now.control = then.control;
  now.rule = then.rule;
  now.status = then.status;
}

bool cut(Lacks lacks) {
  return lacks.has(Lack::response) || lacks.has(Lack::request_fields) || lacks.has(Lack::response_fields) ||
         lacks.has(Lack::query);
}

// Empty when the difference between the two decisions is one of configurations and not of what
// the record kept.
std::string doubt(const Call& call, const Judged& judged, Lacks lacks) {
  const Decision& then = *call.recorded;
  if (judged.decision.outcome == Decision::admitted && then.control == "http")
    return "the bytes that were refused are not in the record";
  if (refused_by_http(then) && std::ranges::find(replayable, then.rule) == replayable.end())
    return "the record does not have what was refused (" + then.rule + ") as it came";
  if (judged.refused_by_http) {
    const bool limit = std::ranges::find(limits, judged.decision.rule) != limits.end();
    if (!limit || !call.stand_ins.empty() || cut(lacks))
      return "the record does not give the head as it came (" + judged.decision.rule + ")";
  }
  if (cut(lacks)) return "what differs may be what the record cut off";
  return {};
}

}  // namespace

std::string_view word(Sameness result) {
  static constexpr auto words = std::to_array<std::string_view>({"same", "partial", "changed", "unknown", "judged"});
  return words[static_cast<std::size_t>(result)];
}

std::string_view word(Lack lack) {
  static constexpr auto words = std::to_array<std::string_view>(
      {"request body", "response body", "response", "some request fields", "some response fields", "end of the query"});
  return words[static_cast<std::size_t>(lack)];
}

Comparison compare(const Call& call, Judged judged) {
  Comparison out;
  out.lacks = call.lacks;
  out.lacks.add(judged.lacks);
  out.result = Sameness::judged;
  if (!call.recorded) {
    out.now = std::move(judged.decision);
    return out;
  }
  const Decision& then = *call.recorded;
  bool as_then = false;
  if (call.recorded_by_gateway) {
    suppose(then, judged.blind, judged.decision);
    as_then = equal(then, judged.decision);
    if (!as_then) out.why = doubt(call, judged, out.lacks);
  } else {
    as_then = then.status == judged.decision.status;
  }
  out.now = std::move(judged.decision);
  if (as_then) {
    out.result = out.lacks.none() ? Sameness::same : Sameness::partial;
  } else {
    out.result = out.why.empty() ? Sameness::changed : Sameness::unknown;
  }
  return out;
}

Comparison compare(const Call& call, Judged first, const Judged& second) {
  const bool depends = !equal(first.decision, second.decision);
  Comparison out = compare(call, std::move(first));
  if (!depends) return out;
  out.result = Sameness::unknown;
  out.why = "the verdict depends on what the record does not have:";
  for (const std::string& name : call.stand_ins) out.why += (out.why.ends_with(':') ? " " : ", ") + name;
  return out;
}

}  // namespace sallyport::replay
