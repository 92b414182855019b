#include "gateway/worker.hpp"

#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "gateway/call.hpp"
#include "gateway/pause.hpp"
#include "gateway/redis.hpp"
#include "gateway/redis_settings.hpp"
#include "gateway/session.hpp"

namespace sallyport::gateway {
namespace {

constexpr std::size_t kept_calls = 512;
constexpr std::chrono::milliseconds out_of_descriptors{50};  // until accept() is tried again

}  // namespace

struct Worker::Acceptor {
  Acceptor(Reactor& reactor, const ListeningSocket& given) : name(given.name), socket(reactor, given.fd) {}
  std::string name;
  Descriptor socket;
  std::shared_ptr<const Listener> listener;
};

// What other threads want; the eventfd wakes the worker.
struct Worker::Orders {
  explicit Orders(Reactor& reactor) : fd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)), event(reactor, fd) {}
  std::mutex mutex;
  std::shared_ptr<const Snapshot> snapshot;
  std::vector<ListeningSocket> sockets;
  bool drain = false;
  std::chrono::milliseconds grace{};
  int fd;
  Descriptor event;
};

Worker::Worker(std::shared_ptr<const Snapshot> snapshot, events::Recorder& recorder,
               std::shared_ptr<std::atomic<std::uint32_t>> open_connections)
    : recorder_(recorder),
      open_connections_(std::move(open_connections)),
      upstreams_(reactor_, wheel_, buffers_),
      started_(std::chrono::steady_clock::now()),
      orders_(std::make_unique<Orders>(reactor_)) {
  adopt(std::move(snapshot), {});
}

Worker::~Worker() { join(); }

void Worker::start(std::vector<ListeningSocket> sockets) {
  // Coroutines live on the worker's thread only, from their first step.
  thread_ = std::thread([this, sockets = std::move(sockets)] {
    adopt(std::shared_ptr<const Snapshot>(local_), sockets);
    run();
  });
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::wake() {
  const std::uint64_t one = 1;
  // An eventfd takes a write unless its counter is full, and then the worker is awake anyway.
  [[maybe_unused]] const ssize_t written = ::write(orders_->fd, &one, sizeof one);
}

void Worker::update(std::shared_ptr<const Snapshot> snapshot, std::vector<ListeningSocket> sockets) {
  {
    const std::lock_guard lock(orders_->mutex);
    orders_->snapshot = std::move(snapshot);
    for (auto& socket : sockets) orders_->sockets.push_back(std::move(socket));
  }
  wake();
}

void Worker::drain(std::chrono::milliseconds grace) {
  {
    const std::lock_guard lock(orders_->mutex);
    orders_->drain = true;
    orders_->grace = grace;
  }
  wake();
}

// Nothing on the request path throws on purpose; what does (memory) ends that connection only.
void Worker::spawn(Task<> task) {
  ++tasks_;
  gateway::spawn(std::move(task), [this](const std::exception_ptr& error) {
    --tasks_;
    if (!error) return;
    stats_.internal_errors.fetch_add(1, std::memory_order_relaxed);
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& what) {
      static_cast<void>(std::fprintf(stderr, "sallyport: a connection ended by an internal error: %s\n", what.what()));
    }
  });
}

void Worker::run() {
  spawn(obey());
  use_redis();
  if (checks_health_) health_checks_.follow(local_);
  spawn(mailbox_->deliver(reactor_));
  auto next_tick = started_ + Wheel::tick;
  while (!draining_ || !sessions_.empty()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_tick - std::chrono::steady_clock::now());
    reactor_.poll(std::max(left, std::chrono::milliseconds(0)));
    const auto now = std::chrono::steady_clock::now();
    if (now < next_tick) continue;
    next_tick = now + Wheel::tick;
    tick(now);
  }
  orders_->event.close();
  mailbox_->close();
  upstreams_.clear();
  health_checks_.close();
  mirrors_.close();
  if (redis_) redis_->close();
  http2_upstreams_.clear();
  // What waits for something that was closed comes to its end.
  while (tasks_ != 0) {
    reactor_.poll(Wheel::tick);
    tick(std::chrono::steady_clock::now());
  }
  calls_.clear();
  redis_.reset();
  FramePool::clear();
}

// The worker's clock: moves the wheel, and ends what a drain waits for.
void Worker::tick(std::chrono::steady_clock::time_point now) {
  wheel_.advance(std::chrono::duration_cast<std::chrono::milliseconds>(now - started_));
  if (!draining_) return;
  const bool late = now >= drain_end_;
  for (std::size_t i = sessions_.size(); i-- > 0;) sessions_[i]->close(!late);
}

Task<> Worker::obey() {
  while (true) {
    co_await orders_->event.readable();
    if (!orders_->event.is_open()) co_return;
    std::uint64_t count = 0;
    if (::read(orders_->fd, &count, sizeof count) < 0 && errno == EINTR) continue;
    orders_->event.read_blocked();  // what is written from now on is told anew
    std::shared_ptr<const Snapshot> snapshot;
    std::vector<ListeningSocket> sockets;
    bool drain = false;
    std::chrono::milliseconds drain_grace{};
    {
      const std::lock_guard lock(orders_->mutex);
      snapshot = std::exchange(orders_->snapshot, nullptr);
      sockets = std::exchange(orders_->sockets, {});
      drain = orders_->drain;
      drain_grace = orders_->grace;
    }
    if (snapshot) {
      adopt(std::move(snapshot), sockets);
      use_redis();
      if (checks_health_ && !draining_) health_checks_.follow(local_);
    }
    if (drain && !draining_) begin_drain(drain_grace);
  }
}

void Worker::begin_drain(std::chrono::milliseconds grace) {
  draining_ = true;
  drain_end_ = std::chrono::steady_clock::now() + grace;
  for (const auto& acceptor : acceptors_) acceptor->socket.close();
  acceptors_.clear();
  for (std::size_t i = sessions_.size(); i-- > 0;) sessions_[i]->close(true);
}

void Worker::adopt(std::shared_ptr<const Snapshot> snapshot, const std::vector<ListeningSocket>& sockets) {
  // A control block of our own: counting references of a call touches no other core's cache line.
  auto holder = std::make_shared<std::shared_ptr<const Snapshot>>(std::move(snapshot));
  local_ = std::shared_ptr<const Snapshot>(holder, holder->get());
  const auto find = [this](const std::string& name) -> const Listener* {
    for (const Listener& listener : local_->listeners) {
      if (listener.name == name) return &listener;
    }
    return nullptr;
  };
  std::erase_if(acceptors_, [&](const auto& acceptor) {
    const Listener* listener = find(acceptor->name);
    if (listener != nullptr) {
      acceptor->listener = std::shared_ptr<const Listener>(local_, listener);
      return false;
    }
    acceptor->socket.close();
    return true;
  });
  for (const ListeningSocket& socket : sockets) {
    const Listener* listener = find(socket.name);
    if (listener == nullptr) {
      ::close(socket.fd);
      continue;
    }
    auto acceptor = std::make_shared<Acceptor>(reactor_, socket);
    acceptor->listener = std::shared_ptr<const Listener>(local_, listener);
    acceptors_.push_back(acceptor);
    spawn(accept(acceptor));
  }
}

// Connections to a store that is still the same go on.
void Worker::use_redis() {
  const std::shared_ptr<const RedisSettings>& wanted = local_->redis;
  if (redis_ && wanted && redis_->settings().identity == wanted->identity) return;
  if (redis_) redis_->close();  // calls that wait for it are answered
  redis_ = wanted ? std::make_shared<Redis>(*this, wanted) : nullptr;
  if (redis_) redis_->open();
}

Task<> Worker::accept(std::shared_ptr<Acceptor> acceptor) {
  Descriptor& socket = acceptor->socket;
  while (true) {
    co_await socket.readable();
    if (!socket.is_open()) co_return;
    boost::asio::ip::tcp::endpoint peer;
    auto size = static_cast<socklen_t>(peer.capacity());
    const int fd = ::accept4(socket.fd(), peer.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EAGAIN) {
        socket.read_blocked();
      } else if (errno != EINTR && errno != ECONNABORTED) {
        co_await Pause(reactor_, wheel_, out_of_descriptors);  // or of memory: calls end first
      }
      continue;
    }
    peer.resize(size);
    stats_.accepted.fetch_add(1, std::memory_order_relaxed);
    if (open_connections_->load(std::memory_order_relaxed) >= acceptor->listener->max_connections) {
      stats_.over_limit.fetch_add(1, std::memory_order_relaxed);
      ::close(fd);
      continue;
    }
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    spawn(Session::run(std::make_unique<Session>(*this, fd, acceptor->listener, peer)));
  }
}

std::unique_ptr<Call> Worker::take_call() {
  if (calls_.empty()) return std::make_unique<Call>();
  auto call = std::move(calls_.back());
  calls_.pop_back();
  return call;
}

void Worker::give_call(std::unique_ptr<Call> call) {
  if (calls_.size() < kept_calls) calls_.push_back(std::move(call));
}

void Worker::enter(Session& session) {
  session.position_ = sessions_.size();
  sessions_.push_back(&session);
  stats_.connections.fetch_add(1, std::memory_order_relaxed);
  open_connections_->fetch_add(1, std::memory_order_relaxed);
}

void Worker::leave(Session& session) {
  sessions_[session.position_] = sessions_.back();
  sessions_[session.position_]->position_ = session.position_;
  sessions_.pop_back();
  stats_.connections.fetch_sub(1, std::memory_order_relaxed);
  open_connections_->fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace sallyport::gateway
