// `x-sallyport`: what an API description says of its life cycle. It may stand in the root, in a
// path item and in an operation; the inner one wins, member by member.
//
//   x-sallyport:
//     stage: deprecated          design | test | production | deprecated | retired
//     deprecation: 2026-01-01    since when: the Deprecation field (RFC 9745)
//     sunset: 2026-12-31         when it will stop working: the Sunset field (RFC 8594)
//     owner: orders-team
//     purpose: Places orders     an operation without one has its `summary`
//     data: [pii, pci]           public | internal | pii | phi | pci | financial | credential; or one word
//
// Anything else in it is an error with its position: it would not do what its author believes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sallyport/operation.hpp>
#include <sallyport/result.hpp>

#include "document/node.hpp"

namespace sallyport {

struct Lifecycle {
  std::optional<Stage> stage;
  std::string deprecation;  // "@1767225600", or empty
  std::string sunset;       // "Thu, 31 Dec 2026 00:00:00 GMT", or empty
  std::string owner;
  std::string purpose;
  std::vector<std::string> data;  // classes, each once, in the order above

  // Takes what this one does not say from an outer one.
  void inherit(const Lifecycle& outer);
};

// Reads `x-sallyport` of a mapping; all empty when there is none.
[[nodiscard]] Result<Lifecycle> read_lifecycle(const document::Node& holder);

// The stage of an operation: what it says itself; else `deprecated: true`, unless what is around
// it is retired already; else what is around it; else production.
[[nodiscard]] Stage operation_stage(const Lifecycle& own, bool deprecated, const Lifecycle& outer);

}  // namespace sallyport
