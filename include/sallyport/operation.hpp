// What a call can be aimed at: an Api of the configuration and an Operation of its contract.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sallyport/message.hpp>

namespace sallyport {

enum class Stage : std::uint8_t { design, test, production, deprecated, retired };

// One scheme that a security requirement of a contract names, with the scopes or roles it asks for.
struct SecurityNeed {
  // `other` stands for what nobody can satisfy: a scheme that is not declared or not known.
  enum class Scheme : std::uint8_t { token, basic, api_key, client_certificate, other } scheme = Scheme::other;
  std::string name;
  std::vector<std::string> scopes;
};

// One method on one path template of a specification.
struct Operation {
  std::uint32_t index = 0;  // position in Api::operations
  Method method = Method::other;
  std::string method_token;             // "GET"
  std::string path_template;            // with the base path: "/v1/orders/{orderId}"
  std::vector<std::string> parameters;  // names of the template's variables, in order
  std::string operation_id;             // may be empty
  Stage stage = Stage::production;
  std::string deprecation;  // RFC 9745 field value ("@1688169599"), or empty
  std::string sunset;       // RFC 8594 field value (HTTP-date), or empty
  std::vector<std::string> tags;
  std::string owner;    // who answers for it, or empty
  std::string purpose;  // what it is for, in a sentence, or empty
  // Classes of the data that it carries: words of spec/lifecycle.hpp. Empty: nobody said; "public" alone: none
  // that needs care.
  std::vector<std::string> data_classes;
  // Alternatives, each of which must hold as a whole; an empty one is anybody's.
  std::vector<std::vector<SecurityNeed>> security;
  bool security_declared = false;  // otherwise the contract does not say who may call
  std::string label;               // "GET /v1/orders/{orderId}": events, metrics, dashboard
};

struct Api {
  std::uint32_t index = 0;  // position in the policy
  std::string name;
  std::vector<std::string> hosts;  // canonical; "*" and "*.example.com" are patterns
  std::string base_path;           // "/" or "/v1": what this API claims of its hosts
  bool has_spec = false;           // otherwise everything under base_path is forwarded
  Stage stage = Stage::production;
  std::string owner;
  std::string version;           // of its specification, or empty
  bool path_parameters = false;  // "/a;v=1" is accepted (RFC 3986 §3.3)
  bool encoded_slash = false;    // "%2F" within a segment is accepted
  std::vector<Operation> operations;
};

enum class RouteKind : std::uint8_t {
  operation,       // a declared operation
  prefix,          // an API without a specification
  unknown_path,    // the API has a specification, and no such path
  unknown_method,  // the path is declared, this method is not
  no_api,          // no API claims this host and path
};

struct Route {
  RouteKind kind = RouteKind::no_api;
  const Api* api = nullptr;              // null with no_api
  const Operation* operation = nullptr;  // set with `operation` only
  std::string_view path_template;        // set with `operation` and `unknown_method`
  std::string_view allowed_methods;      // "GET, POST" with unknown_method: the Allow field
};

}  // namespace sallyport
