#include "gateway/server.hpp"

#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace sallyport::gateway {
namespace {

constexpr int backlog = 4096;
constexpr std::chrono::milliseconds names_step{500};  // until it is looked again which names are due

// Sockets opened for a start or an update; what is not handed to a worker is closed again.
class Opened {
 public:
  Opened() = default;
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() {
    for (const auto& worker : of_worker) {
      for (const ListeningSocket& socket : worker) ::close(socket.fd);
    }
  }
  std::vector<ListeningSocket> release(std::size_t worker) { return std::exchange(of_worker[worker], {}); }
  std::vector<std::vector<ListeningSocket>> of_worker;
};

Result<int> open_socket(const boost::asio::ip::tcp::endpoint& endpoint, const std::string& name) {
  const auto failure = [&name](const char* what, int fd) -> Result<int> {
    const int error = errno;
    if (fd >= 0) ::close(fd);
    Error problem{ErrorCode::unavailable, std::string(what) + ": " + std::strerror(error), "listen " + name, {}};
    if (error == EADDRINUSE) problem.hint = "another process listens there";
    if (error == EACCES) problem.hint = "ports below 1024 need CAP_NET_BIND_SERVICE";
    return std::unexpected(std::move(problem));
  };
  const int fd = ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return failure("cannot open a socket", fd);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) return failure("no SO_REUSEPORT", fd);
  if (endpoint.address().is_v6()) ::setsockopt(fd, IPPROTO_IPV6, 26 /* IPV6_V6ONLY */, &on, sizeof on);
  if (::bind(fd, endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0) return failure("cannot bind", fd);
  if (::listen(fd, backlog) != 0) return failure("cannot listen", fd);
  return fd;
}

// The port that the kernel chose, when port 0 was asked for.
boost::asio::ip::tcp::endpoint bound_to(int fd) {
  boost::asio::ip::tcp::endpoint endpoint;
  auto size = static_cast<socklen_t>(endpoint.capacity());
  if (::getsockname(fd, endpoint.data(), &size) == 0) endpoint.resize(size);
  return endpoint;
}

// With SO_REUSEPORT a second process of the same user could share the port unnoticed: a first
// bind without it finds out.
Result<void> check_free(const boost::asio::ip::tcp::endpoint& endpoint, const std::string& name) {
  if (endpoint.port() == 0) return {};
  const int fd = ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return {};
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (endpoint.address().is_v6()) ::setsockopt(fd, IPPROTO_IPV6, 26, &on, sizeof on);
  const bool taken = ::bind(fd, endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0 && errno == EADDRINUSE;
  ::close(fd);
  if (taken)
    return fail(ErrorCode::unavailable, "the address is in use", "listen " + name, "another process listens there");
  return {};
}

Result<void> open_all(const std::vector<const Listener*>& listeners, std::size_t workers, Opened& opened,
                      std::vector<std::string>& addresses) {
  opened.of_worker.resize(workers);
  for (const Listener* listener : listeners) {
    if (auto is_free = check_free(listener->endpoint, listener->name); !is_free) return is_free;
    boost::asio::ip::tcp::endpoint endpoint = listener->endpoint;
    for (std::size_t worker = 0; worker < workers; ++worker) {
      const auto fd = open_socket(endpoint, listener->name);
      if (!fd) return std::unexpected(fd.error());
      opened.of_worker[worker].push_back({listener->name, *fd});
      endpoint = bound_to(*fd);
    }
    const std::string host =
        endpoint.address().is_v6() ? "[" + endpoint.address().to_string() + "]" : endpoint.address().to_string();
    addresses.push_back(host + ":" + std::to_string(endpoint.port()));
  }
  return {};
}

}  // namespace

std::size_t Server::available_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::max<std::size_t>(1, static_cast<std::size_t>(CPU_COUNT(&set)));
}

Result<std::unique_ptr<Server>> Server::start(const std::shared_ptr<const Snapshot>& snapshot, events::Writer& log,
                                              std::size_t workers) {
  std::unique_ptr<Server> server(new Server);
  std::vector<const Listener*> listeners;
  for (const Listener& listener : snapshot->listeners) {
    listeners.push_back(&listener);
    server->names_.push_back(listener.name);
  }
  Opened opened;
  if (auto open = open_all(listeners, workers, opened, server->addresses_); !open) return std::unexpected(open.error());
  auto open_connections = std::make_shared<std::atomic<std::uint32_t>>(0);
  for (std::size_t i = 0; i < workers; ++i) {
    server->workers_.push_back(std::make_unique<Worker>(snapshot, log.recorder(i), open_connections));
  }
  server->current_ = snapshot;
  server->workers_.front()->check_health();
  for (std::size_t i = 0; i < workers; ++i) server->workers_[i]->start(opened.release(i));
  server->watch_names();
  return server;
}

Server::Server()
    : names_watch_(resolve, [](const std::string& what) {
        static_cast<void>(std::fprintf(stderr, "sallyport: %s\n", what.c_str()));
      }) {}

// A look-up may take long: meanwhile a reload can come, and then what was found is for the next step.
void Server::watch_names() {
  names_thread_.start(names_step, [this](bool last) {
    if (last) return names_step;
    const std::shared_ptr<const Snapshot> before = current();
    if (const auto now = names_watch_.step(*before, monotonic_now())) {
      const std::lock_guard lock(mutex_);
      if (current_ == before) {
        current_ = now;
        for (const auto& worker : workers_) worker->update(now, {});
      }
    }
    return names_step;
  });
}

std::shared_ptr<const Snapshot> Server::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

std::vector<TargetView> Server::targets() const { return upstream_views(*current()); }

Server::~Server() { stop(std::chrono::milliseconds(0)); }

Result<void> Server::update(const std::shared_ptr<const Snapshot>& snapshot) {
  std::vector<const Listener*> fresh;
  std::vector<std::string> names;
  for (const Listener& listener : snapshot->listeners) {
    names.push_back(listener.name);
    if (std::ranges::find(names_, listener.name) == names_.end()) fresh.push_back(&listener);
  }
  Opened opened;
  std::vector<std::string> addresses;
  if (auto open = open_all(fresh, workers_.size(), opened, addresses); !open) return open;
  names_ = std::move(names);
  for (auto& address : addresses) addresses_.push_back(std::move(address));
  const std::lock_guard lock(mutex_);
  current_ = snapshot;
  for (std::size_t i = 0; i < workers_.size(); ++i) workers_[i]->update(snapshot, opened.release(i));
  return {};
}

void Server::stop(std::chrono::milliseconds grace) {
  names_thread_.stop();
  for (const auto& worker : workers_) worker->drain(grace);
  for (const auto& worker : workers_) worker->join();
}

ServerTotals Server::totals() const {
  ServerTotals totals;
  for (const auto& worker : workers_) {
    const WorkerStats& stats = worker->stats();
    totals.connections += stats.connections.load(std::memory_order_relaxed);
    totals.accepted += stats.accepted.load(std::memory_order_relaxed);
    totals.over_limit += stats.over_limit.load(std::memory_order_relaxed);
    totals.handshake_failures += stats.handshake_failures.load(std::memory_order_relaxed);
    totals.calls += stats.calls.load(std::memory_order_relaxed);
    totals.upstream_connects += stats.upstream_connects.load(std::memory_order_relaxed);
    totals.upstream_reuses += stats.upstream_reuses.load(std::memory_order_relaxed);
    totals.store_asks += stats.store_asks.load(std::memory_order_relaxed);
    totals.store_unanswered += stats.store_unanswered.load(std::memory_order_relaxed);
    totals.mirrored += stats.mirrored.load(std::memory_order_relaxed);
    totals.not_mirrored += stats.not_mirrored.load(std::memory_order_relaxed);
    totals.internal_errors += stats.internal_errors.load(std::memory_order_relaxed);
  }
  return totals;
}

}  // namespace sallyport::gateway
