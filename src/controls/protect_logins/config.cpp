#include "controls/protect_logins/config.hpp"

#include <algorithm>

namespace sallyport::controls::protect_logins {
namespace {

void check_rates(const Config& config, config::Report& report, const document::Node& at) {
  const auto check = [&](const char* key, const Rate& rate) {
    if (rate.off()) return;
    const shared::Limit limit{shared::Algorithm::bucket, rate.amount, std::chrono::microseconds(rate.window).count(),
                              rate.amount};
    if (!rate.period && limit.is_sound()) return;
    const document::Node* value = at.find(key);
    report.error(value != nullptr ? *value : at, std::string("`") + key + "` needs rates over at most 7 days",
                 "such as 10/15m or 30/d");
  };
  for (const auto& [key, rates] : {std::pair{"account", &config.account},
                                   {"known", &config.known},
                                   {"address", &config.address},
                                   {"network", &config.network},
                                   {"device", &config.device}}) {
    for (const Rate& rate : *rates) check(key, rate);
  }
  check("accounts_by_address", config.accounts_by_address);
  check("accounts_by_network", config.accounts_by_network);
  check("accounts_by_password", config.accounts_by_password);
}

void check_operation(const LoginOperation& one, config::Report& report, const document::Node& at) {
  const auto is_status = [](std::uint32_t status) { return status >= 100 && status <= 599; };
  if (!std::ranges::all_of(one.success_status, is_status) || !std::ranges::all_of(one.failure_status, is_status)) {
    report.error(at, "a status is a number from 100 to 599", "success_status: [200, 204]");
  }
}

}  // namespace

const config::Table<LoginOperation>& config_table(const LoginOperation*) {
  static const auto table =
      config::Table<LoginOperation>("login_operation", "How one operation proves who one is.")
          .field("operation", &LoginOperation::operation,
                 {.doc = "Its operationId, or method and path.", .required = true, .example = "POST /login"})
          .field("login", &LoginOperation::login, {.doc = "`false`: it is no log-in, whatever its name says."})
          .field("account", &LoginOperation::account,
                 {.doc = "Field of the body with the account's name, inner ones behind dots; of several the first that "
                         "is there. Without it, fields with usual names.",
                  .example = "user.email",
                  .max = "8",
                  .one_or_many = true})
          .field("password", &LoginOperation::password,
                 {.doc = "Field of the body with the password; otherwise one with a usual name."})
          .field("success_status", &LoginOperation::success_status,
                 {.doc = "Statuses of the answer that mean success; otherwise 2xx and 3xx do.",
                  .example = "200",
                  .max = "16",
                  .one_or_many = true})
          .field("failure_status", &LoginOperation::failure_status,
                 {.doc = "Further statuses that mean failure, besides 4xx. 5xx means neither.",
                  .example = "500",
                  .max = "16",
                  .one_or_many = true})
          .field("success_field", &LoginOperation::success_field,
                 {.doc = "Field of the answer that must hold one of `success_values` as well.", .example = "success"})
          .field("success_values", &LoginOperation::success_values,
                 {.doc = "What that field holds after a success.", .min = "1", .max = "16", .one_or_many = true})
          .field(
              "every", &LoginOperation::every,
              {.doc = "Each call counts as a failure does: for resets of passwords and one-time codes that are sent."})
          .check(check_operation);
  return table;
}

const config::Table<Config>& config_table(const Config*) {
  static const auto table =
      config::Table<Config>("protect_logins",
                            "Counts failed log-ins by account and by source, and slows down guessing.")
          .field("operations", &Config::operations, {.doc = "What is not as it is inferred.", .max = "256"})
          .field("infer", &Config::infer, {.doc = "Find log-ins by the specification; `sallyport check` shows them."})
          .field(
              "account", &Config::account,
              {.doc = "Failures on one account by sources that never got in there.", .max = "3", .one_or_many = true})
          .field("known", &Config::known,
                 {.doc = "Failures on one account by one source that got in there lately.",
                  .max = "3",
                  .one_or_many = true})
          .field("address", &Config::address,
                 {.doc = "Failures of one address (IPv6: /64) on all accounts.", .max = "3", .one_or_many = true})
          .field("network", &Config::network,
                 {.doc = "Failures of one /24 (IPv6: /48) on all accounts.", .max = "3", .one_or_many = true})
          .field("device", &Config::device,
                 {.doc = "Failures by callers that describe themselves alike, beyond those that successes make up for.",
                  .max = "3",
                  .one_or_many = true})
          .field("accounts_by_address", &Config::accounts_by_address,
                 {.doc = "Accounts on which one address fails (stuffing)."})
          .field("accounts_by_network", &Config::accounts_by_network,
                 {.doc = "Accounts on which one /24 or /48 fails (stuffing)."})
          .field("accounts_by_password", &Config::accounts_by_password,
                 {.doc = "Accounts on which one password fails (spraying); counted on each node."})
          .field("on_store_error", &Config::on_store_error,
                 {.doc = "When nodes share counters (`shared.redis`) and the store does not answer in time."})
          .check(check_rates);
  return table;
}

}  // namespace sallyport::controls::protect_logins
