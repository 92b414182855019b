// Rollups: calls by minute and endpoint, as they are added to the store. Filled on the writer's thread; the
// keeper takes what gathered, and gives it back when the store did not take it.
//
// Bounded: max_cells minutes of endpoints that wait; further calls are counted in lost(). Calls of what no
// specification has share one cell of their API and method: their paths are the callers' choice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "events/record.hpp"

namespace sallyport::inventory {

struct Rollup {
  std::int64_t start_s = 0;       // of the minute, since 1970
  std::string api, method, path;  // path: the template, or empty
  std::uint64_t calls = 0, denied = 0, errors = 0, auth_failures = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::uint64_t duration_us = 0;  // sum over forwarded calls

  void add(const Rollup& other);
};

class Rollups {
 public:
  explicit Rollups(std::size_t max_cells = 200'000) : max_(max_cells) {}

  void add(const events::RecordView& record);
  [[nodiscard]] std::vector<Rollup> take();
  void give_back(const std::vector<Rollup>& rollups);
  [[nodiscard]] std::uint64_t lost() const;

 private:
  Rollup* cell(std::int64_t start_s, std::string_view api, std::string_view method, std::string_view path);

  const std::size_t max_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Rollup> cells_;
  std::string lookup_;
  std::uint64_t lost_ = 0;
};

}  // namespace sallyport::inventory
