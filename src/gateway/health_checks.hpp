// HealthChecks: asks the targets of upstreams with `health` whether they serve. One worker of a node does this for
// all; what it finds is in the shared TargetState.
#pragma once

#include <memory>
#include <vector>

#include "gateway/snapshot.hpp"

namespace sallyport::gateway {

class Worker;

class HealthChecks {
 public:
  explicit HealthChecks(Worker& worker);
  ~HealthChecks();
  HealthChecks(const HealthChecks&) = delete;
  HealthChecks& operator=(const HealthChecks&) = delete;

  // The targets of this snapshot are checked from now on. Those that were so far keep their pace.
  void follow(const std::shared_ptr<const Snapshot>& snapshot);
  // Ends all.
  void close();

 private:
  class Check;
  Worker& worker_;
  std::vector<std::shared_ptr<Check>> checks_;
};

}  // namespace sallyport::gateway
