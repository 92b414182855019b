// TargetStates: what a node has learnt about the targets of its upstreams, kept from one configuration to the next:
// a target that still stands in the new one goes on as it was. One object a program (engine::Services::part).
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "balance/group.hpp"
#include "engine/services.hpp"

namespace sallyport::gateway {

// Of the clock that everything in src/balance goes by.
[[nodiscard]] balance::Instant monotonic_now();

class TargetStates {
 public:
  explicit TargetStates(engine::Services&) {}

  // Of an API's target, as long as some configuration holds it. One that comes to an API which has been served
  // before begins slowly.
  [[nodiscard]] std::shared_ptr<balance::TargetState> of(const std::string& api, const std::string& key);
  [[nodiscard]] std::shared_ptr<balance::RetryBudget> budget(const std::string& api);
  // All targets of that API stand.
  void placed(const std::string& api);

  using Addresses = std::vector<boost::asio::ip::tcp::endpoint>;
  // The last addresses of a name and port.
  void learn(const std::string& server, const Addresses& addresses);
  [[nodiscard]] std::optional<Addresses> last_known(const std::string& server) const;

 private:
  struct OfApi {
    std::map<std::string, std::weak_ptr<balance::TargetState>> states;
    std::shared_ptr<balance::RetryBudget> budget = std::make_shared<balance::RetryBudget>();
    bool served = false;
  };
  mutable std::mutex mutex_;
  std::map<std::string, OfApi> apis_;
  std::map<std::string, Addresses> addresses_;
};

}  // namespace sallyport::gateway
