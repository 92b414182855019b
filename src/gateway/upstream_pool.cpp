#include "gateway/upstream_pool.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "gateway/tls.hpp"

namespace sallyport::gateway {
namespace {

constexpr std::size_t many_targets = 128;  // names change their addresses: targets that are gone are forgotten

}  // namespace

std::unique_ptr<UpstreamConnection> UpstreamPool::take(const Target& target) {
  const auto found = idle_.find(target.key);
  if (found == idle_.end()) return nullptr;
  auto& connections = found->second;
  while (!connections.empty()) {
    auto connection = std::move(connections.back());
    connections.pop_back();
    if (connection->stream.is_open() && !connection->stream.disturbed()) {
      connection->stream.no_deadline();
      connection->reused = true;
      return connection;
    }
  }
  return nullptr;
}

Task<std::unique_ptr<UpstreamConnection>> UpstreamPool::connect(const Target& target, std::chrono::milliseconds timeout,
                                                                IoStatus& status) {
  // Without a descriptor or a port nobody was asked: that says nothing about the target.
  status = IoStatus::idle;
  const int fd = ::socket(target.endpoint.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) co_return nullptr;
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // Begun before it is watched: a socket that does not connect yet counts as hung up.
  const int begun = ::connect(fd, target.endpoint.data(), static_cast<socklen_t>(target.endpoint.size()));
  const bool refused = begun != 0 && errno != EINPROGRESS && errno != EINTR;
  if (!refused || errno != EADDRNOTAVAIL) status = IoStatus::failed;
  auto connection = std::make_unique<UpstreamConnection>(reactor_, fd, wheel_, buffers_);
  if (refused) co_return nullptr;
  Stream& stream = connection->stream;
  stream.deadline(timeout);
  if (begun != 0) {
    status = co_await stream.connected();
    if (status != IoStatus::ok) co_return nullptr;
  }
  if (target.tls) {
    SslPtr ssl = client_ssl(*target.tls, target.tls_name);
    if (!ssl || (target.http2 && !ask_for_http2(*ssl))) {
      status = IoStatus::failed;
      co_return nullptr;
    }
    stream.use_tls(std::move(ssl));
    status = co_await stream.handshake();
    if (status != IoStatus::ok) co_return nullptr;
    if (target.http2 && !speaks_http2(*stream.tls())) {
      status = IoStatus::failed;
      co_return nullptr;
    }
  }
  stream.no_deadline();
  status = IoStatus::ok;
  co_return connection;
}

void UpstreamPool::give(const Target& target, std::unique_ptr<UpstreamConnection> connection) {
  if (idle_.size() >= many_targets) {
    std::erase_if(idle_, [](const auto& entry) {
      return std::ranges::none_of(entry.second, [](const auto& one) { return one->stream.is_open(); });
    });
  }
  auto& connections = idle_[target.key];
  if (connections.size() >= idle_per_target) return;
  connection->stream.deadline(idle_time);  // closes it; take() then passes it over
  connections.push_back(std::move(connection));
}

std::size_t UpstreamPool::idle() const {
  std::size_t count = 0;
  for (const auto& [key, connections] : idle_) count += connections.size();
  return count;
}

}  // namespace sallyport::gateway
