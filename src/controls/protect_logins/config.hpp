// Keys of `protect_logins`.
#pragma once

#include <string>
#include <vector>

#include "controls/rate_limit/config.hpp"

namespace sallyport::controls::protect_logins {

using rate_limit::Rate;

// What the owner of an API says of one operation, instead of what is inferred.
struct LoginOperation {
  std::string operation;  // operationId, or "POST /login"
  bool login = true;
  std::vector<std::string> account;  // fields of the body: "email", "user.name"; the first that is there
  std::string password;
  std::vector<std::uint32_t> success_status;
  std::vector<std::uint32_t> failure_status;
  std::string success_field;  // of the answer: "result.ok"
  std::vector<std::string> success_values{"true"};
  bool every = false;  // each call counts, whatever becomes of it
};

// Failures, as token buckets: the first so many at once, then one in each of the window's parts. A second rate
// over a longer time makes the waits grow.
struct Config {
  std::vector<LoginOperation> operations;
  bool infer = true;
  std::vector<Rate> account{{10, std::chrono::minutes(15), {}}, {30, std::chrono::hours(24), {}}};
  std::vector<Rate> known{{10, std::chrono::minutes(15), {}}, {60, std::chrono::hours(24), {}}};
  std::vector<Rate> address{{20, std::chrono::minutes(15), {}}, {100, std::chrono::hours(24), {}}};
  std::vector<Rate> network{{100, std::chrono::hours(1), {}}};
  std::vector<Rate> device{{200, std::chrono::hours(1), {}}};
  Rate accounts_by_address{15, std::chrono::hours(1), {}};
  Rate accounts_by_network{60, std::chrono::hours(1), {}};
  Rate accounts_by_password{10, std::chrono::hours(1), {}};
  shared::OnStoreError on_store_error = shared::OnStoreError::deny;
};

const config::Table<LoginOperation>& config_table(const LoginOperation*);
const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::protect_logins
