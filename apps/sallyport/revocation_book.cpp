#include "revocation_book.hpp"

#include <fmt/format.h>

#include "base/json_text.hpp"
#include "base/time_text.hpp"
#include "config/duration.hpp"
#include "events/options.hpp"
#include "store/revocation_table.hpp"

namespace sallyport::cli {
namespace {

using shared::Revocation;
using shared::Revocations;

constexpr std::chrono::milliseconds every{500};

std::int64_t now_s() { return events::system_now_us() / 1'000'000; }

std::string_view word(Revocations::Sharing sharing) {
  switch (sharing) {
    case Revocations::Sharing::alone:
      return "alone";
    case Revocations::Sharing::together:
      return "together";
    case Revocations::Sharing::away:
      return "away";
  }
  return "alone";
}

}  // namespace

Result<void> RevocationBook::start() {
  const auto rows = store::load_revocations(database_, now_s());
  if (!rows) return std::unexpected(rows.error());
  std::vector<Revocation> known;
  for (const store::RevocationRow& row : *rows) {
    const auto kind = shared::revocation_kind_named(row.kind);
    if (kind) known.push_back({*kind, row.value, row.at_s, row.until_s});
  }
  if (const std::size_t lost = list_.learn(known, now_s(), true); lost != 0) {
    return fail(ErrorCode::limit, std::to_string(lost) + " revocations more than can be held");
  }
  thread_.start(every, [this](bool) { return step(); });
  return {};
}

void RevocationBook::stop() { thread_.stop(); }

std::chrono::milliseconds RevocationBook::step() {
  const auto done = save();
  if (!done && !std::exchange(away_, true)) {
    events::complain_on_stderr("revocations are not written down, and hold in memory: " + done.error().text());
  }
  if (done) away_ = false;
  return every;
}

Result<void> RevocationBook::save() {
  const std::lock_guard lock(saving_);
  const std::uint64_t changes = list_.changes();
  if (changes == saved_changes_) return {};
  std::vector<store::RevocationRow> rows;
  decltype(saved_) all;
  for (Revocation& one : list_.all(now_s())) {
    const std::pair times{one.at_s, one.until_s};
    const auto [at, added] = all.emplace(std::pair{one.kind, one.value}, times);
    const auto before = saved_.find(at->first);
    if (before != saved_.end() && before->second == times) continue;
    rows.push_back({std::string(shared::word(one.kind)), std::move(one.value), one.at_s, one.until_s});
  }
  if (auto done = store::save_revocations(database_, rows, now_s()); !done) return done;
  saved_ = std::move(all);
  saved_changes_ = changes;
  return {};
}

Result<std::string> RevocationBook::revoke(const admin::RevokeOrder& order) {
  const auto kind = shared::revocation_kind_named(order.kind);
  if (!kind) return fail(ErrorCode::invalid, "what is revoked is a jti, a subject, a session or a key");
  std::int64_t life = list_.default_life() != 0 ? list_.default_life() : Revocations::longest_s;
  if (*kind == Revocation::Kind::key) life = Revocations::longest_s;
  if (!order.duration.empty()) {
    const auto length = config::parse_duration(order.duration);
    if (!length)
      return fail(ErrorCode::invalid, "`" + order.duration + "` is no length of time", {}, "such as 8h or 30d");
    life = std::chrono::duration_cast<std::chrono::seconds>(*length).count();
    if (life <= 0 || life > Revocations::longest_s) {
      return fail(ErrorCode::invalid, "a revocation holds for 1 second to 366 days");
    }
  }
  const Revocation one{*kind, order.value, now_s(), now_s() + life};
  if (one.value.empty() || one.value.size() > Revocations::max_value) {
    return fail(ErrorCode::invalid, "what is revoked has 1 to 256 bytes");
  }
  // What cannot be noted does not happen.
  auto noted = audit_.append({0, events::system_now_us(), order.by, "revoke", order.kind + " " + order.value,
                              "until " + rfc3339(one.until_s * 1'000'000, Fraction::none)});
  if (!noted) return fail(ErrorCode::unavailable, "the audit log cannot be written: " + noted.error().text());
  if (auto done = list_.revoke(one, now_s()); !done) return std::unexpected(std::move(done.error()));
  const auto saved = save();
  std::string out = R"({"kind":)";
  append_json(out, order.kind);
  append_json(out += R"(,"value":)", order.value);
  append_json(out += R"(,"until":)", rfc3339(one.until_s * 1'000'000, Fraction::none));
  append_json(out += R"(,"nodes":)", word(list_.sharing()));
  return out + fmt::format(R"(,"written":{}}})", saved.has_value());
}

std::string RevocationBook::json() const {
  std::string out = R"({"nodes":)";
  append_json(out, word(list_.sharing()));
  out += fmt::format(R"(,"untold":{},"revocations":[)", list_.untold());
  bool first = true;
  for (const Revocation& one : list_.all(now_s())) {
    append_json(out += std::exchange(first, false) ? R"({"kind":)" : R"(,{"kind":)", shared::word(one.kind));
    append_json(out += R"(,"value":)", one.value);
    append_json(out += R"(,"at":)", rfc3339(one.at_s * 1'000'000, Fraction::none));
    append_json(out += R"(,"until":)", rfc3339(one.until_s * 1'000'000, Fraction::none));
    out += '}';
  }
  return out + "]}";
}

}  // namespace sallyport::cli
