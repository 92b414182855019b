#include "shared/revocations.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "base/random.hpp"
#include "base/siphash.hpp"
#include "shared/revocation_script.hpp"

namespace sallyport::shared {
namespace {

constexpr std::int64_t poll_pause_us = 200'000;
constexpr std::int64_t poll_patience_us = 1'000'000;

struct Name {
  Revocation::Kind kind;
  std::string_view word;
};
constexpr auto names = std::to_array<Name>({{Revocation::Kind::token, "jti"},
                                            {Revocation::Kind::subject, "subject"},
                                            {Revocation::Kind::session, "session"},
                                            {Revocation::Kind::key, "key"}});

}  // namespace

std::string_view word(Revocation::Kind kind) { return std::ranges::find(names, kind, &Name::kind)->word; }

std::optional<Revocation::Kind> revocation_kind_named(std::string_view word) {
  const auto found = std::ranges::find(names, word, &Name::word);
  return found == names.end() ? std::nullopt : std::optional(found->kind);
}

// Values come from other people's tokens: nobody may choose ones that share a bucket.
std::size_t Revocations::Hash::operator()(std::string_view text) const {
  static const SipKey key = random_value<SipKey>();
  return siphash(key, text);
}

Revocations::Revocations() { table_.store(std::make_shared<const Table>()); }

std::string Revocations::name_of(Revocation::Kind kind, std::string_view value) {
  std::string out(1, static_cast<char>('a' + static_cast<int>(kind)));
  return out.append(value);
}

bool Revocations::holds(Revocation::Kind kind, std::string_view value, std::optional<std::int64_t> issued_s,
                        std::int64_t now_s) const {
  if (value.empty() || value.size() > max_value || !any()) return false;
  std::array<char, max_value + 1> name;
  name[0] = static_cast<char>('a' + static_cast<int>(kind));
  std::ranges::copy(value, name.begin() + 1);
  const std::shared_ptr<const Table> table = table_.load();
  const auto found = table->find(std::string_view(name.data(), value.size() + 1));
  if (found == table->end() || found->second.until_s <= now_s) return false;
  return kind != Revocation::Kind::subject || !issued_s || *issued_s <= found->second.at_s;
}

// Whether anything is new. The later one of two holds.
bool Revocations::merge(Table& table, const Revocation& one) {
  const auto [at, added] = table.try_emplace(name_of(one.kind, one.value), one);
  if (added) return true;
  Revocation& old = at->second;
  if (old.at_s >= one.at_s && old.until_s >= one.until_s) return false;
  old.at_s = std::max(old.at_s, one.at_s);
  old.until_s = std::max(old.until_s, one.until_s);
  return true;
}

void Revocations::publish(Table table) {
  const std::size_t count = table.size();
  table_.store(std::make_shared<const Table>(std::move(table)));
  count_.store(count, std::memory_order_relaxed);
  changes_.fetch_add(1, std::memory_order_release);
}

Result<void> Revocations::revoke(const Revocation& one, std::int64_t now_s) {
  if (one.value.empty() || one.value.size() > max_value) {
    return fail(ErrorCode::invalid, "what is revoked has 1 to 256 bytes");
  }
  const std::lock_guard lock(mutex_);
  Table table = *table_.load();
  std::erase_if(table, [&](const auto& entry) { return entry.second.until_s <= now_s; });
  if (!merge(table, one)) return {};
  if (table.size() > max_entries) return fail(ErrorCode::limit, "there are 100,000 revocations already");
  untold_.push_back(table.at(name_of(one.kind, one.value)));
  publish(std::move(table));
  return {};
}

std::size_t Revocations::learn(const std::vector<Revocation>& all, std::int64_t now_s, bool tell) {
  const std::lock_guard lock(mutex_);
  Table table = *table_.load();
  std::erase_if(table, [&](const auto& entry) { return entry.second.until_s <= now_s; });
  std::size_t left_out = 0;
  bool changed = false;
  for (const Revocation& one : all) {
    if (one.until_s <= now_s || one.value.empty() || one.value.size() > max_value) continue;
    if (table.size() >= max_entries && !table.contains(name_of(one.kind, one.value))) {
      ++left_out;
    } else if (merge(table, one)) {
      changed = true;
      if (tell) untold_.push_back(table.at(name_of(one.kind, one.value)));
    }
  }
  if (changed) publish(std::move(table));
  return left_out;
}

std::vector<Revocation> Revocations::all(std::int64_t now_s) const {
  std::vector<Revocation> out;
  const std::shared_ptr<const Table> table = table_.load();
  for (const auto& [name, one] : *table) {
    if (one.until_s > now_s) out.push_back(one);
  }
  std::ranges::sort(out, [](const Revocation& a, const Revocation& b) {
    return std::tie(a.at_s, a.kind, a.value) < std::tie(b.at_s, b.kind, b.value);
  });
  return out;
}

void Revocations::tokens_live(std::int64_t seconds) {
  const std::int64_t life = seconds <= 0 ? longest_s : std::min(seconds, longest_s);
  std::int64_t before = life_s_.load();
  while (before < life && !life_s_.compare_exchange_weak(before, life)) continue;
}

std::size_t Revocations::untold() const {
  const std::lock_guard lock(mutex_);
  return untold_.size();
}

std::optional<Revocations::Poll> Revocations::begin_poll(std::int64_t now_us) {
  const std::lock_guard lock(mutex_);
  const std::int64_t since = now_us - polled_us_;
  // A clock that went back must not stop it.
  if (since >= 0 && since < (polling_ ? poll_patience_us : poll_pause_us)) return std::nullopt;
  polled_us_ = now_us;
  polling_ = true;
  Poll poll{known_, {}};
  sent_ = std::min(untold_.size(), max_news);
  poll.news.assign(untold_.begin(), untold_.begin() + static_cast<std::ptrdiff_t>(sent_));
  return poll;
}

bool Revocations::told(const Reply& reply, std::int64_t now_s, bool& again) {
  again = false;
  const auto news = read_revocations(reply);
  if (!news) return false;
  {
    const std::lock_guard lock(mutex_);
    if (!polling_) return true;  // of a poll that was given up
    polling_ = false;
    sharing_.store(Sharing::together, std::memory_order_relaxed);
    untold_.erase(untold_.begin(), untold_.begin() + static_cast<std::ptrdiff_t>(std::min(sent_, untold_.size())));
    sent_ = 0;
    if (news->empty_store) {
      // It has lost what it knew, or never knew: it hears of everything that holds.
      known_ = 0;
      untold_.clear();
      const std::shared_ptr<const Table> table = table_.load();
      for (const auto& [name, one] : *table) {
        if (one.until_s > now_s) untold_.push_back(one);
      }
    } else {
      known_ = news->version;
    }
    again = !untold_.empty() || news->entries.size() == max_news;
    if (again) polled_us_ = 0;
  }
  if (!news->entries.empty()) learn(news->entries, now_s);
  return true;
}

void Revocations::unanswered() {
  const std::lock_guard lock(mutex_);
  polling_ = false;
  sent_ = 0;
  sharing_.store(Sharing::away, std::memory_order_relaxed);
}

}  // namespace sallyport::shared
