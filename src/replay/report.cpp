#include "replay/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "base/json_text.hpp"
#include "events/json_line.hpp"

namespace sallyport::replay {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json(out, text);
  return out;
}

std::string describe(const Noted& note) {
  return fmt::format("{} {}: {}", note.control, events::word(note.action), note.rule);
}

// Notes that only one of the decisions has: "+access would_deny: rule".
std::string differing_notes(const Decision& then, const Decision& now) {
  std::string out;
  const auto add = [&out](char sign, const std::vector<Noted>& these, const std::vector<Noted>& others) {
    for (const Noted& note : these) {
      if (std::ranges::find(others, note) == others.end()) out += fmt::format(", {}{}", sign, describe(note));
    }
  };
  add('-', then.notes, now.notes);
  add('+', now.notes, then.notes);
  return out;
}

std::string json(const Decision& decision) {
  std::string out = R"({"outcome":)" + quoted(decision.outcome);
  if (!decision.control.empty()) out += R"(,"control":)" + quoted(decision.control);
  if (!decision.rule.empty()) out += R"(,"rule":)" + quoted(decision.rule);
  if (decision.status != 0) out += R"(,"status":)" + std::to_string(decision.status);
  if (!decision.notes.empty()) {
    out += R"(,"notes":)";
    char separator = '[';
    for (const Noted& note : decision.notes) {
      out += fmt::format(R"({}{{"control":{},"action":"{}","rule":{}}})", separator, quoted(note.control),
                         events::word(note.action), quoted(note.rule));
      separator = ',';
    }
    out += ']';
  }
  return out + '}';
}

template <class Items>
std::string json_list(const Items& items) {
  std::string out = "[";
  for (const auto& item : items) out += (out.size() > 1 ? "," : "") + quoted(item);
  return out + "]";
}

std::vector<std::string_view> words(Lacks lacks) {
  std::vector<std::string_view> out;
  for (unsigned i = 0; i < lack_count; ++i) {
    if (lacks.has(static_cast<Lack>(i))) out.push_back(word(static_cast<Lack>(i)));
  }
  return out;
}

}  // namespace

std::string describe(const Decision& decision) {
  std::string out(decision.outcome);
  if (decision.status != 0) out += fmt::format(" {}", decision.status);
  if (!decision.control.empty()) out += fmt::format(" by {}: {}", decision.control, decision.rule);
  return out;
}

Report::Report(std::ostream& out, std::ostream& errors, Form form, bool all)
    : out_(out), errors_out_(errors), form_(form), all_(all) {
  if (form_ == Form::json) out_ << R"({"calls":[)";
}

void Report::count(Table& table, const std::string& group, std::uint64_t by) {
  const bool room = table.size() < max_groups || table.contains(group);
  table[room ? group : "other"] += by;
}

void Report::add(const Call& call, const Comparison& comparison) {
  ++calls_;
  ++results_[static_cast<std::size_t>(comparison.result)];
  if (!call.stand_ins.empty() && comparison.result != Sameness::unknown) ++with_stand_ins_;
  if (comparison.result == Sameness::unknown) {
    count(unknown_, comparison.why);
  } else {
    count(decisions_, describe(comparison.now));
  }
  if (comparison.result == Sameness::partial) {
    for (const std::string_view lack : words(comparison.lacks)) count(lacks_, std::string(lack));
  }
  if (comparison.result == Sameness::changed)
    count(changes_, describe(*call.recorded) + " -> " + describe(comparison.now));
  const bool worth = comparison.result == Sameness::changed || comparison.result == Sameness::unknown;
  if (!worth && !all_) return;
  ++told_;
  form_ == Form::json ? tell_json(call, comparison) : tell(call, comparison);
}

void Report::tell(const Call& call, const Comparison& comparison) {
  out_ << call.where << ": " << word(comparison.result) << ": " << quoted(call.method) << ' ' << quoted(call.target)
       << ": ";
  switch (comparison.result) {
    case Sameness::unknown:
      out_ << comparison.why;
      break;
    case Sameness::changed:
      out_ << "was " << describe(*call.recorded) << ", now " << describe(comparison.now);
      if (call.recorded_by_gateway) out_ << differing_notes(*call.recorded, comparison.now);
      break;
    case Sameness::same:
    case Sameness::partial:
    case Sameness::judged:
      out_ << describe(comparison.now);
      break;
  }
  const auto list = [this](std::string_view what, const auto& items) {
    std::string_view separator = what;
    for (const auto& item : items) {
      out_ << separator << item;
      separator = ", ";
    }
  };
  list("; not in the record: ", words(comparison.lacks));
  if (comparison.result != Sameness::unknown) list("; with stand-ins for ", call.stand_ins);
  out_ << '\n';
}

void Report::tell_json(const Call& call, const Comparison& comparison) {
  out_ << (told_ > 1 ? ",\n" : "\n") << R"({"where":)" << quoted(call.where);
  if (!call.id.empty()) out_ << R"(,"id":)" << quoted(call.id);
  out_ << R"(,"method":)" << quoted(call.method) << R"(,"target":)" << quoted(call.target) << R"(,"result":")"
       << word(comparison.result) << '"';
  if (call.recorded) out_ << R"(,"recorded":)" << json(*call.recorded);
  if (comparison.result != Sameness::unknown) out_ << R"(,"now":)" << json(comparison.now);
  if (!comparison.why.empty()) out_ << R"(,"why":)" << quoted(comparison.why);
  if (!comparison.lacks.none()) out_ << R"(,"lacks":)" << json_list(words(comparison.lacks));
  if (!call.stand_ins.empty()) out_ << R"(,"stand_ins":)" << json_list(call.stand_ins);
  out_ << '}';
}

void Report::error(const Error& error) {
  if (++error_count_ > max_errors) return;
  if (form_ == Form::text) {
    errors_out_ << error.text() << '\n';
    return;
  }
  error_list_ += fmt::format(R"({}{{"where":{},"message":{}}})", error_list_.empty() ? "" : ",", quoted(error.where),
                             quoted(error.message));
}

void Report::finish() { form_ == Form::json ? finish_json() : finish_text(); }

void Report::finish_text() {
  out_ << calls_ << (calls_ == 1 ? " call: " : " calls: ");
  std::string_view separator;
  for (unsigned i = 0; i < sameness_count; ++i) {
    if (results_[i] == 0) continue;
    out_ << separator << results_[i] << ' ' << word(static_cast<Sameness>(i));
    separator = ", ";
  }
  out_ << (separator.empty() ? "none\n" : "\n");
  const auto table = [this](std::string_view title, const Table& rows) {
    if (!rows.empty()) out_ << title << ":\n";
    for (const auto& [group, calls] : rows) out_ << fmt::format("{:>8}  {}\n", calls, quoted(group));
  };
  table("what is decided now", decisions_);
  table("what changed", changes_);
  table("same as far as the record goes; controls asked for what it lacks", lacks_);
  table("not to be judged from the record", unknown_);
  if (with_stand_ins_ != 0)
    out_ << with_stand_ins_
         << " calls were judged with stand-ins for what the record does not have, twice, with one verdict\n";
  if (error_count_ > max_errors) errors_out_ << error_count_ - max_errors << " more errors\n";
  if (error_count_ != 0) out_ << error_count_ << " errors: not everything was replayed\n";
}

void Report::finish_json() {
  out_ << "\n],\n\"errors\":[" << error_list_ << "],\n\"summary\":{\"calls\":" << calls_;
  for (unsigned i = 0; i < sameness_count; ++i) out_ << ",\"" << word(static_cast<Sameness>(i)) << "\":" << results_[i];
  out_ << R"(,"errors":)" << error_count_ << R"(,"with_stand_ins":)" << with_stand_ins_;
  const auto table = [this](std::string_view name, const Table& rows) {
    out_ << ",\"" << name << "\":{";
    std::string_view separator;
    for (const auto& [group, calls] : rows) {
      out_ << separator << quoted(group) << ':' << calls;
      separator = ",";
    }
    out_ << '}';
  };
  table("decisions", decisions_);
  table("changes", changes_);
  table("lacks", lacks_);
  table("why_unknown", unknown_);
  out_ << "}}\n";
}

}  // namespace sallyport::replay
