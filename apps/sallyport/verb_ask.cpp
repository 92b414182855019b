// reload and status: both ask the gateway that runs.
#include <iostream>
#include <memory>

#include "admin/control_socket.hpp"
#include "config/include.hpp"
#include "node.hpp"
#include "verbs.hpp"

namespace sallyport::cli {
namespace {

int ask_gateway(const std::string& config_file, const std::string& verb) {
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
    return reply.error().code == ErrorCode::invalid ? usage : internal;
  }
  // A text comes as a JSON string, everything else is shown as JSON.
  const auto text = reply->starts_with('"') ? document::parse(*reply, "reply") : fail(ErrorCode::invalid, "");
  std::cout << (text ? text->root().text() : *reply + "\n");
  return good;
}

void add(CLI::App& app, int& exit, const std::string& verb, const std::string& summary) {
  auto config_file = std::make_shared<std::string>("sallyport.yaml");
  auto* command = app.add_subcommand(verb, summary);
  command->add_option("-c,--config", *config_file, "Configuration file of the gateway that runs")
      ->capture_default_str();
  command->footer("Example: sallyport " + verb + " -c sallyport.yaml");
  command->callback([config_file, verb, &exit] { exit = ask_gateway(*config_file, verb); });
}

}  // namespace

void add_reload(CLI::App& app, int& exit) {
  add(app, exit, "reload", "Makes the running gateway read its configuration again: all of it, or nothing changes.");
}
void add_status(CLI::App& app, int& exit) { add(app, exit, "status", "Shows how the running gateway is, as JSON."); }

}  // namespace sallyport::cli
