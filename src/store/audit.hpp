// AuditLog: who changed what of the gateway, as a chain: the hash of each entry covers the entry and the hash
// before it, under a key that stands in a file beside the store. Who can write to the store alone can
// neither change, insert, remove nor reorder entries unseen; the newest entry's number and hash stand in a
// file of their own, so that entries cut off at the end are missed, too.
//
// An entry is on disk when append() returns.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <sallyport/result.hpp>

#include "store/database.hpp"

namespace sallyport::store {

struct AuditEntry {
  std::int64_t seq = 0;  // from 1, without gaps
  std::int64_t time_us = 0;
  std::string actor;   // who: "admin", "local user 0", "sallyport"
  std::string action;  // what: "login", "reload"
  std::string object;  // to what: a finding's id, a file
  std::string detail;
};

struct AuditCheck {
  std::uint64_t entries = 0;
  bool intact = true;
  std::int64_t broken_at = 0;  // seq of the first entry that does not fit
  std::string why;             // in a sentence, when it is not intact
};

class AuditLog {
 public:
  // `directory` holds the key (audit.key, made when absent) and the head (audit.head). The database outlives this.
  [[nodiscard]] static Result<AuditLog> open(Database& database, const std::string& directory);

  // Fills seq. Any thread.
  [[nodiscard]] Result<void> append(AuditEntry entry);
  // Reads all of it; linear.
  [[nodiscard]] Result<AuditCheck> verify() const;
  // Newest first; those before `before`, when it is not 0.
  [[nodiscard]] Result<std::vector<AuditEntry>> page(std::int64_t before, std::size_t limit) const;

 private:
  AuditLog(Database& database, std::string head, std::string key)
      : database_(&database), head_(std::move(head)), key_(std::move(key)) {}
  [[nodiscard]] std::string hash_of(const AuditEntry& entry, std::string_view before) const;
  [[nodiscard]] Result<void> write_head(std::int64_t seq, const std::string& hash) const;

  Database* database_;
  std::string head_;
  std::string key_;
  std::unique_ptr<std::mutex> writing_ = std::make_unique<std::mutex>();  // the head follows the entries in order
};

}  // namespace sallyport::store
