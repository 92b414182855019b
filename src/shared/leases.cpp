#include "shared/leases.hpp"

#include <algorithm>
#include <array>

namespace sallyport::shared {
namespace {

// A Cell here: units of the lot, or none and `until` is the end of a refusal. The highest bit says
// that a call has gone to ask for more: others then ask for their own units only.
constexpr std::uint32_t asking = 1u << 31;
constexpr std::int64_t longest_ask_us = 100'000;

// What the shared counter said last stands beside it, for RateLimit fields.
constexpr std::uint64_t view_salt = 0x9e3779b97f4a7c15;
constexpr std::uint64_t lease_salt = 0xc2b2ae3d27d4eb4f;

std::uint64_t lease_key(const Question& question) { return MemoryStore::key(lease_salt, question.key); }
std::uint64_t view_key(const Question& question) { return MemoryStore::key(view_salt, question.key); }

bool is_local(const Question& question) { return question.limit->algorithm == Algorithm::concurrency; }

// A time in a cell that no honest clock can have put there: the clock went back.
bool is_absurd(const Cell& cell, const Question& question, std::int64_t now_us) {
  const std::int64_t most = question.limit->algorithm == Algorithm::quota
                                ? std::max(question.end_us - now_us, std::int64_t{0})
                                : Limit::max_window_us;
  return cell.until / 1000 > now_us + most + Leases::life_us;
}

}  // namespace

Leases::Found Leases::take(const Question& question, Outcome& outcome, std::int64_t now_us, bool& alone_in_asking) {
  Found found = Found::nothing;
  std::int64_t refused_until = 0;
  store_.change(lease_key(question), now_us, [&](Cell& cell) {
    if (cell.until <= now_us * 1000 || is_absurd(cell, question, now_us)) cell = {};
    const std::uint32_t units = cell.count & ~asking;
    if (units >= question.cost) {
      cell.count -= question.cost;
      outcome.remaining = units - question.cost;
      if (cell.count == 0) cell = {};  // no units and a time would be a refusal
      found = Found::units;
    } else if (cell.until != 0 && units == 0 && (cell.count & asking) == 0 && question.cost != 0) {
      refused_until = cell.until / 1000;
      found = Found::refusal;
    } else {
      alone_in_asking = (cell.count & asking) == 0;
      cell.count |= asking;
      cell.until = std::max(cell.until, (now_us + longest_ask_us) * 1000);
    }
    return found == Found::refusal ? 1.0 : 0.5;
  });
  if (found == Found::nothing) return found;
  outcome.admitted = found == Found::units;
  outcome.wait_us = refused_until == 0 ? 0 : std::max<std::int64_t>(refused_until - now_us, 1);
  store_.change(view_key(question), now_us, [&](Cell& cell) {
    if (cell.until > now_us * 1000) {
      outcome.remaining += outcome.admitted ? cell.count : 0;
      outcome.reset_us = cell.until / 1000 - now_us;
    }
    return 0.1;
  });
  outcome.reset_us = std::max(outcome.reset_us, outcome.wait_us);
  return found;
}

void Leases::put(const Question& question, std::uint32_t units, std::int64_t now_us) {
  store_.change(lease_key(question), now_us, [&](Cell& cell) {
    if (cell.until <= now_us * 1000 || is_absurd(cell, question, now_us)) cell = {};
    const std::uint32_t before = cell.count & ~asking;
    // A refusal that another call was told stands: these units came before it.
    cell.count = std::min(before + units, asking - 1);
    if (cell.count == 0) {
      cell = {};
    } else if (before == 0) {
      cell.until = (now_us + life_us) * 1000;
    }
    return 0.5;
  });
}

void Leases::learn(const Question& question, const Grant& grant, std::int64_t now_us) {
  store_.change(view_key(question), now_us, [&](Cell& cell) {
    cell = {grant.remaining, (now_us + std::max<std::int64_t>(grant.reset_us, 0)) * 1000};
    return 0.1;
  });
  if (grant.granted >= question.cost) {
    put(question, grant.granted - question.cost, now_us);
    return;
  }
  if (grant.wait_us == Outcome::never_us) return;
  store_.change(lease_key(question), now_us, [&](Cell& cell) {
    if ((cell.count & ~asking) != 0 && cell.until > now_us * 1000) {
      cell.count &= ~asking;  // units for smaller calls are left
      return 0.5;
    }
    cell = {0, (now_us + std::max<std::int64_t>(grant.wait_us, 1)) * 1000};
    return 1.0;
  });
}

void Leases::give_back(std::span<const Question> questions, Held& held, std::int64_t now_us) {
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if ((held.taken >> i & 1u) != 0) put(questions[i], questions[i].cost, now_us);
  }
  held.taken = 0;
}

// The questions that are of this node alone, together.
bool Leases::places(std::span<const Question> questions, std::span<Outcome> outcomes, std::int64_t now_us) {
  std::array<Question, MemoryStore::max_questions> local;
  std::array<Outcome, MemoryStore::max_questions> said;
  std::array<std::size_t, MemoryStore::max_questions> which{};
  std::size_t count = 0;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if (!is_local(questions[i])) continue;
    which[count] = i;
    local[count++] = questions[i];
  }
  if (count == 0) return true;
  const bool admitted = store_.decide(std::span(local.data(), count), std::span(said.data(), count), now_us);
  for (std::size_t i = 0; i < count; ++i) outcomes[which[i]] = said[i];
  return admitted;
}

Leases::Step Leases::decide(std::span<const Question> questions, std::span<Outcome> outcomes, std::span<Ask> asks,
                            Held& held, std::int64_t now_us) {
  held = {};
  bool refused = false;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const Question& question = questions[i];
    outcomes[i] = {};
    if (is_local(question)) continue;
    bool alone = false;
    switch (take(question, outcomes[i], now_us, alone)) {
      case Found::units:
        held.taken = static_cast<std::uint8_t>(held.taken | 1u << i);
        break;
      case Found::refusal:
        refused = true;
        break;
      case Found::nothing:
        asks[held.count] = {question.key, *question.limit, question.cost, alone ? lots * nodes() : 0, question.end_us};
        held.which[held.count++] = static_cast<std::uint8_t>(i);
        break;
    }
  }
  if (!refused && held.count != 0) return Step::ask;
  if (!refused && places(questions, outcomes, now_us)) return Step::admitted;
  give_back(questions, held, now_us);
  for (std::size_t i = 0; i < held.count; ++i) put(questions[held.which[i]], 0, now_us);  // nobody asks after all
  held.count = 0;
  return Step::refused;
}

bool Leases::settle(std::span<const Question> questions, std::span<Outcome> outcomes, std::span<const Grant> grants,
                    Held& held, std::int64_t now_us, bool& admitted) {
  bool all_answered = grants.size() == held.count;
  bool refused = false;
  for (std::size_t i = 0; i < held.count; ++i) {
    const std::size_t at = held.which[i];
    if (i >= grants.size() || !grants[i].answered) {
      all_answered = false;
      put(questions[at], 0, now_us);
      continue;
    }
    const Grant& grant = grants[i];
    learn(questions[at], grant, now_us);
    outcomes[at] = {grant.granted >= questions[at].cost, grant.remaining, grant.wait_us, grant.reset_us};
    if (outcomes[at].admitted) {
      held.taken = static_cast<std::uint8_t>(held.taken | 1u << at);
    } else {
      refused = true;
    }
  }
  held.count = 0;
  // A refusal is one, whatever was not answered.
  admitted = all_answered && !refused && places(questions, outcomes, now_us);
  if (!admitted) give_back(questions, held, now_us);
  return all_answered || refused;
}

bool Leases::decide_alone(std::span<const Question> questions, std::span<Outcome> outcomes, std::int64_t now_us) {
  std::array<Question, MemoryStore::max_questions> own;
  std::array<Limit, MemoryStore::max_questions> limits;
  const std::uint32_t share = nodes();
  for (std::size_t i = 0; i < questions.size(); ++i) {
    own[i] = questions[i];
    if (is_local(questions[i]) || share == 1) continue;
    limits[i] = *questions[i].limit;
    limits[i].amount = (limits[i].amount + share - 1) / share;
    limits[i].burst = (limits[i].burst + share - 1) / share;
    own[i].limit = &limits[i];
  }
  return store_.decide(std::span(own.data(), questions.size()), outcomes, now_us);
}

}  // namespace sallyport::shared
