// Shadow: endpoints that are called and that no specification declares, grouped by API, host,
// method and path shape. Every part of a group is chosen by callers: at most max_groups are kept,
// and a new one takes the place of the one that was not seen for longest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "events/record.hpp"

namespace sallyport::inventory {

struct ShadowRow {
  std::string api, host, method, path;
  std::uint64_t calls = 0, denied = 0;
  std::int64_t first_seen_us = 0, last_seen_us = 0;
  std::uint16_t last_status = 0;
  std::size_t clients = 0;    // distinct addresses, at most max_clients
  bool more_clients = false;  // there were more
};

class Shadow {
 public:
  static constexpr std::size_t max_clients = 64;
  explicit Shadow(std::size_t max_groups = 1000) : max_(max_groups) {}

  void add(const events::RecordView& record);
  [[nodiscard]] std::vector<ShadowRow> rows() const;  // last seen first

 private:
  struct Group {
    ShadowRow row;
    std::vector<Address> clients;
  };
  const std::size_t max_;
  mutable std::mutex mutex_;
  std::list<Group> groups_;  // last seen first
  std::unordered_map<std::string, std::list<Group>::iterator> by_key_;
};

}  // namespace sallyport::inventory
