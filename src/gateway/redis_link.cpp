#include "gateway/redis_link.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>

#include "base/address.hpp"
#include "events/options.hpp"
#include "gateway/pause.hpp"
#include "gateway/redis.hpp"
#include "gateway/resolve.hpp"
#include "gateway/worker.hpp"
#include "shared/counter_script.hpp"
#include "shared/revocation_script.hpp"

namespace sallyport::gateway {
namespace {

using shared::Reply;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds grace{2};  // for what arrived while this core was busy

// Resumes within the next round of the reactor: what is asked until then goes out together.
struct NextRound {
  Reactor& reactor;
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) const { reactor.resume_soon(waiting); }
  void await_resume() const noexcept {}
};

bool is_error(const Reply& reply, std::string_view kind) {
  return reply.kind == Reply::Kind::error && std::string_view(reply.text).starts_with(kind);
}

}  // namespace

RedisLink::RedisLink(Worker& worker, Redis& owner, std::shared_ptr<const RedisSettings> settings, Target target)
    : worker_(worker),
      owner_(&owner),
      settings_(std::move(settings)),
      target_(std::move(target)),
      timer_(worker.reactor(), ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {}

RedisLink::~RedisLink() = default;

void RedisLink::open() {
  worker_.spawn(watch(shared_from_this()));
  worker_.spawn(run(shared_from_this()));
}

void RedisLink::close() {
  closed_ = true;
  owner_ = nullptr;
  timer_.close();
  lose({});
}

// Nobody waits for this connection any more. `why` is for operators.
void RedisLink::lose(std::string_view why) {
  ready_ = false;
  if (!why.empty()) say(why);
  if (connection_) connection_->stream.close();
  out_.clear();
  for (Pending& one : std::exchange(pending_, {})) {
    if (one.kind == Kind::revocations) settings_->revocations->unanswered();
    if (one.waiter == nullptr) continue;
    worker_.own_stats().store_unanswered.fetch_add(1, std::memory_order_relaxed);
    one.waiter->arrived(worker_.reactor());
  }
}

// Once for each change.
void RedisLink::say(std::string_view what) {
  if (last_said_ == what) return;
  last_said_ = what;
  static_cast<void>(std::fprintf(stderr, "sallyport: redis %s: %.*s\n", target_.address_text.c_str(),
                                 static_cast<int>(what.size()), what.data()));
}

Task<> RedisLink::run(std::shared_ptr<RedisLink> self) {
  auto pause = shortest_pause;
  while (!closed_) {
    if (co_await connect()) {
      pause = shortest_pause;
      co_await serve();
    }
    lose({});
    connection_.reset();  // flush() may hold it a little longer
    if (closed_) break;
    co_await Pause(worker_.reactor(), worker_.wheel(), pause);
    pause = std::min(pause * 2, longest_pause);
  }
}

Task<bool> RedisLink::connect() {
  if (settings_->kind == settings::Redis::Kind::sentinel && !co_await find_master(target_)) {
    say("no sentinel knows the master");
    co_return false;
  }
  if (closed_) co_return false;
  IoStatus status = IoStatus::failed;
  connection_ = co_await worker_.upstreams().connect(target_, connect_timeout, status);
  if (!connection_ || closed_) {
    say("cannot connect: limits hold as their on_store_error says");
    co_return false;
  }
  co_return co_await greet();
}

void RedisLink::append_login(std::string& out, std::size_t& replies) const {
  if (settings_->password.empty()) return;
  if (settings_->username.empty()) {
    shared::append_command(out, {"AUTH", settings_->password.reveal()});
  } else {
    shared::append_command(out, {"AUTH", settings_->username, settings_->password.reveal()});
  }
  ++replies;
}

// Logs in, hands over the script and learns how many nodes there are. Only then is it ready.
Task<bool> RedisLink::greet() {
  const std::shared_ptr<UpstreamConnection> connection = connection_;
  std::string commands;
  std::size_t count = 0;
  append_login(commands, count);
  if (settings_->database != 0) {
    shared::append_command(commands, {"SELECT", std::to_string(settings_->database)});
    ++count;
  }
  shared::append_command(commands, {"ROLE"});
  shared::append_command(commands, {"SCRIPT", "LOAD", shared::counter_script()});
  count += 2;
  std::vector<Reply> replies;
  const bool good = co_await exchange(connection->stream, commands, count, replies);
  if (closed_ || !good) {
    if (!closed_) say("it did not answer in time");
    co_return false;
  }
  for (const Reply& reply : replies) {
    if (reply.kind == Reply::Kind::error) {
      say(reply.text.substr(0, 80));
      co_return false;
    }
  }
  const Reply& role = replies[count - 2];
  const bool master = role.kind == Reply::Kind::list && !role.items.empty() && role.items[0].text == "master";
  if (!master && settings_->kind != settings::Redis::Kind::cluster) {
    say("it is no master: counters cannot be changed there");
    co_return false;
  }
  if (replies[count - 1].text.size() != 40) co_return false;
  sha_ = replies[count - 1].text;
  connection->stream.no_deadline();
  ready_ = true;
  say("connected");
  beat();
  if (owner_ != nullptr && owner_->wants_slots()) ask_slots();
  co_return true;
}

Task<bool> RedisLink::find_master(Target& out) {
  for (const Target& sentinel : settings_->servers) {
    if (closed_) co_return false;
    IoStatus status = IoStatus::failed;
    const auto connection = co_await worker_.upstreams().connect(sentinel, connect_timeout, status);
    if (!connection || closed_) continue;
    std::string commands;
    shared::append_command(commands, {"SENTINEL", "GET-MASTER-ADDR-BY-NAME", settings_->master});
    std::vector<Reply> replies;
    const bool good = co_await exchange(connection->stream, commands, 1, replies);
    if (!good || replies[0].kind != Reply::Kind::list || replies[0].items.size() != 2) continue;
    const auto address = parse_address(replies[0].items[0].text);
    std::uint16_t port = 0;
    const std::string& digits = replies[0].items[1].text;
    std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (!address || port == 0) continue;
    out = sentinel;
    out.endpoint = {boost::asio::ip::make_address(replies[0].items[0].text), port};
    out.address_text = address_text(out.endpoint);
    out.key = "redis " + out.address_text;
    co_return true;
  }
  co_return false;
}

// Sends commands and reads as many replies, before anything else uses the stream.
Task<bool> RedisLink::exchange(Stream& stream, std::string_view commands, std::size_t replies,
                               std::vector<Reply>& out) {
  stream.deadline(connect_timeout);
  Parts parts{commands, {}, {}, {}};
  IoStatus status = stream.send(parts);
  if (status == IoStatus::ok && !is_empty(parts)) status = co_await stream.finish(parts);
  if (status != IoStatus::ok) co_return false;
  shared::ReplyBuffer received;
  Buffer buffer = worker_.buffers().take(BufferPool::small);
  while (out.size() < replies) {
    Reply reply;
    const shared::RespRead read = received.next(reply);
    if (read == shared::RespRead::malformed) co_return false;
    if (read == shared::RespRead::complete) {
      out.push_back(std::move(reply));
      continue;
    }
    const Io io = co_await stream.read_some({buffer.data(), buffer.size()});
    if (io.status != IoStatus::ok) co_return false;
    received.add({buffer.data(), io.bytes});
  }
  co_return received.empty();
}

Task<> RedisLink::serve() {
  const std::shared_ptr<UpstreamConnection> connection = connection_;
  Stream& stream = connection->stream;
  shared::ReplyBuffer received;
  while (true) {
    co_await stream.readable();
    Buffer buffer = worker_.buffers().take(BufferPool::small);
    Io io = stream.read_now({buffer.data(), buffer.size()});
    if (io.status == IoStatus::idle) io = co_await stream.read_some({buffer.data(), buffer.size()});
    if (io.status != IoStatus::ok) {
      if (!closed_) say("the connection ended: limits hold as their on_store_error says");
      co_return;
    }
    received.add({buffer.data(), io.bytes});
    while (true) {
      Reply reply;
      const shared::RespRead read = received.next(reply);
      if (read == shared::RespRead::more) break;
      if (read == shared::RespRead::complete && take(reply)) continue;
      if (!closed_) say("it answered what was not asked");
      co_return;
    }
  }
}

// The reply to the oldest question. False: the connection is of no use any more.
bool RedisLink::take(const Reply& reply) {
  if (reply.pushed) return true;
  if (pending_.empty()) return false;
  const Pending one = pending_.front();
  pending_.pop_front();
  late_ = false;
  switch (one.kind) {
    case Kind::ask:
      *one.out = shared::read_grant(reply);
      if (!one.out->answered) worker_.own_stats().store_unanswered.fetch_add(1, std::memory_order_relaxed);
      one.waiter->arrived(worker_.reactor());
      if ((is_error(reply, "MOVED") || is_error(reply, "ASK") || is_error(reply, "CLUSTERDOWN")) && owner_ != nullptr) {
        owner_->slots_moved();
        return true;
      }
      // A replica, a server that has lost the script or that is loading: begin anew.
      return reply.kind != Reply::Kind::error;
    case Kind::heartbeat:
      if (reply.kind == Reply::Kind::integer) {
        settings_->leases->set_nodes(static_cast<std::uint32_t>(std::clamp<std::int64_t>(reply.integer, 1, 10'000)));
      }
      return reply.kind != Reply::Kind::error || is_error(reply, "MOVED");
    case Kind::revocations:
      take_revocations(reply);
      return true;
    case Kind::slots:
      if (owner_ != nullptr) owner_->slots_told(reply);
      return true;
  }
  return false;
}

// What it refuses here is no reason to give up the counters.
void RedisLink::take_revocations(const Reply& reply) {
  bool again = false;
  if (settings_->revocations->told(reply, events::system_now_us() / 1'000'000, again)) {
    if (again && owner_ != nullptr) owner_->poll_revocations();
    return;
  }
  settings_->revocations->unanswered();
  if (is_error(reply, "MOVED") || is_error(reply, "ASK") || is_error(reply, "CLUSTERDOWN")) {
    if (owner_ != nullptr) owner_->slots_moved();
    return;
  }
  say("revocations are not shared: " + reply.text.substr(0, 80));
}

bool RedisLink::ask(std::string_view name, const shared::Ask& ask, shared::Grant& out, Waiter& waiter) {
  if (!ready_ || pending_.size() >= max_waiting) return false;
  shared::append_ask(out_, sha_, name, ask);
  waiter.expect();
  queued({Kind::ask, Clock::now(), &out, &waiter});
  return true;
}

void RedisLink::beat() {
  if (!ready_ || owner_ == nullptr || pending_.size() >= max_waiting) return;
  shared::append_heartbeat(out_, settings_->prefix, owner_->node_id());
  queued({Kind::heartbeat, Clock::now(), nullptr, nullptr});
}

void RedisLink::poll_revocations(const shared::Revocations::Poll& poll) {
  if (!ready_ || pending_.size() >= max_waiting) return settings_->revocations->unanswered();
  shared::append_poll(out_, settings_->prefix, poll);
  queued({Kind::revocations, Clock::now(), nullptr, nullptr});
}

void RedisLink::ask_slots() {
  if (!ready_ || pending_.size() >= max_waiting) return;
  shared::append_command(out_, {"CLUSTER", "SLOTS"});
  queued({Kind::slots, Clock::now(), nullptr, nullptr});
}

void RedisLink::queued(Pending pending) {
  pending_.push_back(pending);
  if (!armed_) arm(settings_->budget);
  if (flushing_) return;
  flushing_ = true;
  worker_.spawn(flush(shared_from_this()));
}

Task<> RedisLink::flush(std::shared_ptr<RedisLink> self) {
  co_await NextRound{worker_.reactor()};
  const std::shared_ptr<UpstreamConnection> connection = connection_;
  while (connection && connection == connection_ && !out_.empty()) {
    sending_.swap(out_);
    Parts parts{sending_, {}, {}, {}};
    IoStatus status = connection->stream.send(parts);
    if (status == IoStatus::ok && !is_empty(parts)) status = co_await connection->stream.finish(parts);
    sending_.clear();
    if (status != IoStatus::ok) break;  // who reads sees the end
  }
  flushing_ = false;
  if (connection == connection_ || out_.empty() || !ready_) co_return;
  flushing_ = true;
  worker_.spawn(flush(self));
}

// --- the budget ---

void RedisLink::arm(std::chrono::nanoseconds after) {
  itimerspec time{};
  time.it_value.tv_sec = after.count() / 1'000'000'000;
  time.it_value.tv_nsec = after.count() % 1'000'000'000;
  armed_ = timer_.is_open() && ::timerfd_settime(timer_.fd(), 0, &time, nullptr) == 0;
}

Task<> RedisLink::watch(std::shared_ptr<RedisLink> self) {
  while (true) {
    co_await timer_.readable();
    if (!timer_.is_open()) co_return;
    std::uint64_t times = 0;
    [[maybe_unused]] const ssize_t size = ::read(timer_.fd(), &times, sizeof times);
    timer_.read_blocked();
    if (size > 0) check_time();
  }
}

void RedisLink::check_time() {
  armed_ = false;
  if (pending_.empty()) return;
  const auto left = pending_.front().sent + settings_->budget - Clock::now();
  if (left > std::chrono::nanoseconds(0)) {
    late_ = false;
    arm(left);
  } else if (!late_) {
    late_ = true;
    arm(grace);
  } else {
    late_ = false;
    lose("no answer in time: limits hold as their on_store_error says");
  }
}

}  // namespace sallyport::gateway
