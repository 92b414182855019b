#include "store/audit.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <limits>
#include <span>

#include <fmt/format.h>

#include "base/random.hpp"
#include "events/key_file.hpp"

namespace sallyport::store {
namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::string_view beginning = "sallyport audit 1";  // what the first entry follows on
constexpr std::int64_t chunk = 1000;                         // entries read at once

std::string hex(std::span<const unsigned char> bytes) {
  std::string out;
  for (const unsigned char byte : bytes) out += fmt::format("{:02x}", byte);
  return out;
}

AuditEntry entry_of(const Row& row) {
  return {integer(row[0]), integer(row[1]), text(row[2]), text(row[3]), text(row[4]), text(row[5])};
}

Error disk_error(const char* what, const std::string& path) {
  return {ErrorCode::unavailable, std::string(what) + ": " + std::strerror(errno), path, {}};
}

}  // namespace

Result<AuditLog> AuditLog::open(Database& database, const std::string& directory) {
  auto key = events::read_or_make(directory + "/audit.key", []() -> Result<std::string> {
    std::array<unsigned char, key_bytes> random{};
    if (auto filled = fill_random(random); !filled) return std::unexpected(filled.error());
    return std::string(random.begin(), random.end());
  });
  if (!key) return std::unexpected(std::move(key.error()));
  if (key->size() != key_bytes) {
    return fail(ErrorCode::invalid, "the key of the audit log has not 32 bytes", directory + "/audit.key");
  }
  return AuditLog(database, directory + "/audit.head", std::move(*key));
}

// Each part with its length before it: no two entries have the same bytes.
std::string AuditLog::hash_of(const AuditEntry& entry, std::string_view before) const {
  std::string bytes = fmt::format("{} {} ", entry.seq, entry.time_us);
  for (const std::string_view part : {before, std::string_view(entry.actor), std::string_view(entry.action),
                                      std::string_view(entry.object), std::string_view(entry.detail)}) {
    bytes += fmt::format("{}:", part.size());
    bytes += part;
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), reinterpret_cast<const unsigned char*>(bytes.data()),
       bytes.size(), out.data(), &size);
  return hex(std::span(out).first(size));
}

Result<void> AuditLog::append(AuditEntry entry) {
  for (std::string* const part : {&entry.actor, &entry.action, &entry.object, &entry.detail}) *part = storable(*part);
  std::string hash;
  const std::scoped_lock lock(*writing_);
  auto done = database_->transact([&]() -> Result<void> {
    auto last = database_->run("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
    if (!last) return std::unexpected(std::move(last.error()));
    entry.seq = last->empty() ? 1 : integer(last->front()[0]) + 1;
    hash = hash_of(entry, last->empty() ? std::string(beginning) : text(last->front()[1]));
    const std::array<Cell, 7> cells{entry.seq,    entry.time_us, entry.actor, entry.action,
                                    entry.object, entry.detail,  hash};
    auto added = database_->run(
        "INSERT INTO audit (seq, time_us, actor, action, object, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        cells);
    if (!added) return std::unexpected(std::move(added.error()));
    return {};
  });
  if (!done) return done;
  return write_head(entry.seq, hash);
}

// Written beside and renamed: there is always a whole one.
Result<void> AuditLog::write_head(std::int64_t seq, const std::string& hash) const {
  const std::string fresh = head_ + ".new";
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return std::unexpected(disk_error("cannot open", fresh));
  const std::string line = fmt::format("{} {}\n", seq, hash);
  const bool written =
      ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fdatasync(file) == 0;
  ::close(file);
  if (!written || std::rename(fresh.c_str(), head_.c_str()) != 0) {
    return std::unexpected(disk_error("cannot write", head_));
  }
  return {};
}

Result<AuditCheck> AuditLog::verify() const {
  // Read first: entries that are added meanwhile are behind it.
  std::int64_t head_seq = 0;
  std::string head_hash;
  std::ifstream(head_) >> head_seq >> head_hash;

  AuditCheck check;
  const auto broken = [&](std::int64_t seq, std::string why) {
    check.intact = false;
    check.broken_at = seq;
    check.why = std::move(why);
    return check;
  };
  std::string before(beginning);
  bool head_met = head_seq == 0;
  for (std::int64_t next = 1;;) {
    const std::array<Cell, 2> cells{next, chunk};
    auto rows = database_->run(
        "SELECT seq, time_us, actor, action, object, detail, hash FROM audit WHERE seq >= $1 ORDER BY seq LIMIT $2",
        cells);
    if (!rows) return std::unexpected(std::move(rows.error()));
    for (const Row& row : *rows) {
      const AuditEntry entry = entry_of(row);
      if (entry.seq != next) return broken(next, fmt::format("entry {} is missing", next));
      const std::string hash = hash_of(entry, before);
      const std::string stored = text(row[6]);
      if (stored.size() != hash.size() || CRYPTO_memcmp(stored.data(), hash.data(), hash.size()) != 0) {
        return broken(next, fmt::format("entry {} was changed", next));
      }
      if (entry.seq == head_seq) {
        if (hash != head_hash) return broken(next, fmt::format("entry {} is not the one that was written last", next));
        head_met = true;
      }
      before = hash;
      ++next;
      ++check.entries;
    }
    if (std::ssize(*rows) == chunk) continue;
    // One entry may be there before its head, after a crash.
    if (head_seq == 0 && check.entries > 1) return broken(1, head_ + " is missing");
    if (head_met) return check;
    return broken(next, fmt::format("entries {} to {} are missing at the end", next, head_seq));
  }
}

Result<std::vector<AuditEntry>> AuditLog::page(std::int64_t before, std::size_t limit) const {
  const std::int64_t below = before > 0 ? before : std::numeric_limits<std::int64_t>::max();
  const std::array<Cell, 2> cells{below, static_cast<std::int64_t>(limit)};
  auto rows = database_->run(
      "SELECT seq, time_us, actor, action, object, detail FROM audit WHERE seq < $1 ORDER BY seq DESC LIMIT $2", cells);
  if (!rows) return std::unexpected(std::move(rows.error()));
  std::vector<AuditEntry> out;
  for (const Row& row : *rows) out.push_back(entry_of(row));
  return out;
}

}  // namespace sallyport::store
