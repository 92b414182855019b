// Ask: the queries of one request, in the forms that servers take (GraphQL over HTTP, and what is
// common beside it): JSON, a list of it, application/graphql, a query string, multipart uploads.
#pragma once

#include <expected>
#include <string_view>
#include <vector>

#include "decode/refusal.hpp"
#include "decode/value.hpp"

#include <sallyport/arena.hpp>
#include <sallyport/message.hpp>

namespace sallyport::controls::graphql {

struct Ask {
  std::string_view query;  // empty when it is named by its hash alone
  const decode::Value* variables = nullptr;
  std::string_view operation;  // `operationName`, or empty
  bool persisted = false;      // it is named by its hash or id, beside the query or alone
  std::string_view id;         // that name; empty when it is no text
  bool by_member = false;      // it is the member `id` or `documentId`, which nobody compares with the query
};

struct Asks {
  std::vector<Ask> all;
  bool batched = false;
  const decode::Value* object = nullptr;  // the request itself, when it is one JSON object as the body
};

// Rules of refusals: "media_type", "form" (not what GraphQL over HTTP says), "batch", and those of
// the decoders. At most `batch` queries.
[[nodiscard]] std::expected<Asks, decode::Refusal> asks_of_body(const Fields& fields, std::string_view body,
                                                                std::uint32_t batch, Arena& arena);
[[nodiscard]] std::expected<Asks, decode::Refusal> asks_of_query(std::string_view query, Arena& arena);

}  // namespace sallyport::controls::graphql
