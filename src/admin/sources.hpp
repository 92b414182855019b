// Sources: what the admin listener shows and may ask for. Everything referred to must outlive the
// Server; functions are called on the admin thread (those of verbs on the control socket's), may
// take a moment, and must be thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <sallyport/operation.hpp>

#include <sallyport/event.hpp>
#include <sallyport/result.hpp>

#include "events/metrics.hpp"
#include "events/options.hpp"
#include "events/writer.hpp"
#include "inventory/inventory.hpp"
#include "store/audit.hpp"
#include "store/database.hpp"

namespace sallyport::admin {

struct ConfigState {
  std::string path;
  std::uint64_t generation = 0;
  std::int64_t loaded_at_us = 0;
};

// "jti", "subject", "session" or "key"; for how long ("30d"), or empty; who asks.
struct RevokeOrder {
  std::string kind;
  std::string value;
  std::string duration;
  std::string by;
};

struct Sources {
  inventory::Inventory& inventory;
  const events::Metrics& metrics;
  std::function<ConfigState()> config;
  std::function<std::uint64_t()> connections;  // of the data plane, open now
  std::function<events::WriterStats()> log;
  std::function<std::vector<std::string>()> unready;  // why not to send calls here; empty: ready
  std::function<Result<std::string>(const CallId&, std::string_view key_id, std::string_view sealed)> unseal;
  std::function<Result<std::string>()> reload;  // a line for a person
  std::function<std::string()> status;          // a JSON value in one line
  std::function<std::string()> own_keys;        // a JWK Set of what the gateway signs with; public
  // What it did as a JSON object; errors are those of the order, or of the audit log and the store.
  std::function<Result<std::string>(const RevokeOrder&)> revoke;
  std::function<std::string()> revocations;  // what holds, as a JSON object
  store::Database* store = nullptr;          // null: nothing is kept
  store::AuditLog* audit = nullptr;          // null: nothing is noted
  events::WallClock clock = events::system_now_us;
};

}  // namespace sallyport::admin
