#include "inventory/live_calls.hpp"

#include <algorithm>

#include "base/address.hpp"

namespace sallyport::inventory {
namespace {

std::shared_ptr<Call> copy_of(const events::RecordView& record) {
  auto call = std::make_shared<Call>();
  call->id = record.id;
  call->time_us = record.time_us;
  call->client = format_address(record.client);
  call->credential = record.credential;
  call->api = record.api;
  call->method = record.method;
  call->host = record.host;
  call->path = record.path;
  if (!record.query.empty()) (call->path += '?') += record.query;
  call->operation = record.operation;
  call->status = record.status;
  call->outcome = record.outcome;
  call->control = record.control;
  call->rule = record.rule;
  call->detail = record.detail;
  call->duration_us = record.duration_us;
  for (const events::NoteView& note : record.notes) {
    if (note.action != Note::Action::would_deny) continue;
    call->observed.push_back({std::string(note.control), std::string(note.rule), std::string(note.detail)});
  }
  call->line = record.line;
  call->seal_key = record.seal_key;
  call->sealed = record.sealed;
  return call;
}

}  // namespace

std::size_t Call::bytes() const {
  std::size_t sum = sizeof *this + client.size() + credential.size() + api.size() + method.size() + host.size() +
                    path.size() + operation.size() + control.size() + rule.size() + detail.size() + line.size() +
                    seal_key.size() + sealed.size();
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
