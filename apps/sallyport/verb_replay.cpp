#include <iostream>
#include <memory>

#include "assembly/assembly.hpp"
#include "base/address.hpp"
#include "replay/replay.hpp"
#include "verbs.hpp"

namespace sallyport::cli {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string config = "sallyport.yaml";
  std::string format = "text";
  std::string client;
  std::string host;
  bool all = false;
};

int run_replay(const Options& options) {
  replay::HarOptions har{{}, options.host};
  if (!options.client.empty()) {
    har.client = parse_address(options.client);
    if (!har.client) {
      std::cerr << "--client: `" << options.client << "` is no IP address\n";
      return usage;
    }
  }
  config::Report problems;
  const auto assembled = assembly::load(options.config, 1, std::make_shared<engine::Services>(), problems);
  if (!assembled) {
    std::cerr << problems.text();
    return usage;
  }
  replay::Judge judge(*assembled);
  const auto form = options.format == "json" ? replay::Report::Form::json : replay::Report::Form::text;
  replay::Report report(std::cout, std::cerr, form, options.all);
  for (const std::string& file : options.files) replay::replay_file(file, har, judge, report);
  if (report.calls() == 0 && report.errors() == 0) {
    report.error({ErrorCode::invalid, "no calls: there is nothing to replay", options.files.front(), {}});
  }
  report.finish();
  std::cout.flush();
  if (report.errors() != 0 || !std::cout) return usage;
  return report.of(replay::Sameness::changed) == 0 ? good : findings;
}

}  // namespace

void add_replay(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand(
      "replay", "Judges recorded calls anew, offline: what a configuration would decide, and what it changes.");
  verb->add_option("FILE", options->files, "Event logs (events-*.jsonl) or HTTP archives (HAR 1.2)")->required();
  verb->add_option("-c,--config", options->config, "Configuration to judge by")->capture_default_str();
  verb->add_option("--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  verb->add_flag("--all", options->all, "Tell of each call, not only of those that changed or cannot be judged");
  verb->add_option("--client", options->client, "Address that the calls of an archive came from");
  verb->add_option("--host", options->host, "Judge the calls of an archive as if sent to this host");
  verb->footer(
      "Exit: 0 nothing changed, 1 some verdict changed, 2 bad input or configuration.\n"
      "Of a call that the record does not have whole the report says so; it never counts as the same.\n"
      "Example: sallyport replay data/events/events-*.jsonl -c sallyport.new.yaml");
  verb->callback([options, &exit] { exit = run_replay(*options); });
}

}  // namespace sallyport::cli
