#include "inventory/live_calls.hpp"

#include <algorithm>
#include <utility>

#include "base/address.hpp"

namespace sallyport::inventory {
namespace {

std::shared_ptr<Call> copy_of(const events::RecordView& record) {
  auto call = std::make_shared<Call>();
  call->id = record.id;
  call->time_us = record.time_us;
  call->status = record.status;
  call->outcome = record.outcome;
  call->duration_us = record.duration_us;

  const std::string client = format_address(record.client);
  const std::string_view actor = record.actor.subject.empty() ? record.actor.client : record.actor.subject;
  const std::string_view mark = record.query.empty() ? "" : "?";
  std::string_view path_and_query;
  const std::pair<std::string_view, std::string_view*> parts[] = {{client, &call->client},
                                                                  {record.credential, &call->credential},
                                                                  {actor, &call->actor},
                                                                  {record.api, &call->api},
                                                                  {record.method, &call->method},
                                                                  {record.host, &call->host},
                                                                  {record.path, &call->path},
                                                                  {mark, &path_and_query},
                                                                  {record.query, &path_and_query},
                                                                  {record.operation, &call->operation},
                                                                  {record.control, &call->control},
                                                                  {record.rule, &call->rule},
                                                                  {record.detail, &call->detail},
                                                                  {record.line, &call->line},
                                                                  {record.seal_key, &call->seal_key},
                                                                  {record.sealed, &call->sealed}};
  for (const auto& [text, view] : parts) call->text_size += text.size();
  call->text = std::make_unique_for_overwrite<char[]>(call->text_size);
  char* at = call->text.get();
  for (const auto& [text, view] : parts) {
    *view = {at, text.size()};
    at = std::ranges::copy(text, at).out;
  }
  // The query stands right behind the path.
  call->path = {call->path.begin(), record.path.size() + mark.size() + record.query.size()};

  for (const events::NoteView& note : record.notes) {
    if (note.action != Note::Action::would_deny) continue;
    call->observed.push_back({std::string(note.control), std::string(note.rule), std::string(note.detail)});
  }
  return call;
}

}  // namespace

std::size_t Call::bytes() const {
  std::size_t sum = sizeof *this + text_size;
  for (const Observation& o : observed) sum += sizeof o + o.control.size() + o.rule.size() + o.detail.size();
  return sum;
}

void LiveCalls::add(const events::RecordView& record) {
  const std::shared_ptr<Call> call = copy_of(record);
  const std::size_t size = call->bytes();
  std::vector<std::shared_ptr<const Call>> gone;  // freed after the lock
  const std::scoped_lock lock(mutex_);
  call->seq = ++seq_;
  bytes_ += size;
  calls_.push_back(call);
  while (calls_.size() > 1 && (calls_.size() > max_calls_ || bytes_ > max_bytes_)) {
    bytes_ -= calls_.front()->bytes();
    gone.push_back(std::move(calls_.front()));
    calls_.pop_front();
  }
}

Page LiveCalls::after(std::optional<std::uint64_t> after, std::size_t limit) const {
  const std::scoped_lock lock(mutex_);
  const std::size_t size = calls_.size();
  const std::uint64_t first = seq_ - size + 1;  // of the oldest that is kept
  std::size_t begin = size > limit ? size - limit : 0;
  // A number from before a restart is larger than any of ours: such a reader starts anew.
  if (after && *after <= seq_) begin = *after < first ? 0 : static_cast<std::size_t>(*after - first + 1);
  const std::size_t end = std::min(size, begin + std::min(limit, size));
  Page page;
  page.calls.assign(calls_.begin() + static_cast<std::ptrdiff_t>(begin),
                    calls_.begin() + static_cast<std::ptrdiff_t>(end));
  page.next = page.calls.empty() ? seq_ : page.calls.back()->seq;
  return page;
}

std::shared_ptr<const Call> LiveCalls::find(const CallId& id) const {
  const std::scoped_lock lock(mutex_);
  const auto at = std::find_if(calls_.rbegin(), calls_.rend(), [&](const auto& call) { return call->id == id; });
  return at == calls_.rend() ? nullptr : *at;
}

}  // namespace sallyport::inventory
