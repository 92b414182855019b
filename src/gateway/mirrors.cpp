#include "gateway/mirrors.hpp"

#include <string>

#include "gateway/http1_upstream.hpp"
#include "gateway/worker.hpp"

namespace sallyport::gateway {

class Mirrors::Copy {
 public:
  Copy(Mirrors& mirrors, std::shared_ptr<const Mirror> mirror, std::string_view body)
      : mirrors_(mirrors), mirror_(std::move(mirror)), body_(body) {
    mirrors_.under_way_.push_back(this);
  }
  ~Copy() {
    exchange_.reset();
    std::erase(mirrors_.under_way_, this);
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  // The head is written now, while the call still has it. False when it is too long.
  [[nodiscard]] bool write(const UpstreamHead& head) {
    exchange_.open(mirrors_.worker_, mirror_->target, nullptr, answer_time);
    return exchange_.begin_request(head);
  }
  void close() {
    closed_ = true;
    exchange_.close();
  }
  static Task<> run(std::unique_ptr<Copy> self, Method method);

 private:
  Task<bool> run(Method method);
  Mirrors& mirrors_;
  std::shared_ptr<const Mirror> mirror_;
  std::string body_;
  Http1Upstream exchange_;
  bool closed_ = false;
};

Task<> Mirrors::Copy::run(std::unique_ptr<Copy> self, Method method) {
  WorkerStats& stats = self->mirrors_.worker_.own_stats();
  const bool arrived = co_await self->run(method);
  (arrived ? stats.mirrored : stats.not_mirrored).fetch_add(1, std::memory_order_relaxed);
}

// The answer is read to its end, so that the connection can be used again.
Task<bool> Mirrors::Copy::run(Method method) {
  Worker& worker = mirrors_.worker_;
  const Target& target = mirror_->target;
  auto connection = worker.upstreams().take(target);
  IoStatus status = IoStatus::ok;
  if (!connection) connection = co_await worker.upstreams().connect(target, connect_time, status);
  if (!connection || closed_) co_return false;
  exchange_.open(worker, target, std::move(connection), answer_time);
  status = exchange_.send(body_, true);
  if (status == IoStatus::idle) status = co_await exchange_.finish();
  if (status != IoStatus::ok) co_return false;
  Response response;
  BodyReader answer;
  if (co_await exchange_.read_head(method, response, answer) != IoStatus::ok) co_return false;
  Buffer scratch;
  while (!answer.done() && answer.total() < longest_answer) {
    const auto piece = answer.next();
    if (!piece) co_return true;
    if (piece->need_more && co_await exchange_.read_body(answer, scratch) != IoStatus::ok) co_return true;
  }
  exchange_.release(answer.done() && answer.rest().empty() && response.keep_alive && !closed_);
  co_return true;
}

Mirrors::Mirrors(Worker& worker) : worker_(worker) {}

Mirrors::~Mirrors() = default;

void Mirrors::send(std::shared_ptr<const Mirror> mirror, const UpstreamHead& head, std::string_view body) {
  if (under_way_.size() < most) {
    auto copy = std::make_unique<Copy>(*this, std::move(mirror), body);
    if (copy->write(head)) return worker_.spawn(Copy::run(std::move(copy), head.request.method));
  }
  worker_.own_stats().not_mirrored.fetch_add(1, std::memory_order_relaxed);
}

void Mirrors::close() {
  for (Copy* copy : under_way_) copy->close();
}

}  // namespace sallyport::gateway
