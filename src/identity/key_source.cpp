#include "identity/key_source.hpp"

#include <utility>

namespace sallyport::identity {

KeySource::KeySource(KeyLocation location, Load load, Tell tell)
    : location_(std::move(location)),
      load_(std::move(load)),
      tell_(std::move(tell)),
      times_(location_.interval, location_.rest) {}

KeySource::~KeySource() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  interrupt_.raise();
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  for (const Reply& reply : waiting_) reply(false, {});
}

std::shared_ptr<const void> KeySource::use() {
  const std::lock_guard lock(mutex_);
  auto user = user_.lock();
  if (!user) {
    user = std::make_shared<const char>();
    user_ = user;
    had_user_ = true;
    changed_.notify_all();
  }
  return user;
}

bool KeySource::is_used() const {
  const std::lock_guard lock(mutex_);
  return !idle();
}

void KeySource::ask(Time now, Reply reply) {
  {
    const std::lock_guard lock(mutex_);
    const bool comes = !stopping_ && (fetching_ || times_.due(now) || times_.ask(now));
    if (comes && waiting_.size() < max_waiting) {
      waiting_.push_back(std::move(reply));
      changed_.notify_all();
      return;
    }
  }
  reply(false, {});
}

void KeySource::start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

bool KeySource::wait_for_first(Time until) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, until, [this] { return tried_; });
}

std::optional<Error> KeySource::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void KeySource::step(Time now) {
  std::unique_lock lock(mutex_);
  if (times_.due(now)) {
    fetch(lock);
    times_.fetched(now, !failure_);
  }
}

void KeySource::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (idle()) {
      changed_.wait(lock);
    } else if (times_.due(std::chrono::steady_clock::now())) {
      fetch(lock);
      times_.fetched(std::chrono::steady_clock::now(), !failure_);
    } else {
      changed_.wait_until(lock, times_.next());
    }
  }
}

// The lock is held before and after, not while it waits for the issuer.
void KeySource::fetch(std::unique_lock<std::mutex>& lock) {
  fetching_ = true;
  lock.unlock();
  auto loaded = load_(interrupt_);
  lock.lock();
  fetching_ = false;
  const bool failed_before = failure_.has_value();
  std::string told;
  if (loaded) {
    keys_.set(std::make_shared<const jose::KeySet>(std::move(*loaded)));
    if (failed_before) told = "the keys of " + location_.issuer + " are fetched again";
    failure_.reset();
  } else {
    if (!failed_before) told = "the keys of " + location_.issuer + " cannot be fetched: " + loaded.error().text();
    failure_ = std::move(loaded.error());
  }
  tried_ = true;
  const auto waiting = std::exchange(waiting_, {});
  const bool good = !failure_;
  changed_.notify_all();
  lock.unlock();
  if (!told.empty() && tell_) tell_(told);
  for (const Reply& reply : waiting) reply(good, {});
  lock.lock();
}

}  // namespace sallyport::identity
