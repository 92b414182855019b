// Which calls a rule is about: by operation, tag, method and path. What it does not name matches all.
#pragma once

#include <string>
#include <vector>

#include "config/table.hpp"
#include "controls/access/path_pattern.hpp"

#include <sallyport/message.hpp>
#include <sallyport/operation.hpp>

namespace sallyport::controls::authorize {

// As a rule's keys say it.
struct CallNames {
  std::vector<std::string> operations;  // operationId
  std::vector<std::string> tags;
  std::vector<std::string> methods;
  std::vector<std::string> paths;  // as in `access`

  [[nodiscard]] bool empty() const { return operations.empty() && tags.empty() && methods.empty() && paths.empty(); }
};

const config::Table<CallNames>& config_table(const CallNames*);

class WhichCalls {
 public:
  // Reports names that the API does not have, and patterns that are none. `api` is null at the edge.
  WhichCalls(const CallNames& names, const Api* api, const document::Node& at, config::Report& report);

  enum class Match : std::uint8_t {
    none,
    loosely,  // only a careless reading of the path makes it one of them: it may forbid, not grant
    exact,
  };
  [[nodiscard]] Match match(const Request& request, const Operation* operation) const;

 private:
  CallNames names_;
  std::vector<access::PathPattern> paths_;
};

}  // namespace sallyport::controls::authorize
