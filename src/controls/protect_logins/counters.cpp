#include "controls/protect_logins/counters.hpp"

#include <algorithm>
#include <cstring>

namespace sallyport::controls::protect_logins {
namespace {

using shared::Ask;
using shared::Grant;
using shared::Limit;
using shared::MemoryStore;

constexpr std::int64_t hour_us = std::int64_t{3'600} * 1'000'000;
// Used is known or seen, and it is forgotten by itself. A second success makes the time longer.
constexpr Limit known_for{shared::Algorithm::bucket, 1, Counters::known_us / 2, 2};
constexpr Limit seen_for{shared::Algorithm::bucket, 1, hour_us, 1};

Limit bucket_of(const Rate& rate) {
  return {shared::Algorithm::bucket, rate.amount, std::chrono::microseconds(rate.window).count(), rate.amount};
}

std::uint64_t pair_of(std::uint64_t a, std::uint64_t b) { return MemoryStore::key(a, b); }

// The first bytes of an address that count: 4 of IPv4 and half of IPv6, which is one site's; of a network less.
std::string_view address_of(const Address& address, bool network) {
  const auto* bytes = reinterpret_cast<const char*>(address.bytes.data());
  if (address.is_v4()) return {bytes, network ? std::size_t{15} : std::size_t{16}};
  return {bytes, network ? std::size_t{6} : std::size_t{8}};
}

}  // namespace

std::string_view rule_of(Counter counter) {
  switch (counter) {
    case Counter::account:
      return "account";
    case Counter::known_source:
    case Counter::known_address:
    case Counter::known_device:
    case Counter::known_both:
      return "known_source";
    case Counter::address:
      return "address";
    case Counter::network:
      return "network";
    case Counter::device:
      return "device";
    case Counter::stuffing_address:
    case Counter::stuffing_network:
    case Counter::seen_address:
    case Counter::seen_network:
      return "stuffing";
    case Counter::spraying:
    case Counter::seen_password:
      return "spraying";
  }
  return "account";
}

Counters::Counters(const Config& config, std::string_view scope, MemoryStore& store, const SipKey& password_key)
    : store_(store), password_key_(password_key) {
  const auto add_all = [&](Counter counter, const std::vector<Rate>& rates) {
    for (const Rate& rate : rates) {
      if (!rate.off()) add(counter, rate_limit::format_rate(rate), bucket_of(rate), scope);
    }
  };
  add_all(Counter::account, config.account);
  add_all(Counter::known_source, config.known);
  add_all(Counter::address, config.address);
  add_all(Counter::network, config.network);
  add_all(Counter::device, config.device);
  add_all(Counter::stuffing_address, {config.accounts_by_address});
  add_all(Counter::stuffing_network, {config.accounts_by_network});
  add_all(Counter::spraying, {config.accounts_by_password});
  for (const Counter seen : {Counter::seen_address, Counter::seen_network, Counter::seen_password}) {
    add(seen, "1/h", seen_for, scope);
  }
  for (const Counter known : {Counter::known_address, Counter::known_device, Counter::known_both}) {
    add(known, "known", known_for, scope);
  }
}

void Counters::add(Counter counter, std::string text, const Limit& limit, std::string_view scope) {
  std::string identity = "protect_logins ";
  identity.append(scope).append(1, '\0').append(text).append(1, static_cast<char>(counter));
  rules_.push_back({counter, std::move(text), limit, store_.subject(identity)});
}

bool Counters::has(Counter counter) const {
  return std::ranges::any_of(rules_, [&](const Rule& rule) { return rule.counter == counter; });
}

void Counters::identify(Attempt& attempt, const Credentials& credentials, const Connection& connection,
                        const Fields& fields, std::string_view apart) const {
  const std::uint64_t kind = store_.subject(apart);
  attempt.every = !apart.empty();
  attempt.accounts = static_cast<std::uint8_t>(credentials.count);
  for (std::size_t i = 0; i < credentials.count; ++i) {
    attempt.account[i] = pair_of(kind, store_.subject(credentials.accounts[i]));
  }
  attempt.has_password = !credentials.password.empty();
  if (attempt.has_password) attempt.password = siphash(password_key_, credentials.password);
  attempt.address = pair_of(kind, store_.subject(address_of(connection.client, false)));
  attempt.network = pair_of(kind, store_.subject(address_of(connection.client, true)));
  std::uint64_t device = pair_of(kind, store_.subject(connection.tls_version));
  for (const FieldName name : {FieldName::user_agent, FieldName::accept_language, FieldName::accept}) {
    const Field* field = fields.find(name);
    device = pair_of(device, store_.subject(field != nullptr ? field->value : std::string_view()));
  }
  attempt.device = device;
}

void Counters::ask(Counter counter, std::uint64_t subject, std::uint32_t least, Asks& out) const {
  const auto rule = std::ranges::find(rules_, counter, &Rule::counter);
  if (rule == rules_.end() || out.count == max_asks) return;
  out.items[out.count++] = {MemoryStore::key(rule->salt, subject), rule->limit, least, 0, 0, 0};
}

bool Counters::is_used_here(Counter counter, std::uint64_t subject, std::int64_t now_us) const {
  Asks one;
  ask(counter, subject, 0, one);
  Grant grant;
  answer(one.all(), {&grant, 1}, 1, now_us);
  return grant.remaining < one.items[0].limit.burst;
}

void Counters::peek(const Attempt& attempt, Asks& out) const {
  for (std::size_t i = 0; i < attempt.accounts; ++i) {
    const std::uint64_t account = attempt.account[i];
    ask(Counter::known_address, pair_of(account, attempt.address), 0, out);
    ask(Counter::known_device, pair_of(account, attempt.device), 0, out);
    ask(Counter::known_both, pair_of(pair_of(account, attempt.address), attempt.device), 0, out);
    ask(Counter::seen_address, pair_of(account, attempt.address), 0, out);
    ask(Counter::seen_network, pair_of(account, attempt.network), 0, out);
  }
}

void Counters::add_charges(Attempt& attempt, Counter counter, std::uint64_t subject, std::size_t cost) const {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (rules_[i].counter != counter || attempt.count == Attempt::max_charges) continue;
    attempt.charges[attempt.count++] = {MemoryStore::key(rules_[i].salt, subject), static_cast<std::uint16_t>(i),
                                        static_cast<std::uint16_t>(cost), false};
  }
}

void Counters::plan(Attempt& attempt, std::span<const Grant> peeked, std::int64_t now_us) const {
  attempt.count = 0;
  bool familiar = attempt.accounts != 0;
  std::size_t new_to_address = 0;
  std::size_t new_to_network = 0;
  std::size_t new_to_password = 0;
  for (std::size_t i = 0; i < attempt.accounts; ++i) {
    const std::uint64_t account = attempt.account[i];
    const auto used = [&](std::size_t at, const Limit& limit) {
      const Grant& grant = peeked[5 * i + at];
      return grant.answered && grant.remaining < limit.burst;
    };
    const bool by_address = used(0, known_for);
    const bool by_device = used(1, known_for);
    familiar = familiar && used(2, known_for);
    if (by_address) {
      add_charges(attempt, Counter::known_source, pair_of(account, attempt.address));
    } else if (by_device) {
      add_charges(attempt, Counter::known_source, pair_of(account, attempt.device));
    } else {
      add_charges(attempt, Counter::account, account);
    }
    if (has(Counter::stuffing_address) && !used(3, seen_for)) {
      ++new_to_address;
      add_charges(attempt, Counter::seen_address, pair_of(account, attempt.address));
    }
    if (has(Counter::stuffing_network) && !used(4, seen_for)) {
      ++new_to_network;
      add_charges(attempt, Counter::seen_network, pair_of(account, attempt.network));
    }
    const std::uint64_t guess = pair_of(account, attempt.password);
    if (has(Counter::spraying) && attempt.has_password && !is_used_here(Counter::seen_password, guess, now_us)) {
      ++new_to_password;
      add_charges(attempt, Counter::seen_password, guess);
    }
  }
  if (familiar) {
    const auto end = std::remove_if(
        attempt.charges.begin(), attempt.charges.begin() + attempt.count,
        [&](const Attempt::Charge& charge) { return rules_[charge.rule].counter != Counter::known_source; });
    attempt.count = static_cast<std::uint8_t>(end - attempt.charges.begin());
    return;
  }
  add_charges(attempt, Counter::address, attempt.address);
  add_charges(attempt, Counter::network, attempt.network);
  add_charges(attempt, Counter::device, attempt.device);
  if (new_to_address != 0) add_charges(attempt, Counter::stuffing_address, attempt.address, new_to_address);
  if (new_to_network != 0) add_charges(attempt, Counter::stuffing_network, attempt.network, new_to_network);
  if (new_to_password != 0) add_charges(attempt, Counter::spraying, attempt.password, new_to_password);
}

std::optional<Counters::Refusal> Counters::charge_here(Attempt& attempt, std::int64_t now_us) const {
  for (std::size_t i = 0; i < attempt.count; ++i) {
    Attempt::Charge& charge = attempt.charges[i];
    const Rule& rule = rules_[charge.rule];
    if (!is_here(rule.counter)) continue;
    const Ask ask{charge.key, rule.limit, charge.cost, 0, 0, 0};
    Grant grant;
    answer({&ask, 1}, {&grant, 1}, 1, now_us);
    charge.taken = grant.granted != 0;
    if (!charge.taken && rule.counter == Counter::spraying) return Refusal{rule.counter, rule.text, grant.wait_us};
  }
  return std::nullopt;
}

void Counters::charge(const Attempt& attempt, Asks& out) const {
  for (std::size_t i = 0; i < attempt.count; ++i) {
    const Attempt::Charge& charge = attempt.charges[i];
    const Rule& rule = rules_[charge.rule];
    if (!is_here(rule.counter)) out.items[out.count++] = {charge.key, rule.limit, charge.cost, 0, 0, 0};
  }
}

std::optional<Counters::Refusal> Counters::read(Attempt& attempt, std::span<const Grant> grants) const {
  std::optional<Refusal> worst;
  std::size_t at = 0;
  for (std::size_t i = 0; i < attempt.count; ++i) {
    Attempt::Charge& charge = attempt.charges[i];
    const Rule& rule = rules_[charge.rule];
    if (is_here(rule.counter)) continue;
    const Grant& grant = grants[at++];
    charge.taken = grant.answered && grant.granted >= charge.cost;
    // Somebody else noted the same account meanwhile: that refuses nobody.
    if (charge.taken || rule.counter == Counter::seen_address || rule.counter == Counter::seen_network) continue;
    if (!worst || grant.wait_us > worst->wait_us) worst = Refusal{rule.counter, rule.text, grant.wait_us};
  }
  return worst;
}

void Counters::settle(Attempt& attempt, bool success, Asks& out, std::int64_t now_us) const {
  for (std::size_t i = 0; i < attempt.count; ++i) {
    const Attempt::Charge& charge = attempt.charges[i];
    const Rule& rule = rules_[charge.rule];
    if (!charge.taken) continue;
    const bool credit = success && rule.counter == Counter::device;
    const Ask back{charge.key, rule.limit, 0, 0, 0, charge.cost + (credit ? device_credit : 0)};
    if (is_here(rule.counter)) {
      Grant grant;
      answer({&back, 1}, {&grant, 1}, 1, now_us);
    } else {
      out.items[out.count++] = back;
    }
  }
  attempt.count = 0;
  // With several names nobody can tell whose success it was.
  if (!success || attempt.accounts != 1) return;
  const std::uint64_t account = attempt.account[0];
  ask(Counter::known_address, pair_of(account, attempt.address), 1, out);
  ask(Counter::known_device, pair_of(account, attempt.device), 1, out);
  ask(Counter::known_both, pair_of(pair_of(account, attempt.address), attempt.device), 1, out);
}

void Counters::answer(std::span<const Ask> asks, std::span<Grant> grants, std::uint32_t share,
                      std::int64_t now_us) const {
  for (std::size_t i = 0; i < asks.size(); ++i) {
    const Ask& ask = asks[i];
    Limit limit = ask.limit;
    limit.burst = std::max((limit.burst + share - 1) / share, ask.least);
    limit.amount = (limit.amount + share - 1) / share;
    if (ask.back != 0) {
      store_.change(ask.key, now_us, [&](shared::Cell& cell) {
        shared::give_back(limit, cell, now_us, ask.back);
        return cell.until == 0 ? 0.0 : 0.5;
      });
    }
    shared::Outcome outcome;
    store_.decide({&limit, ask.key, ask.least, 0}, outcome, now_us);
    grants[i] = {true, outcome.admitted ? ask.least : 0, outcome.remaining, outcome.wait_us, outcome.reset_us};
  }
}

}  // namespace sallyport::controls::protect_logins
