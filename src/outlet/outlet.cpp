#include "outlet/outlet.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "events/parse_line.hpp"

namespace sallyport::outlet {

Result<std::unique_ptr<Outlet>> Outlet::open(const OutletOptions& options, std::unique_ptr<Sink> sink) {
  std::unique_ptr<Outlet> outlet(new Outlet(options, std::move(sink)));
  const auto kept = load_cursor(outlet->cursor_file());
  if (!kept) return std::unexpected(kept.error());
  if (*kept) {
    outlet->cursor_ = **kept;
    return outlet;
  }
  auto end = outlet->tail_.end();
  if (!end) return std::unexpected(std::move(end.error()));
  if (auto saved = save_cursor(outlet->cursor_file(), *end); !saved) return std::unexpected(saved.error());
  outlet->cursor_ = *end;
  return outlet;
}

Outlet::~Outlet() { stop(); }

Result<std::size_t> Outlet::step() {
  auto batch = tail_.read(cursor_, max_batch);
  if (!batch) return std::unexpected(std::move(batch.error()));
  std::vector<Message> messages;
  std::uint64_t unreadable = 0;
  for (const std::string& line : batch->lines) {
    const auto parsed = events::parse_line(line, "event");
    if (!parsed) {
      ++unreadable;
      continue;
    }
    Message& message = messages.emplace_back();
    append_message(message.text, options_.format, parsed->record(), line);
    message.time_us = parsed->record().time_us;
    message.severity = severity_of(parsed->record());
  }
  if (!messages.empty()) {
    const std::string name = fmt::format("{}-{}-{}", options_.name, cursor_.segment, cursor_.offset);
    if (auto sent = sink_->send(messages, name); !sent) return std::unexpected(std::move(sent.error()));
  }
  if (batch->next != cursor_) {
    if (auto saved = save_cursor(cursor_file(), batch->next); !saved) return std::unexpected(std::move(saved.error()));
    cursor_ = batch->next;
  }
  const std::scoped_lock lock(mutex_);
  stats_.delivered += messages.size();
  stats_.unreadable += unreadable;
  stats_.missed = tail_.missed();
  return messages.size();
}

void Outlet::start() {
  thread_.start(std::chrono::milliseconds(0), [this](bool last) { return round(last); });
}

void Outlet::stop() { thread_.stop(); }

// Delivers what is there; how long to rest then.
std::chrono::milliseconds Outlet::round(bool last) {
  auto done = step();
  while (last && done && *done == max_batch) done = step();  // all that is there when it stops
  const std::scoped_lock lock(mutex_);
  const bool was_away = std::exchange(stats_.away, !done);
  if (done) {
    if (was_away) options_.complain(fmt::format("outlet {}: events are taken again", options_.name));
    failing_ = first_pause;
    return *done == max_batch ? std::chrono::milliseconds(0) : rest;
  }
  if (!was_away) {
    options_.complain(fmt::format("outlet {}: events wait in the log: {}", options_.name, done.error().text()));
  }
  ++stats_.failures;
  return std::exchange(failing_, std::min(failing_ * 2, max_pause));
}

OutletStats Outlet::stats() const {
  const std::scoped_lock lock(mutex_);
  return stats_;
}

}  // namespace sallyport::outlet
