#include "gateway/upstream_pool.hpp"

#include "gateway/tls.hpp"

namespace sallyport::gateway {

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
  Socket socket(io_);
  boost::system::error_code error;
  socket.open(target.endpoint.protocol(), error);
  if (error) {
    status = IoStatus::failed;
    co_return nullptr;
  }
  auto connection = std::make_unique<UpstreamConnection>(std::move(socket), wheel_, buffers_);
  Stream& stream = connection->stream;
  stream.deadline(timeout);
  auto [failed] = co_await stream.socket().async_connect(target.endpoint, as_result);
  if (failed) {
    status = stream.timed_out() ? IoStatus::timed_out : IoStatus::failed;
    co_return nullptr;
  }
  stream.socket().set_option(asio::ip::tcp::no_delay(true), error);
  if (target.tls) {
    SslPtr ssl = client_ssl(*target.tls, target.tls_name);
    if (!ssl) {
      status = IoStatus::failed;
      co_return nullptr;
    }
    stream.use_tls(std::move(ssl));
    status = co_await stream.handshake();
    if (status != IoStatus::ok) co_return nullptr;
  }
  stream.no_deadline();
  status = IoStatus::ok;
  co_return connection;
}

void UpstreamPool::give(const Target& target, std::unique_ptr<UpstreamConnection> connection) {
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
