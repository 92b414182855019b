// RevocationBook: the list of revocations (shared/revocations.hpp) over restarts, and orders to change it. What other
// nodes told is written down within a second.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "admin/sources.hpp"
#include "base/step_thread.hpp"
#include "shared/revocations.hpp"
#include "store/audit.hpp"
#include "store/database.hpp"

namespace sallyport::cli {

class RevocationBook {
 public:
  // Everything outlives this.
  RevocationBook(shared::Revocations& list, store::Database& database, store::AuditLog& audit)
      : list_(list), database_(database), audit_(audit) {}

  // Reads what held before, and begins to write. Fails rather than to start with tokens that were revoked.
  [[nodiscard]] Result<void> start();
  void stop();

  // Noted, in force, then on disk; what the store does not take is in force all the same, and said.
  [[nodiscard]] Result<std::string> revoke(const admin::RevokeOrder& order);
  [[nodiscard]] std::string json() const;

 private:
  [[nodiscard]] Result<void> save();
  std::chrono::milliseconds step();

  shared::Revocations& list_;
  store::Database& database_;
  store::AuditLog& audit_;
  std::mutex saving_;
  std::map<std::pair<shared::Revocation::Kind, std::string>, std::pair<std::int64_t, std::int64_t>> saved_;
  std::uint64_t saved_changes_ = 0;
  bool away_ = false;
  StepThread thread_;  // last: it is stopped first
};

}  // namespace sallyport::cli
