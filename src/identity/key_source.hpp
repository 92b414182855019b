// KeySource: the keys of one issuer that publishes them, kept fresh by a thread of its own. Its end waits for
// that thread, and so for the resolver: never on a thread that serves requests.
//
// Calls read what is there and wait for nothing. While the issuer does not answer, the keys that are
// known go on; a token by an unknown key asks for newer ones, at most once in `rest`, and everybody who
// asks meanwhile waits for that one fetch. What makes no good set changes nothing.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/lookups.hpp"
#include "identity/key_location.hpp"
#include "identity/published.hpp"
#include "identity/refresh_times.hpp"

namespace sallyport::identity {

class KeySource {
 public:
  using Time = RefreshTimes::Time;
  using Reply = engine::Answerer::Reply;
  using Load = std::function<Result<jose::KeySet>(const fetch::Interrupt&)>;
  // What an operator should hear: once when fetching begins to fail, once when it is well again.
  using Tell = std::function<void(const std::string&)>;
  static constexpr std::size_t max_waiting = 10'000;  // calls; more are answered at once: no newer keys

  KeySource(KeyLocation location, Load load, Tell tell);
  ~KeySource();
  KeySource(const KeySource&) = delete;
  KeySource& operator=(const KeySource&) = delete;

  [[nodiscard]] const KeyLocation& location() const { return location_; }
  // Null until a set was fetched.
  [[nodiscard]] std::shared_ptr<const jose::KeySet> keys() const { return keys_.get(); }

  // As long as somebody holds what this gives, keys are fetched; when nobody does any more, none are.
  [[nodiscard]] std::shared_ptr<const void> use();
  [[nodiscard]] bool is_used() const;

  // A token names a key that is not there. Replies when a fetch has ended, or at once that there is none.
  void ask(Time now, Reply reply);

  // Begins the thread; once.
  void start();
  // True when the first fetch has ended, well or not, before `until`.
  bool wait_for_first(Time until);
  // Why the last fetch failed; null when it did not, or there was none.
  [[nodiscard]] std::optional<Error> failure() const;

  // Fetches if that is due: what the thread does. For tests, which have no thread.
  void step(Time now);

 private:
  [[nodiscard]] bool idle() const { return had_user_ && user_.expired(); }
  void run();
  void fetch(std::unique_lock<std::mutex>& lock);

  const KeyLocation location_;
  const Load load_;
  const Tell tell_;
  Published<jose::KeySet> keys_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  RefreshTimes times_;
  std::vector<Reply> waiting_;
  std::optional<Error> failure_;
  std::weak_ptr<const void> user_;
  bool had_user_ = false;
  bool fetching_ = false;
  bool tried_ = false;
  bool stopping_ = false;
  fetch::Interrupt interrupt_;
  std::thread thread_;
};

}  // namespace sallyport::identity
