// Endpoints: the inventory: each endpoint that is declared or seen, with what the specifications say of it and
// what its calls showed. Filled from events on the writer's thread, read by any.
//
// Calls of what is in no specification are kept by the shape of their path (path_shape.hpp); a reader gets
// them together under path templates that are learned from all of them (path_learner.hpp).
//
// Bounded: at most max_declared endpoints of specifications (further ones are counted in left_out()), and
// max_shapes others, of which the one that was not seen for longest makes room. About 1.5 KiB each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sallyport/engine.hpp>

#include "base/siphash.hpp"
#include "events/record.hpp"
#include "inventory/distinct.hpp"
#include "inventory/durations.hpp"
#include "inventory/endpoint.hpp"

namespace sallyport::inventory {

class Endpoints {
 public:
  struct Limits {
    std::size_t max_declared = 100'000;
    std::size_t max_shapes = 2'000;
  };
  // `key` is for counting callers; `started_us`: since when calls are counted.
  Endpoints(const SipKey& key, std::int64_t started_us) : Endpoints(key, started_us, Limits{}) {}
  Endpoints(const SipKey& key, std::int64_t started_us, const Limits& limits)
      : key_(key), started_us_(started_us), limits_(limits) {}

  // The operations of this policy are the declared ones from now on. Counts stay.
  void declare(const Policy& policy);
  void add(const events::RecordView& record);

  // All of them, judged, by API, path and method. Takes some milliseconds for thousands.
  [[nodiscard]] std::vector<Endpoint> rows(std::int64_t now_us) const;
  [[nodiscard]] std::uint64_t left_out() const;

  // What was counted, for keeping beyond this process: `known` with the sketch of its callers.
  struct Saved {
    Endpoint known;
    Distinct callers;
  };
  // Those called at or after `since_us`; durations are not kept. `declared` says that a specification of this
  // process had it.
  [[nodiscard]] std::vector<Saved> save(std::int64_t since_us) const;
  // Before the first call is counted, after declare(). Of what is declared no longer "removed" endpoints come.
  // The key must be the one that they were counted with.
  void restore(std::vector<Saved> saved);
  // Since when calls are counted: of the first process whose counts were restored.
  void watched_since(std::int64_t time_us);

 private:
  struct Entry {
    Endpoint known;
    Distinct callers;
    std::shared_ptr<Durations> durations;  // made by the first forwarded call
    std::list<std::string>::iterator age;  // of shapes only
  };
  using Entries = std::unordered_map<std::string, Entry>;

  Entry* declared_entry(const events::RecordView& record);
  Entry& shape_entry(const events::RecordView& record);
  Entry& shape(std::string_view api, std::string_view method, const std::string& path);
  void count(Entry& entry, const events::RecordView& record) const;
  [[nodiscard]] std::uint64_t caller_of(const events::RecordView& record) const;
  [[nodiscard]] std::vector<Entry> copy() const;
  static std::vector<Entry> learned(std::vector<Entry> shapes);

  const SipKey key_;
  std::int64_t started_us_;
  const Limits limits_;
  mutable std::mutex mutex_;
  struct ApiFacts {
    std::string owner, version;
    bool has_spec = false;
  };
  std::map<std::string, ApiFacts, std::less<>> apis_;
  Entries declared_;
  Entries shapes_;
  std::list<std::string> ages_;  // keys of shapes, last seen first
  std::string lookup_;           // of the writer's thread: no allocation for a known endpoint
  std::uint64_t left_out_ = 0;
};

}  // namespace sallyport::inventory
