// reload and status: both ask the gateway that runs.
#include <iostream>
#include <memory>

#include "admin/control_socket.hpp"
#include "config/include.hpp"
#include "node.hpp"
#include "verbs.hpp"

namespace sallyport::cli {
namespace {

struct Options {
  std::string config = "sallyport.yaml";
  std::string format = "text";
};

// "events.written: 12" for each value of the reply.
void print_lines(const document::Node& node, const std::string& path) {
  for (const auto& entry : node.entries()) {
    const std::string name = path.empty() ? std::string(entry.key) : path + "." + std::string(entry.key);
    if (entry.value.is_mapping()) {
      print_lines(entry.value, name);
    } else if (entry.value.is_sequence()) {
      for (const auto& item : entry.value.items()) std::cout << name << ": " << item.text() << "\n";
    } else {
      std::cout << name << ": " << entry.value.text() << "\n";
    }
  }
}

int ask_gateway(const Options& options, const std::string& verb) {
  const std::string& config_file = options.config;
  config::Report report;
  const auto loaded = config::load_with_includes(config_file, report);
  if (!loaded) {
    std::cerr << loaded.error().text() << "\n";
    return usage;
  }
  // Only `data` is needed: the rest may be wrong, and then the gateway says so.
  config::FilePath data = config::resolve_path("data", config_file);
  if (const auto* node = loaded->root().find("data")) data = config::resolve_path(node->text(), config_file);
  const auto reply = admin::ask_control(control_socket_path(data.path), verb);
  if (!reply) {
    std::cerr << reply.error().text() << "\n";
    return reply.error().code == ErrorCode::invalid ? usage : findings;  // it does not run, or does not answer
  }
  const auto parsed = document::parse_json(*reply, "reply");
  if (!parsed) {
    std::cerr << parsed.error().text() << "\n";
    return internal;
  }
  if (!parsed->root().is_mapping()) {
    std::cout << parsed->root().text();
  } else if (options.format == "json") {
    std::cout << *reply << "\n";
  } else {
    print_lines(parsed->root(), "");
  }
  return good;
}

CLI::App* add(CLI::App& app, int& exit, const std::shared_ptr<Options>& options, const std::string& verb,
              const std::string& summary) {
  auto* command = app.add_subcommand(verb, summary);
  command->add_option("-c,--config", options->config, "Configuration file of the gateway that runs")
      ->capture_default_str();
  command->callback([options, verb, &exit] { exit = ask_gateway(*options, verb); });
  return command;
}

}  // namespace

void add_reload(CLI::App& app, int& exit) {
  add(app, exit, std::make_shared<Options>(), "reload",
      "Makes the running gateway read its configuration again: all of it, or nothing changes.")
      ->footer("Example: sallyport reload -c sallyport.yaml");
}

void add_status(CLI::App& app, int& exit) {
  const auto options = std::make_shared<Options>();
  auto* verb = add(app, exit, options, "status", "Shows how the running gateway is.");
  verb->add_option("--format", options->format, "text: a line for each figure, or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  verb->footer("Example: sallyport status -c sallyport.yaml --format json");
}

}  // namespace sallyport::cli
