#include "gateway/problem.hpp"

#include <algorithm>
#include <string>

#include "base/json_text.hpp"

namespace sallyport::gateway {

namespace {

constexpr std::string_view graphql = "graphql";
constexpr std::string_view graphql_media_type = "application/graphql-response+json";

std::string_view graphql_body(const Problem& problem, std::string_view request_id, Arena& arena) {
  std::string text = R"({"errors":[{"message":)";
  append_json(text, problem.title);
  const std::size_t space = std::min(problem.detail.find(' '), problem.detail.size());
  const std::string_view place = problem.detail.substr(std::min(space + 1, problem.detail.size()));
  if (const std::size_t colon = place.find(':'); colon != std::string_view::npos) {
    text.append(R"(,"locations":[{"line":)").append(place.substr(0, colon));
    text.append(R"(,"column":)").append(place.substr(colon + 1)).append("}]");
  }
  text += R"(,"extensions":{"code":)";
  append_json(text, problem.detail.substr(0, space));
  text += R"(,"request_id":)";
  append_json(text, request_id);
  text += "}}]}\n";
  return arena.copy(text);
}

}  // namespace

std::string_view problem_type_for(const Problem& problem, const Request& request) {
  if (problem.type != graphql) return problem_media_type;
  const Field* accept = request.fields.find(FieldName::accept);
  return accept != nullptr && accept->value.contains(graphql_media_type) ? graphql_media_type : "application/json";
}

std::string_view problem_body(const Problem& problem, std::string_view request_id, Arena& arena) {
  if (problem.type == graphql) return graphql_body(problem, request_id, arena);
  std::string text = R"({"type":)";
  append_json(text, "urn:sallyport:problem:" + std::string(problem.type));
  text += R"(,"title":)";
  append_json(text, problem.title);
  text += R"(,"status":)";
  append_number(text, problem.status);
  if (!problem.detail.empty()) {
    text += R"(,"detail":)";
    append_json(text, problem.detail);
  }
  text += R"(,"request_id":)";
  append_json(text, request_id);
  text += "}\n";
  return arena.copy(text);
}

Problem problem_of_refusal(std::uint16_t status) {
  const auto problem = [status](std::string_view type, std::string_view title) {
    return Problem{status, type, title, {}, {}, {}};
  };
  switch (status) {
    case 405:
      return problem("method_not_allowed", "The method is not allowed");
    case 408:
      return problem("request_timeout", "The request did not arrive in time");
    case 413:
      return problem("content_too_large", "The request body is too large");
    case 414:
      return problem("target_too_long", "The request target is too long");
    case 417:
      return problem("expectation_failed", "The expectation cannot be met");
    case 421:
      return problem("misdirected_request", "This connection does not serve that host");
    case 431:
      return problem("fields_too_large", "The request fields are too large");
    case 502:
      return problem("bad_gateway", "The API gave no valid answer");
    case 503:
      return problem("service_unavailable", "The API is not available");
    case 504:
      return problem("gateway_timeout", "The API did not answer in time");
    case 505:
      return problem("version_not_supported", "The HTTP version is not supported");
    default:
      return problem("malformed_request", "The request is malformed");
  }
}

}  // namespace sallyport::gateway
