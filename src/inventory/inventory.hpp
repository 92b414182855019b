// Inventory: what the gateway saw, in memory and bounded.
//
//   Inventory inventory;                                            // outlives the writer's thread
//   inventory.declare(policy);                                      // at start and after each reload
//   writer.add_consumer([&](const RecordView& r) { inventory.add(r); });
//
// add() is for the writer's thread; everything that reads is for any thread.
#pragma once

#include "inventory/endpoints.hpp"
#include "inventory/findings.hpp"
#include "inventory/live_calls.hpp"
#include "inventory/operations.hpp"
#include "inventory/rollups.hpp"
#include "inventory/shadow.hpp"
#include "inventory/totals.hpp"

namespace sallyport::inventory {

struct Inventory {
  Inventory();  // with a key of its own: callers cannot be counted over restarts
  Inventory(const SipKey& key, std::int64_t started_us) : endpoints(key, started_us) {}

  LiveCalls calls;
  Rollups rollups;
  Endpoints endpoints;
  Findings findings;
  Operations operations;
  Shadow shadow;
  Totals totals;

  void add(const events::RecordView& record) {
    calls.add(record);
    endpoints.add(record);
    findings.add(record);
    rollups.add(record);
    operations.add(record);
    shadow.add(record);
    totals.add(record);
  }
  void declare(const Policy& policy) {
    endpoints.declare(policy);
    operations.declare(policy);
  }
};

}  // namespace sallyport::inventory
