// The parts of `sallyport check` that say who may do what: of one request, and of all functions and roles.
#pragma once

#include <string>
#include <vector>

#include "assembly/assembly.hpp"
#include "config/report.hpp"

namespace sallyport::cli {

struct ExplainOptions {
  std::string request;  // "GET /orders/7", or empty
  std::string host;     // or empty
  std::string token;    // file of a bearer token, or empty
  std::string body;     // file, or empty
  std::string client = "127.0.0.1";
  std::vector<std::string> headers;  // "Name: value"
};

// Files that cannot be read, and a request that nobody can send, are errors in `report`.
[[nodiscard]] std::string explain_request(const assembly::Assembled& assembled, engine::Services& services,
                                          const ExplainOptions& options, config::Report& report);
// A table for each API that has `authorize`; for people.
[[nodiscard]] std::string role_tables(const Policy& policy);

}  // namespace sallyport::cli
