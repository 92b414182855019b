#include "gateway/worker.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstdio>

#include "gateway/call.hpp"
#include "gateway/session.hpp"

namespace sallyport::gateway {
namespace {

using SteadyTimer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr std::size_t kept_calls = 512;

// Nothing on the request path throws on purpose; what does (memory) ends that connection only.
auto contained(WorkerStats& stats) {
  return [&stats](const std::exception_ptr& error) {
    if (!error) return;
    stats.internal_errors.fetch_add(1, std::memory_order_relaxed);
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& what) {
      std::fprintf(stderr, "sallyport: a connection ended by an internal error: %s\n", what.what());
    }
  };
}

}  // namespace

struct Worker::Acceptor {
  using Type = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
  Acceptor(asio::io_context& io, const ListeningSocket& socket, bool v4)
      : name(socket.name), acceptor(io, v4 ? asio::ip::tcp::v4() : asio::ip::tcp::v6(), socket.fd) {}
  std::string name;
  Type acceptor;
  std::shared_ptr<const Listener> listener;
};

// What other threads want; the eventfd wakes the worker.
struct Worker::Orders {
  explicit Orders(asio::io_context& io) : fd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)), event(io, fd) {}
  std::mutex mutex;
  std::shared_ptr<const Snapshot> snapshot;
  std::vector<ListeningSocket> sockets;
  bool drain = false;
  std::chrono::milliseconds grace{};
  int fd;
  asio::posix::basic_stream_descriptor<Executor> event;
};

Worker::Worker(std::shared_ptr<const Snapshot> snapshot, events::Recorder& recorder,
               std::shared_ptr<std::atomic<std::uint32_t>> open_connections)
    : recorder_(recorder),
      open_connections_(std::move(open_connections)),
      io_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE),
      upstreams_(io_, wheel_, buffers_),
      started_(std::chrono::steady_clock::now()),
      orders_(std::make_unique<Orders>(io_)) {
  adopt(std::move(snapshot), {});
}

Worker::~Worker() { join(); }

void Worker::start(std::vector<ListeningSocket> sockets) {
  adopt(std::shared_ptr<const Snapshot>(local_), std::move(sockets));
  thread_ = std::thread([this] { run(); });
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

void Worker::run() {
  asio::co_spawn(io_, tick(), contained(stats_));
  asio::co_spawn(io_, obey(), contained(stats_));
  io_.run();
  upstreams_.clear();
}

// The worker's clock: moves the wheel, and ends the thread when a drain is complete.
Task<> Worker::tick() {
  SteadyTimer timer(io_);
  while (true) {
    timer.expires_after(Wheel::tick);
    co_await timer.async_wait(as_result);
    const auto now = std::chrono::steady_clock::now();
    wheel_.advance(std::chrono::duration_cast<std::chrono::milliseconds>(now - started_));
    if (!draining_) continue;
    const bool late = now >= drain_end_;
    for (std::size_t i = sessions_.size(); i-- > 0;) sessions_[i]->close(!late);
    if (sessions_.empty()) break;
  }
  boost::system::error_code ignored;
  orders_->event.cancel(ignored);
}

Task<> Worker::obey() {
  while (true) {
    std::uint64_t count = 0;
    auto [error, bytes] = co_await orders_->event.async_read_some(asio::buffer(&count, sizeof count), as_result);
    if (error) co_return;
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
    if (snapshot) adopt(std::move(snapshot), std::move(sockets));
    if (drain && !draining_) begin_drain(drain_grace);
  }
}

void Worker::begin_drain(std::chrono::milliseconds grace) {
  draining_ = true;
  drain_end_ = std::chrono::steady_clock::now() + grace;
  for (const auto& acceptor : acceptors_) {
    boost::system::error_code ignored;
    acceptor->acceptor.close(ignored);
  }
  acceptors_.clear();
  for (std::size_t i = sessions_.size(); i-- > 0;) sessions_[i]->close(true);
}

void Worker::adopt(std::shared_ptr<const Snapshot> snapshot, std::vector<ListeningSocket> sockets) {
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
    boost::system::error_code ignored;
    acceptor->acceptor.close(ignored);
    return true;
  });
  for (const ListeningSocket& socket : sockets) {
    const Listener* listener = find(socket.name);
    if (listener == nullptr) {
      ::close(socket.fd);
      continue;
    }
    auto acceptor = std::make_shared<Acceptor>(io_, socket, listener->endpoint.address().is_v4());
    acceptor->listener = std::shared_ptr<const Listener>(local_, listener);
    acceptors_.push_back(acceptor);
    asio::co_spawn(io_, accept(acceptor), contained(stats_));
  }
}

Task<> Worker::accept(std::shared_ptr<Acceptor> acceptor) {
  SteadyTimer pause(io_);
  while (acceptor->acceptor.is_open()) {
    asio::ip::tcp::endpoint peer;
    Socket socket(io_);
    auto [error] = co_await acceptor->acceptor.async_accept(socket, peer, as_result);
    if (error) {
      if (!acceptor->acceptor.is_open() || error == asio::error::operation_aborted) co_return;
      // Out of descriptors or memory: let calls end first.
      pause.expires_after(std::chrono::milliseconds(50));
      co_await pause.async_wait(as_result);
      continue;
    }
    stats_.accepted.fetch_add(1, std::memory_order_relaxed);
    if (open_connections_->load(std::memory_order_relaxed) >= acceptor->listener->max_connections) {
      stats_.over_limit.fetch_add(1, std::memory_order_relaxed);
      continue;  // the socket closes
    }
    boost::system::error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    auto session = std::make_unique<Session>(*this, std::move(socket), acceptor->listener, peer);
    asio::co_spawn(io_, Session::run(std::move(session)), contained(stats_));
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
