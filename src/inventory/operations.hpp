// Operations: what each operation of the APIs was called for, and the declared ones that nobody
// calls. An API without a specification is listed by method under its base path.
//
// At most max_operations: beyond, one that is no longer declared makes room, or the call is only
// counted in uncounted().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sallyport/engine.hpp>

#include "events/record.hpp"
#include "inventory/durations.hpp"

namespace sallyport::inventory {

struct OperationRow {
  std::string api, method, path, operation_id;
  std::string_view stage;  // a word of Stage; "undeclared" without a specification, "removed" by a reload
  std::uint64_t calls = 0, denied = 0;
  std::uint64_t errors = 0;              // 5xx answers, and calls that failed
  std::uint64_t p50_us = 0, p99_us = 0;  // of forwarded calls; 0 when there are none
  std::int64_t last_seen_us = 0;         // 0: never
};

class Operations {
 public:
  explicit Operations(std::size_t max_operations = 20'000) : max_(max_operations) {}

  // The operations of this policy are the declared ones from now on. Counts stay.
  void declare(const Policy& policy);
  void add(const events::RecordView& record);

  [[nodiscard]] std::vector<OperationRow> rows() const;  // by API, path and method
  [[nodiscard]] std::uint64_t uncounted() const;

 private:
  struct Entry {
    std::string api, method, path, operation_id;
    Stage stage = Stage::production;
    bool declared = false;
    bool prefix = false;
    std::uint64_t calls = 0, denied = 0, errors = 0;
    std::int64_t last_seen_us = 0;
    std::unique_ptr<Durations> durations;  // made by the first forwarded call
  };
  Entry* entry(std::string_view api, std::string_view method, std::string_view path);

  const std::size_t max_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
  std::uint64_t uncounted_ = 0;
};

}  // namespace sallyport::inventory
