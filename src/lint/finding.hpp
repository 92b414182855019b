// What the lint of a specification says: rules, each with its reason, and where they are broken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::lint {

enum class Severity : std::uint8_t { low, medium, high };
[[nodiscard]] std::string_view word(Severity severity);

// In the order of the table in rules.cpp.
enum class Rule : std::uint8_t {
  write_unrestricted,
  read_unrestricted,
  anonymous_write,
  undeclared_scheme,
  basic_auth,
  insecure_scheme,
  api_key_in_url,
  credential_in_url,
  oauth_old_flow,
  oauth_no_refresh,
  jwt_practices,
  no_scopes,
  admin_not_separate,
  numeric_id,
  open_object,
  open_object_unconstrained,
  sensitive_answer,
  answer_undescribed,
  body_undescribed,
  untyped_schema,
  array_unbounded,
  string_unbounded,
  string_unrestricted,
  number_unbounded,
  page_size_unbounded,
  no_429,
  no_retry_after,
  no_rate_limit_fields,
  flow_unlimited,
  url_parameter,
  callback_from_request,
  server_http,
  wildcard_media,
  body_of_get,
  no_401,
  no_500,
  no_validation_answer,
  server_undescribed,
  deprecated_no_sunset,
  no_operation_id,
};
inline constexpr std::size_t rule_count = static_cast<std::size_t>(Rule::no_operation_id) + 1;

struct RuleText {
  Rule rule{};
  std::string_view id;  // stable: "string-unbounded"
  Severity severity{};
  std::string_view owasp;    // item of the OWASP API Security Top 10 (2023): "API4"
  std::string_view message;  // what is wrong
  std::string_view fix;      // what to do about it
  std::string_view aliases;  // ids that others know it by, separated by spaces; may be empty
};
[[nodiscard]] const RuleText& text_of(Rule rule);
[[nodiscard]] std::span<const RuleText> all_rules();

struct Finding {
  Rule rule{};
  std::string file;         // as the specification was named, or a file beside it
  std::uint32_t line = 0;   // from 1
  std::string pointer;      // RFC 6901, in that file
  std::string operation;    // "GET /orders"; empty: of the whole specification
  std::string detail;       // what it is about, or empty: "property `role`"
  std::string fingerprint;  // the same as long as rule, file and pointer are: 32 hexadecimal digits
};

struct Score {
  std::string operation;
  std::uint32_t points = 100;  // 0 to 100: less 15 for each high, 7 for each medium, 2 for each low rule that it breaks
};

struct Report {
  std::vector<Finding> findings;              // by file, line and rule
  std::vector<Score> scores;                  // in the order of the specification
  [[nodiscard]] std::uint32_t score() const;  // of the whole: the mean, 100 without operations
};

}  // namespace sallyport::lint
