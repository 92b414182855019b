#include "gateway/redis.hpp"

#include <algorithm>
#include <new>

#include "base/address.hpp"
#include "events/options.hpp"
#include "gateway/pause.hpp"
#include "gateway/redis_link.hpp"
#include "gateway/redis_settings.hpp"
#include "gateway/resolve.hpp"
#include "gateway/worker.hpp"
#include "shared/counter_script.hpp"
#include "shared/revocation_script.hpp"

namespace sallyport::gateway {
namespace {

using Kind = settings::Redis::Kind;
constexpr std::chrono::milliseconds heartbeat_every{1'000};
constexpr std::chrono::milliseconds poll_every{250};  // every node must know within a second

}  // namespace

std::uint16_t redis_slot(std::string_view key) {
  if (const std::size_t open = key.find('{'); open != std::string_view::npos) {
    const std::size_t end = key.find('}', open + 1);
    if (end != std::string_view::npos && end != open + 1) key = key.substr(open + 1, end - open - 1);
  }
  std::uint16_t crc = 0;
  for (const char c : key) {
    crc = static_cast<std::uint16_t>(crc ^ static_cast<std::uint16_t>(static_cast<unsigned char>(c)) << 8);
    for (int bit = 0; bit < 8; ++bit) {
      crc = static_cast<std::uint16_t>((crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1);
    }
  }
  return crc % Redis::slot_count;
}

Redis::Redis(Worker& worker, std::shared_ptr<const RedisSettings> settings)
    : worker_(worker), settings_(std::move(settings)), node_id_(settings_->node_id) {}

Redis::~Redis() = default;

void Redis::open() {
  if (settings_->kind == Kind::sentinel) {
    link_at(settings_->servers.front());
  } else {
    for (const Target& server : settings_->servers) {
      link_at(server);
      if (settings_->kind == Kind::single) break;  // its other addresses are the same server
    }
  }
  worker_.spawn(beat(shared_from_this()));
  worker_.spawn(poll(shared_from_this()));
}

void Redis::close() {
  closed_ = true;
  slots_.clear();
  for (const auto& [address, link] : links_) link->close();
  links_.clear();
}

RedisLink* Redis::link_at(const Target& target) {
  if (const auto found = links_.find(target.address_text); found != links_.end()) return found->second.get();
  if (links_.size() >= max_servers) return nullptr;
  auto link = std::make_shared<RedisLink>(worker_, *this, settings_, target);
  links_.emplace(target.address_text, link);
  link->open();
  return link.get();
}

RedisLink* Redis::link_of(std::string_view name) const {
  if (settings_->kind != Kind::cluster) return links_.empty() ? nullptr : links_.begin()->second.get();
  return slots_.empty() ? nullptr : slots_[redis_slot(name)];
}

Task<std::span<const shared::Grant>> Redis::ask(std::span<const shared::Ask> asks, Arena& arena) {
  const auto grants = arena.array<shared::Grant>(asks.size());
  RedisLink::Waiter waiter;
  worker_.own_stats().store_asks.fetch_add(asks.size(), std::memory_order_relaxed);
  for (std::size_t i = 0; i < asks.size(); ++i) {
    ::new (&grants[i]) shared::Grant;
    const std::string name = shared::counter_name(settings_->prefix, asks[i].key);
    RedisLink* const link = link_of(name);
    if (link != nullptr && link->ask(name, asks[i], grants[i], waiter)) continue;
    worker_.own_stats().store_unanswered.fetch_add(1, std::memory_order_relaxed);
  }
  co_await waiter;
  co_return grants;
}

// Says that this node lives, finds out that a server does not, and keeps the map of slots fresh.
Task<> Redis::beat(std::shared_ptr<Redis> self) {
  while (!closed_) {
    co_await Pause(worker_.reactor(), worker_.wheel(), heartbeat_every);
    if (closed_) break;
    const bool slots = wants_slots();
    for (const auto& [address, link] : links_) link->beat();
    if (!slots) continue;
    const auto ready = std::ranges::find_if(links_, [](const auto& one) { return one.second->ready(); });
    if (ready != links_.end()) ready->second->ask_slots();
  }
}

Task<> Redis::poll(std::shared_ptr<Redis> self) {
  while (!closed_) {
    co_await Pause(worker_.reactor(), worker_.wheel(), poll_every);
    if (!closed_) poll_revocations();
  }
}

// Every core may ask; the list sees to it that one does.
void Redis::poll_revocations() {
  RedisLink* const link = link_of(shared::revocations_name(settings_->prefix));
  if (link == nullptr || !link->ready()) {
    settings_->revocations->unanswered();
  } else if (const auto poll = settings_->revocations->begin_poll(events::system_now_us())) {
    link->poll_revocations(*poll);
  }
}

bool Redis::wants_slots() const {
  if (settings_->kind != Kind::cluster) return false;
  // While a server is away another may take its slots.
  return !slots_known_ || std::ranges::any_of(links_, [](const auto& one) { return !one.second->ready(); });
}

void Redis::slots_moved() {
  if (!std::exchange(slots_known_, false)) return;
  const auto ready = std::ranges::find_if(links_, [](const auto& one) { return one.second->ready(); });
  if (ready != links_.end()) ready->second->ask_slots();
}

void Redis::slots_told(const shared::Reply& reply) {
  if (reply.kind != shared::Reply::Kind::list || closed_) return;
  std::vector<RedisLink*> slots(slot_count, nullptr);
  for (const shared::Reply& range : reply.items) {
    // first, last, {master's address, port, …}, replicas …
    if (range.items.size() < 3 || range.items[2].items.size() < 2) return;
    const std::int64_t first = range.items[0].integer;
    const std::int64_t last = range.items[1].integer;
    const shared::Reply& master = range.items[2];
    const std::int64_t port = master.items[1].integer;
    if (first < 0 || last < first || last >= static_cast<std::int64_t>(slot_count)) return;
    if (!parse_address(master.items[0].text) || port <= 0 || port > 65535) return;
    Target target = settings_->servers.front();
    target.endpoint = {boost::asio::ip::make_address(master.items[0].text), static_cast<std::uint16_t>(port)};
    target.address_text = address_text(target.endpoint);
    target.key = "redis " + target.address_text;
    RedisLink* const link = link_at(target);
    std::fill(slots.begin() + first, slots.begin() + last + 1, link);
  }
  slots_ = std::move(slots);
  slots_known_ = true;
}

}  // namespace sallyport::gateway
