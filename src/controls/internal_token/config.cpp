#include "controls/internal_token/config.hpp"

#include <sallyport/message.hpp>

namespace sallyport::controls::internal_token {
namespace {

void check(const Config& config, config::Report& report, const document::Node& at) {
  if (config.issuer.empty() != config.key_file.empty()) {
    report.error(at, "`issuer` and `key_file` need each other", "give both, or leave the section out");
  }
  // No client can send these in any spelling: header_hygiene and authenticate see to it.
  constexpr std::string_view own = "X-Sallyport-";
  const bool good = same_name(config.header, "Authorization") ||
                    (config.header.size() > own.size() && same_name(config.header.substr(0, own.size()), own) &&
                     config.header.find_first_not_of(
                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == std::string::npos);
  if (!good)
    report.error(at, "`" + config.header + "` is a field that clients could forge", "Authorization, or X-Sallyport-…");
}

}  // namespace

const config::Table<Config>& config_table(const Config*) {
  static const auto table =
      config::Table<Config>("internal_token",
                            "Tells the API who calls, by a short-lived token that the gateway signs (ES256).")
          .field("issuer", &Config::issuer, {.doc = "Its claim `iss`.", .example = "https://gateway.example.com"})
          .field("audience", &Config::audience, {.doc = "Its claim `aud`; the API's name when empty."})
          .field("key_file", &Config::key_file,
                 {.doc = "The gateway's own keys. The file is made when there is none; all APIs share one.",
                  .example = "keys/internal.json"})
          .field("header", &Config::header,
                 {.doc = "The field that holds the token: one that begins with X-Sallyport-, or Authorization."})
          .field("lifetime", &Config::lifetime,
                 {.doc = "How long it is good. It is made anew for each call.", .min = "5s", .max = "10m"})
          .check(check);
  return table;
}

}  // namespace sallyport::controls::internal_token
