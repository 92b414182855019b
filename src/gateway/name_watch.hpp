// NameWatch: the names of upstreams' servers become addresses again and again. Time and look-up are given, so that
// it can be stepped by a thread, and by tests.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "gateway/resolve.hpp"
#include "gateway/snapshot.hpp"
#include "gateway/target_states.hpp"

namespace sallyport::gateway {

class NameWatch {
 public:
  using Addresses = std::vector<boost::asio::ip::tcp::endpoint>;
  using LookUpName = std::function<Result<Addresses>(const ServerName&)>;
  using Tell = std::function<void(const std::string&)>;

  explicit NameWatch(LookUpName look_up, Tell tell) : look_up_(std::move(look_up)), tell_(std::move(tell)) {}

  // Looks up what is due. Null: nothing changed; else the same snapshot with the targets that there are now. A
  // name that cannot be looked up keeps its addresses.
  [[nodiscard]] std::shared_ptr<const Snapshot> step(const Snapshot& current, balance::Instant now);

 private:
  struct Known {
    balance::Instant next{};
    bool failed = false;  // the last time; said once
  };
  [[nodiscard]] bool refresh(TargetSource& source, const Upstream& upstream, balance::Instant now);
  [[nodiscard]] bool refresh(Upstream& upstream, TargetStates& states, balance::Instant now);

  LookUpName look_up_;
  Tell tell_;
  std::map<std::string, Known> known_;  // by upstream and server
};

}  // namespace sallyport::gateway
