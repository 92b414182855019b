#include "gateway/http2_pool.hpp"

#include "gateway/worker.hpp"

namespace sallyport::gateway {

class Http2Pool::Wait {
 public:
  explicit Wait(Http2Site& site) : site_(site) {}
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) const { site_.waiting.push_back(waiting); }
  void await_resume() const noexcept {}

 private:
  Http2Site& site_;
};

Task<Http2Origin*> Http2Pool::get(const Target& target, std::chrono::milliseconds timeout, IoStatus& status) {
  Http2Site& site = sites_[target.key];
  while (true) {
    for (Http2Origin* origin : site.open) {
      if (origin->has_room()) co_return origin;
    }
    if (site.waiting.size() < site.connecting * Http2Origin::max_streams) {
      co_await Wait(site);
      if (site.failure == IoStatus::ok) continue;
      status = site.failure;
      co_return nullptr;
    }
    if (site.open.size() + site.connecting >= connections_per_target) {
      status = IoStatus::failed;
      co_return nullptr;
    }
    ++site.connecting;
    auto connection = co_await worker_.upstreams().connect(target, timeout, status);
    --site.connecting;
    if (!connection) {
      site.failure = status;
      for (const auto waiting : std::exchange(site.waiting, {})) worker_.reactor().resume_soon(waiting);
      co_return nullptr;
    }
    worker_.own_stats().upstream_connects.fetch_add(1, std::memory_order_relaxed);
    worker_.spawn(Http2Origin::run(std::make_unique<Http2Origin>(worker_, std::move(connection), site, timeout)));
  }
}

void Http2Pool::clear() {
  for (auto& [key, site] : sites_) {
    const std::vector<Http2Origin*> open = site.open;
    for (Http2Origin* origin : open) origin->close();
  }
}

std::size_t Http2Pool::open() const {
  std::size_t count = 0;
  for (const auto& [key, site] : sites_) count += site.open.size();
  return count;
}

}  // namespace sallyport::gateway
