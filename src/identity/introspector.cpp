#include "identity/introspector.hpp"

#include <charconv>
#include <ctime>

#include "base/random.hpp"
#include "decode/json.hpp"
#include "decode/value.hpp"
#include "fetch/form.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::identity {
namespace {

// `exp` of the answer, when it is there and a whole number.
std::optional<std::int64_t> end_of(std::string_view text) {
  Arena arena;
  const auto json = decode::parse_json(text, arena);
  const decode::Value* end = json && (*json)->is(decode::Kind::object) ? (*json)->find("exp") : nullptr;
  if (end == nullptr || !end->is(decode::Kind::number)) return std::nullopt;
  std::int64_t seconds = 0;
  const std::string_view digits = end->text();
  if (std::from_chars(digits.data(), digits.data() + digits.size(), seconds).ec != std::errc{}) return std::nullopt;
  return seconds;
}

Introspector::Ask asks(const IntrospectionPoint& point) {
  const auto client = std::make_shared<Result<fetch::Client>>(fetch::Client::make(
      {.ca = point.ca, .private_network = point.private_network, .max_bytes = Introspector::max_answer_bytes}));
  const auto url = fetch::parse_url(point.url);
  return [client, url, point](const std::string& token, const fetch::Interrupt& interrupt) -> Result<std::string> {
    if (!*client) return std::unexpected(client->error());
    if (!url) return std::unexpected(url.error());
    fetch::Call call{.url = *url, .form = "token=", .authorization = {}};
    fetch::append_form(call.form, token);
    call.form += "&token_type_hint=access_token";
    call.authorization = fetch::client_authorization(point.client, point.secret.reveal());
    auto answer = (*client)->call(call, interrupt);
    if (!answer) return std::unexpected(answer.error());
    if (answer->status != 200) {
      return fail(ErrorCode::unavailable, "it answered with status " + std::to_string(answer->status), point.url);
    }
    return std::move(answer->body);
  };
}

}  // namespace

bool IntrospectionPoint::same_as(const IntrospectionPoint& other) const {
  return url == other.url && client == other.client && secret.reveal() == other.secret.reveal() && ca == other.ca &&
         private_network == other.private_network && keep == other.keep;
}

Introspector::Introspector(IntrospectionPoint point, Ask ask)
    : point_(std::move(point)), ask_(std::move(ask)), keys_(random_value<decltype(keys_)>()) {}

Introspector::~Introspector() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  interrupt_.raise();
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  for (const auto& [digest, replies] : waiting_) {
    for (const Reply& reply : replies) reply(false, {});
  }
}

Introspector::Digest Introspector::digest_of(std::string_view token) const {
  return {siphash(keys_[0], token), siphash(keys_[1], token)};
}

std::shared_ptr<const std::string> Introspector::known(std::string_view token, std::int64_t now) const {
  const Digest digest = digest_of(token);
  const std::lock_guard lock(mutex_);
  const auto found = answers_.find(digest);
  return found == answers_.end() || found->second.until <= now ? nullptr : found->second.text;
}

void Introspector::ask(std::string_view token, Reply reply) {
  const Digest digest = digest_of(token);
  {
    const std::lock_guard lock(mutex_);
    const auto waits = waiting_.find(digest);
    const bool room = waiting_count_ < max_waiting && (waits != waiting_.end() || queue_.size() < max_queue);
    if (!stopping_ && room) {
      if (waits == waiting_.end()) queue_.emplace_back(digest, token);
      waiting_[digest].push_back(std::move(reply));
      ++waiting_count_;
      changed_.notify_one();
      return;
    }
  }
  reply(false, {});
}

void Introspector::start() {
  while (threads_.size() < threads) threads_.emplace_back([this] { run(); });
}

bool Introspector::step(std::int64_t now) {
  std::unique_lock lock(mutex_);
  if (queue_.empty()) return false;
  auto [digest, token] = std::move(queue_.front());
  queue_.pop_front();
  lock.unlock();
  auto answer = ask_(token, interrupt_);
  const auto text = answer ? std::make_shared<const std::string>(std::move(*answer)) : nullptr;
  lock.lock();
  if (text) keep(digest, text, now);
  const auto waits = waiting_.find(digest);
  const auto replies = std::move(waits->second);
  waiting_.erase(waits);
  waiting_count_ -= replies.size();
  lock.unlock();
  for (const Reply& reply : replies) reply(text != nullptr, text ? *text : std::string());
  return true;
}

void Introspector::keep(const Digest& digest, std::shared_ptr<const std::string> text, std::int64_t now) {
  std::int64_t until = now + point_.keep.count();
  if (const auto end = end_of(*text)) until = std::min(until, *end);
  if (until <= now) return;
  const auto [place, fresh] = answers_.insert_or_assign(digest, Answer{until, std::move(text)});
  if (!fresh) return;
  order_.push_back(digest);
  if (order_.size() <= max_answers) return;
  answers_.erase(order_.front());
  order_.pop_front();
}

void Introspector::run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
    }
    step(static_cast<std::int64_t>(std::time(nullptr)));
  }
}

// The provider outlives Introspectors by its own share.
struct Introspectors::Shared {
  std::mutex mutex;
  bool started = false;
  std::uint64_t next = 1;
  struct One {
    std::shared_ptr<Introspector> introspector;
    std::weak_ptr<const void> user;
  };
  std::map<std::uint64_t, One> all;
};

class Introspectors::Asked final : public engine::Answerer {
 public:
  explicit Asked(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

  void ask(std::string_view key, Reply reply) override {
    std::uint64_t number = 0;
    const auto space = std::from_chars(key.data(), key.data() + key.size(), number).ptr;
    std::shared_ptr<Introspector> introspector;
    {
      const std::lock_guard lock(shared_->mutex);
      const auto found = shared_->all.find(number);
      if (found != shared_->all.end()) introspector = found->second.introspector;
    }
    const auto token = key.substr(std::min(key.size(), static_cast<std::size_t>(space - key.data()) + 1));
    if (introspector && !token.empty()) return introspector->ask(token, std::move(reply));
    reply(false, {});
  }

 private:
  std::shared_ptr<Shared> shared_;
};

Introspectors::Introspectors(engine::Services& services)
    : shared_(std::make_shared<Shared>()), provider_(services.lookups().add(std::make_shared<Asked>(shared_))) {}

Introspectors::Kept Introspectors::get(const IntrospectionPoint& point) {
  std::vector<std::shared_ptr<Introspector>> ended;  // their threads are waited for without the lock
  const std::lock_guard lock(shared_->mutex);
  std::erase_if(shared_->all, [&](auto& entry) {
    if (!entry.second.user.expired()) return false;
    ended.push_back(std::move(entry.second.introspector));
    return true;
  });
  for (const auto& [number, one] : shared_->all) {
    auto use = one.user.lock();
    if (use && one.introspector->point().same_as(point)) {
      return {std::move(use), one.introspector, std::to_string(number)};
    }
  }
  auto made = std::make_shared<Introspector>(point, asks(point));
  std::shared_ptr<const void> use = std::make_shared<const char>();
  const std::uint64_t number = shared_->next++;
  shared_->all.emplace(number, Shared::One{made, use});
  return {std::move(use), std::move(made), std::to_string(number)};
}

void Introspectors::start() {
  const std::lock_guard lock(shared_->mutex);
  for (const auto& [number, one] : shared_->all) one.introspector->start();
}

}  // namespace sallyport::identity
