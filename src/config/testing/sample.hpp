// A configuration for tests and fuzzers that has every type of member.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/table.hpp"

namespace sallyport::config::sample {

enum class Mode { off, observe, enforce };
constexpr std::array<Named<Mode>, 3> enum_names(const Mode*) {
  return {{{"off", Mode::off, "not asked."}, {"observe", Mode::observe, "noted only."}, {"enforce", Mode::enforce}}};
}

// A type of another room.
struct Rate {
  unsigned count = 0;
};

}  // namespace sallyport::config::sample

template <>
struct sallyport::config::Scalar<sallyport::config::sample::Rate> {
  static constexpr std::string_view name = "rate";
  static constexpr std::string_view pattern = "^[0-9]+/minute$";
  static Result<sample::Rate> parse(std::string_view text) {
    if (text == "5/minute") return sample::Rate{5};
    return fail(ErrorCode::invalid, "expected a rate such as 5/minute");
  }
  static std::string format(sample::Rate rate) { return fmt::format("{}/minute", rate.count); }
};

namespace sallyport::config::sample {

struct Tls {
  FilePath certificate;
  Secret key;
};
inline const Table<Tls>& config_table(const Tls*) {
  static const auto table =
      Table<Tls>("tls", "Certificate and key.")
          .field("certificate", &Tls::certificate, {.doc = "PEM file.", .required = true, .existing = true})
          .field("key", &Tls::key, {.doc = "Its key.", .required = true});
  return table;
}

// Recursive: a rule holds rules.
struct Rule {
  std::string role;
  std::vector<Rule> any;
};
inline const Table<Rule>& config_table(const Rule*) {
  static const auto table = Table<Rule>("rule", "Who may call.")
                                .field("role", &Rule::role, {.doc = "A role.", .max = "8"})
                                .field("any", &Rule::any, {.doc = "One of these.", .min = "1", .max = "3"});
  return table;
}

struct Common {
  Mode mode = Mode::enforce;
  bool strict = true;
};
inline const Table<Common>& config_table(const Common*) {
  static const auto table = Table<Common>("common", "What all have.")
                                .field("mode", &Common::mode, {.doc = "What it does."})
                                .field("strict", &Common::strict, {.doc = "No mercy."})
                                .check([](const Common& common, Report& report, const document::Node& at) {
                                  if (common.mode == Mode::off && common.strict)
                                    report.error(at, "`strict` needs another mode than off");
                                });
  return table;
}

// A control's section, with short form.
struct Limits {
  Common common{.mode = Mode::observe, .strict = true};
  std::vector<std::string> rules;
};
inline const Table<Limits>& config_table(const Limits*) {
  static const auto table = Table<Limits>("limits", "How often.")
                                .flatten(&Limits::common)
                                .field("rules", &Limits::rules, {.doc = "Rules."})
                                .shorthand("rules");
  return table;
}

struct Server {
  Endpoint address;
  Common common;
  std::optional<Tls> tls;
  Duration timeout = std::chrono::seconds(10);
  Size max_head = 60_KiB;
  std::uint16_t workers = 4;
  std::int32_t offset = -5;
  double ratio = 0.5;
  std::string title = "a \"b\" | c";
  std::vector<Cidr> trusted;
  std::vector<std::string> hosts;
  std::map<std::string, Duration> timeouts;
  std::vector<Rule> rules;
  std::optional<std::uint64_t> seed;
  std::optional<Rate> rate;
  FilePath directory;
  Limits limits;
  std::map<std::string, const document::Node*> sections;
};
inline const Table<Server>& config_table(const Server*) {
  static const auto table =
      Table<Server>("server", "All of it.")
          .field("address", &Server::address, {.doc = "Where.", .required = true, .example = "0.0.0.0:8443"})
          .flatten(&Server::common)
          .field("tls", &Server::tls, {.doc = "TLS."})
          .field("timeout", &Server::timeout, {.doc = "How long.", .min = "1s", .max = "5m"})
          .field("max_head", &Server::max_head, {.doc = "How much.", .min = "1KiB", .max = "1MiB"})
          .field("workers", &Server::workers, {.doc = "How many.", .min = "1", .max = "64"})
          .field("offset", &Server::offset, {.doc = "Which way."})
          .field("ratio", &Server::ratio, {.doc = "A part.", .min = "0", .max = "1"})
          .field("title", &Server::title, {.doc = "A | name.", .min = "1", .max = "10"})
          .field("trusted", &Server::trusted, {.doc = "Proxies."})
          .field("hosts", &Server::hosts, {.doc = "Names.", .max = "2", .one_or_many = true})
          .field("timeouts", &Server::timeouts, {.doc = "Of each.", .max = "2"})
          .field("rules", &Server::rules, {.doc = "Rules."})
          .field("seed", &Server::seed, {.doc = "For tests."})
          .field("rate", &Server::rate, {.doc = "How often."})
          .field("directory", &Server::directory, {.doc = "Where files are."})
          .field("limits", &Server::limits, {.doc = "Limits."})
          .open(&Server::sections, [] { return std::vector<const AnyTable*>{&table_of<Rule>()}; })
          .check([](const Server& server, Report& report, const document::Node& at) {
            if (server.tls && server.workers == 1) report.error(at, "TLS needs two workers", "workers: 2");
          });
  return table;
}

}  // namespace sallyport::config::sample
