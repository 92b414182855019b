#include "outlet/outlet.hpp"

#include <algorithm>

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
  thread_ = std::thread([this] { run(); });
}

void Outlet::stop() {
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Outlet::run() {
  std::chrono::milliseconds pause{0};
  std::chrono::milliseconds failing = first_pause;
  for (bool last = false; !last;) {
    {
      std::unique_lock lock(mutex_);
      last = wake_.wait_for(lock, pause, [this] { return stopping_; });
    }
    auto done = step();
    while (last && done && *done == max_batch) done = step();  // all that is there when it stops
    const std::scoped_lock lock(mutex_);
    if (done) {
      if (stats_.away) options_.complain(fmt::format("outlet {}: events are taken again", options_.name));
      pause = *done == max_batch ? std::chrono::milliseconds(0) : rest;
      failing = first_pause;
    } else {
      if (!stats_.away) {
        options_.complain(fmt::format("outlet {}: events wait in the log: {}", options_.name, done.error().text()));
      }
      ++stats_.failures;
      pause = failing;
      failing = std::min(failing * 2, max_pause);
    }
    stats_.away = !done;
  }
}

OutletStats Outlet::stats() const {
  const std::scoped_lock lock(mutex_);
  return stats_;
}

}  // namespace sallyport::outlet
