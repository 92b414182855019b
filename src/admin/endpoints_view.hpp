// The inventory as the admin API shows it: sought, filtered, sorted and cut into pages here, so that a browser
// never gets more than it shows.
//
//   GET /api/v1/endpoints?q=orders&state=shadow&api=shop&class=pci&sort=score&order=down&offset=0&limit=50
//   GET /api/v1/endpoints.csv?…                     the same without paging
//   GET /api/v1/data                                which class of data flows where
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sallyport/result.hpp>

#include "admin/query.hpp"
#include "inventory/endpoint.hpp"

namespace sallyport::admin {

enum class EndpointOrder : std::uint8_t {
  path,
  api,
  stage,
  score,
  calls,
  denied,
  errors,
  callers,
  first_seen,
  last_seen
};

struct EndpointQuery {
  std::vector<std::string> words;  // each must be in method, path, API, owner, operation id, purpose or a data type
  std::optional<inventory::State> state;
  std::string api;
  std::string data_class;
  EndpointOrder order = EndpointOrder::score;
  bool down = false;
  std::size_t offset = 0;
  std::size_t limit = 0;

  // Errors: a state, order or direction that does not exist.
  [[nodiscard]] static Result<EndpointQuery> read(const Query& query);
};

struct EndpointPage {
  std::vector<inventory::Endpoint> rows;                     // all that match, in order
  std::size_t offset = 0, limit = 0;                         // of what is shown of them
  std::size_t total = 0;                                     // in the inventory
  std::array<std::size_t, inventory::state_count> states{};  // of all in the inventory
  std::uint64_t left_out = 0;                                // endpoints that had no room
  std::uint32_t score = 100;                                 // mean of all in the inventory
};

[[nodiscard]] EndpointPage select(std::vector<inventory::Endpoint> rows, const EndpointQuery& query);
[[nodiscard]] std::string endpoints_json(const EndpointPage& page);
[[nodiscard]] std::string endpoints_csv(const EndpointPage& page);
[[nodiscard]] std::string data_map_json(const std::vector<inventory::Endpoint>& rows);

}  // namespace sallyport::admin
