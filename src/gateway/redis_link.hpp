// RedisLink: one connection of one core to one server of Redis, always being used, made again when
// it ends. Replies come in the order of commands.
#pragma once

#include <chrono>
#include <coroutine>
#include <deque>
#include <memory>
#include <string>

#include "gateway/redis_settings.hpp"
#include "gateway/upstream_pool.hpp"
#include "shared/resp.hpp"

namespace sallyport::gateway {

class Redis;
class Worker;

class RedisLink : public std::enable_shared_from_this<RedisLink> {
 public:
  static constexpr std::chrono::milliseconds shortest_pause{200};  // until a lost connection is tried again
  static constexpr std::chrono::milliseconds longest_pause{2'000};
  static constexpr std::chrono::milliseconds connect_timeout{1'000};
  static constexpr std::size_t max_waiting = 64 * 1024;  // questions; more are unanswered at once

  // A call that waits for its answers.
  class Waiter {
   public:
    void expect() { ++open_; }
    // One answer is there, or will not come.
    void arrived(Reactor& reactor) {
      if (--open_ == 0 && waiting_) reactor.resume_soon(waiting_);
    }
    [[nodiscard]] bool await_ready() const noexcept { return open_ == 0; }
    void await_suspend(std::coroutine_handle<> waiting) noexcept { waiting_ = waiting; }
    void await_resume() const noexcept {}

   private:
    std::size_t open_ = 0;
    std::coroutine_handle<> waiting_;
  };

  // `target` is not looked at with sentinels, which are asked for it.
  RedisLink(Worker& worker, Redis& owner, std::shared_ptr<const RedisSettings> settings, Target target);
  ~RedisLink();
  RedisLink(const RedisLink&) = delete;
  RedisLink& operator=(const RedisLink&) = delete;

  void open();
  void close();
  // May questions be asked? Otherwise the breaker is open.
  [[nodiscard]] bool ready() const { return ready_; }
  // The answer goes to `out`, and `waiter` is told. False: not taken.
  [[nodiscard]] bool ask(std::string_view name, const shared::Ask& ask, shared::Grant& out, Waiter& waiter);
  void beat();
  void poll_revocations(const shared::Revocations::Poll& poll);
  void ask_slots();

 private:
  enum class Kind : std::uint8_t { ask, heartbeat, slots, revocations };
  struct Pending {
    Kind kind = Kind::ask;
    std::chrono::steady_clock::time_point sent;
    shared::Grant* out = nullptr;
    Waiter* waiter = nullptr;
  };

  Task<> run(std::shared_ptr<RedisLink> self);
  Task<> watch(std::shared_ptr<RedisLink> self);
  Task<> flush(std::shared_ptr<RedisLink> self);
  Task<bool> connect();
  Task<bool> greet();
  Task<bool> find_master(Target& out);
  Task<bool> exchange(Stream& stream, std::string_view commands, std::size_t replies, std::vector<shared::Reply>& out);
  Task<> serve();
  void append_login(std::string& out, std::size_t& replies) const;
  [[nodiscard]] bool take(const shared::Reply& reply);
  void take_revocations(const shared::Reply& reply);
  void queued(Pending pending);
  void arm(std::chrono::nanoseconds after);
  void check_time();
  void lose(std::string_view why);
  void say(std::string_view what);

  Worker& worker_;
  Redis* owner_;
  std::shared_ptr<const RedisSettings> settings_;
  Target target_;
  std::shared_ptr<UpstreamConnection> connection_;
  Descriptor timer_;  // a timerfd: the wheel's ticks are too coarse for the budget
  std::deque<Pending> pending_;
  std::string out_;      // commands that are not sent yet
  std::string sending_;  // of flush()
  std::string sha_;      // of the script
  std::string last_said_;
  bool ready_ = false;
  bool closed_ = false;
  bool flushing_ = false;
  bool armed_ = false;
  bool late_ = false;  // the oldest question was late once: what has arrived is read before that counts
};

}  // namespace sallyport::gateway
