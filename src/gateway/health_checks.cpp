#include "gateway/health_checks.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "gateway/grpc.hpp"
#include "gateway/http1_upstream.hpp"
#include "gateway/http2_request.hpp"
#include "gateway/target_states.hpp"
#include "gateway/worker.hpp"

namespace sallyport::gateway {
namespace {

// gRPC's health protocol (grpc.health.v1): Check of the whole server.
constexpr std::string_view grpc_check = "/grpc.health.v1.Health/Check";
constexpr std::string_view empty_message{"\0\0\0\0\0", 5};  // not compressed, no bytes: no service is named

// A machine without descriptors learns nothing about its targets.
std::optional<bool> nothing_asked(IoStatus status) {
  if (status == IoStatus::idle) return std::nullopt;
  return false;
}

}  // namespace

// One target. Lives as long as its probe, even when nobody wants to know any more.
class HealthChecks::Check final : public std::enable_shared_from_this<Check> {
 public:
  Check(Worker& worker, std::shared_ptr<const Snapshot> snapshot, const Upstream& upstream, const Target& target)
      : worker_(worker), snapshot_(std::move(snapshot)), upstream_(&upstream), target_(&target) {}

  [[nodiscard]] const balance::TargetState* state() const { return target_->state.get(); }
  void begin() { worker_.wheel().arm(due_, Wheel::tick); }
  // The same target in a newer configuration; a probe under way ends by the old one.
  void move_to(std::shared_ptr<const Snapshot> snapshot, const Upstream& upstream, const Target& target) {
    later_ = [this, snapshot = std::move(snapshot), &upstream, &target]() mutable {
      snapshot_ = std::move(snapshot);
      upstream_ = &upstream;
      target_ = &target;
    };
    if (!probing_) std::exchange(later_, nullptr)();
  }
  void close() {
    closed_ = true;
    worker_.wheel().disarm(due_);
    take_time();
  }

 private:
  void is_due() { worker_.spawn(run(shared_from_this())); }
  void take_time() {
    if (exchange_ != nullptr) exchange_->close();
  }
  static Task<> run(std::shared_ptr<Check> self);
  Task<std::optional<bool>> probe();  // nothing: it could not even be asked
  Task<bool> ask(UpstreamExchange& exchange, Response& response);
  static Task<bool> says_serving(UpstreamExchange& exchange, BodyReader& body);
  void judge(bool good);

  Worker& worker_;
  std::shared_ptr<const Snapshot> snapshot_;  // holds these two
  const Upstream* upstream_;
  const Target* target_;
  std::function<void()> later_;
  Alarm<Check> due_{*this, &Check::is_due};
  Alarm<Check> time_{*this, &Check::take_time};  // of one probe is over
  UpstreamExchange* exchange_ = nullptr;
  bool probing_ = false;
  bool closed_ = false;
};

Task<> HealthChecks::Check::run(std::shared_ptr<Check> self) {
  Check& check = *self;
  check.probing_ = true;
  check.worker_.wheel().arm(check.time_, check.upstream_->health->timeout);
  const std::optional<bool> good = co_await check.probe();
  check.worker_.wheel().disarm(check.time_);
  check.probing_ = false;
  if (check.closed_) co_return;
  if (good) check.judge(*good);
  if (check.later_) std::exchange(check.later_, nullptr)();
  check.worker_.wheel().arm(check.due_, check.upstream_->health->interval);
}

Task<std::optional<bool>> HealthChecks::Check::probe() {
  const auto timeout = upstream_->health->timeout;
  const auto response = std::make_unique<Response>();
  IoStatus status = IoStatus::ok;
  if (target_->http2) {
    Http2Origin* origin = co_await worker_.http2_upstreams().get(*target_, timeout, status);
    if (origin == nullptr) co_return nothing_asked(status);
    const auto arena = std::make_unique<Arena>();
    Http2Request exchange(*origin, target_->tls != nullptr, *arena, *response, timeout);
    co_return co_await ask(exchange, *response);
  }
  auto connection = co_await worker_.upstreams().connect(*target_, timeout, status);
  if (!connection) co_return nothing_asked(status);
  Http1Upstream exchange;
  exchange.open(worker_, *target_, std::move(connection), timeout);
  const bool good = co_await ask(exchange, *response);
  exchange.reset();
  co_return good;
}

// What it answers with is judged by its head alone, unless it is asked by gRPC.
Task<bool> HealthChecks::Check::ask(UpstreamExchange& exchange, Response& response) {
  if (closed_) co_return false;
  const auto request = std::make_unique<Request>();
  const std::string_view path = upstream_->health->path;
  const bool grpc = target_->http2 && path == grpc_check;
  request->method = grpc ? Method::post : Method::get;
  request->method_token = grpc ? "POST" : "GET";
  request->path = path.substr(0, path.find('?'));
  request->has_query = path.contains('?');
  if (request->has_query) request->query = path.substr(path.find('?') + 1);
  if (grpc) {
    request->fields.append("te", "trailers");
    request->fields.append("content-type", grpc_media_type);
  }
  const std::array<Field, 1> own{{{"User-Agent", "sallyport-health", FieldName::user_agent, false}}};
  const BodyPlan plan{grpc ? Framing::chunked : Framing::none, 0};
  BodyReader body;
  exchange_ = &exchange;
  IoStatus status = IoStatus::failed;
  bool serving = true;
  if (exchange.begin_request({*request, target_->host, own, plan})) {
    status = exchange.send(grpc ? empty_message : std::string_view{}, true);
    if (status == IoStatus::idle) status = co_await exchange.finish();
    if (status == IoStatus::ok) status = co_await exchange.read_head(request->method, response, body);
    if (status == IoStatus::ok && grpc) serving = co_await says_serving(exchange, body);
  }
  exchange_ = nullptr;
  exchange.release(false);
  if (status != IoStatus::ok || !serving) co_return false;
  const std::uint32_t expect = upstream_->health->expect;
  co_return expect != 0 ? response.status == expect : response.status < 400;
}

// HealthCheckResponse with status SERVING (1) and nothing else, and grpc-status 0 behind it.
Task<bool> HealthChecks::Check::says_serving(UpstreamExchange& exchange, BodyReader& body) {
  constexpr std::string_view serving{"\0\0\0\0\x02\x08\x01", 7};
  std::string message;
  Buffer scratch;
  while (!body.done() && message.size() <= serving.size()) {
    const auto piece = body.next();
    if (!piece) co_return false;
    message += piece->data.substr(0, serving.size() + 1);
    if (piece->need_more && co_await exchange.read_body(body, scratch) != IoStatus::ok) co_return false;
  }
  if (!body.done() || message != serving) co_return false;
  for (const Field& field : exchange.trailers()) {
    if (same_name(field.name, "grpc-status")) co_return field.value == "0";
  }
  co_return false;
}

void HealthChecks::Check::judge(bool good) {
  const HealthRules& rules = *upstream_->health;
  if (!target_->state->checked(good, rules.healthy, rules.unhealthy, monotonic_now())) return;
  static_cast<void>(std::fprintf(stderr, "sallyport: %s of %s %s its health checks\n", target_->address_text.c_str(),
                                 upstream_->name.c_str(), good ? "passes" : "fails"));
}

HealthChecks::HealthChecks(Worker& worker) : worker_(worker) {}

HealthChecks::~HealthChecks() { close(); }

void HealthChecks::follow(const std::shared_ptr<const Snapshot>& snapshot) {
  std::vector<std::shared_ptr<Check>> before = std::exchange(checks_, {});
  const auto take = [&](const Upstream& upstream) {
    if (!upstream.health) return;
    for (const Target& target : upstream.targets) {
      const auto same = std::ranges::find(before, target.state.get(), &Check::state);
      if (same != before.end()) {
        (*same)->move_to(snapshot, upstream, target);
        checks_.push_back(std::move(*same));
        before.erase(same);
        continue;
      }
      checks_.push_back(std::make_shared<Check>(worker_, snapshot, upstream, target));
      checks_.back()->begin();
    }
  };
  for (const Upstream& upstream : snapshot->upstreams) {
    take(upstream);
    if (upstream.canary) take(*upstream.canary->upstream);
  }
  for (const auto& check : before) check->close();
}

void HealthChecks::close() {
  for (const auto& check : checks_) check->close();
  checks_.clear();
}

}  // namespace sallyport::gateway
