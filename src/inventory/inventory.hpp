// Inventory: what the gateway saw, in memory and bounded.
//
//   Inventory inventory;                                            // outlives the writer's thread
//   inventory.operations.declare(policy);                           // at start and after each reload
//   writer.add_consumer([&](const RecordView& r) { inventory.add(r); });
//
// add() is for the writer's thread; everything that reads is for any thread.
#pragma once

#include "inventory/live_calls.hpp"
#include "inventory/operations.hpp"
#include "inventory/shadow.hpp"
#include "inventory/totals.hpp"

namespace sallyport::inventory {

struct Inventory {
  LiveCalls calls;
  Operations operations;
  Shadow shadow;
  Totals totals;

  void add(const events::RecordView& record) {
    calls.add(record);
    operations.add(record);
    shadow.add(record);
    totals.add(record);
  }
};

}  // namespace sallyport::inventory
