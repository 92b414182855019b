#include "replay/replay.hpp"

#include "events/parse_line.hpp"
#include "replay/event_call.hpp"
#include "replay/input.hpp"

namespace sallyport::replay {
namespace {

// `second` is the same call with other stand-ins, or null when there are none.
void judge_call(const Call& first, const Call* second, Judge& judge, Report& report) {
  if (!first.unjudgeable.empty()) {
    Comparison none;
    none.why = first.unjudgeable;
    return report.add(first, none);
  }
  Judged judged = judge.judge(first);
  report.add(first, second == nullptr ? compare(first, std::move(judged))
                                      : compare(first, std::move(judged), judge.judge(*second)));
}

void replay_events(Input& input, Judge& judge, Report& report) {
  Input::Line line;
  while (true) {
    const auto more = input.next(line, events::max_line);
    if (!more) return report.error(more.error());
    if (!*more) return;
    const std::string where = input.path() + ":" + std::to_string(line.number);
    if (line.too_long) {
      report.error(
          {ErrorCode::limit, "the line has more than " + std::to_string(events::max_line) + " bytes", where, {}});
      continue;
    }
    const auto parsed = events::parse_line(line.text, where);
    if (!parsed) {
      report.error(parsed.error());
      continue;
    }
    const Call call = call_of(parsed->record(), where, StandIn::word);
    if (call.stand_ins.empty()) {
      judge_call(call, nullptr, judge, report);
    } else {
      const Call other = call_of(parsed->record(), where, StandIn::absent);
      judge_call(call, &other, judge, report);
    }
  }
}

void replay_archive(Input& input, const HarOptions& options, Judge& judge, Report& report) {
  auto text = input.whole(har_limits.bytes);
  if (!text) return report.error(text.error());
  const auto archive = document::parse_json(std::move(*text), input.path(), har_limits);
  if (!archive) return report.error(archive.error());
  const auto read = read_har(
      archive->root(), options,
      [&](const Call& first, const Call* second) { judge_call(first, second, judge, report); },
      [&](const Error& error) { report.error(error); });
  if (!read) report.error(read.error());
}

}  // namespace

void replay_file(const std::string& path, const HarOptions& options, Judge& judge, Report& report) {
  auto input = Input::open(path);
  if (!input) return report.error(input.error());
  switch (input->format()) {
    case Format::events:
      return replay_events(*input, judge, report);
    case Format::har:
      return replay_archive(*input, options, judge, report);
  }
}

}  // namespace sallyport::replay
