// reload and status: both ask the gateway that runs.
#include <filesystem>
#include <iostream>
#include <memory>

#include "admin/control_socket.hpp"
#include "base/json_text.hpp"
#include "config/include.hpp"
#include "config/table.hpp"
#include "node.hpp"
#include "open_store.hpp"
#include "store/audit.hpp"
#include "verbs.hpp"

namespace sallyport::cli {
namespace {

struct Options {
  std::string config = "sallyport.yaml";
  std::string format = "text";
  bool audit = false;
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

// Reads the store itself: the gateway need not run.
int check_audit(const Options& options, const document::Node& root, const std::string& data) {
  config::Report report;
  settings::Store from;
  if (const auto* node = root.find("store")) {
    auto read = config::read<settings::Store>(*node, report);
    if (!read || !report.ok()) {
      std::cerr << report.text();
      return usage;
    }
    from = std::move(*read);
  }
  const std::string key = data + "/audit.key";
  if (!std::filesystem::exists(key)) {
    std::cerr << key << ": there is no audit log yet\n";
    return usage;
  }
  const auto database = open_store(from, data);
  if (!database) {
    std::cerr << database.error().text() << "\n";
    return usage;
  }
  const auto log = store::AuditLog::open(**database, data);
  const auto checked = log ? log->verify() : Result<store::AuditCheck>(std::unexpected(log.error()));
  if (!checked) {
    std::cerr << checked.error().text() << "\n";
    return usage;
  }
  if (options.format == "json") {
    std::string out = R"({"entries":)";
    append_number(out, checked->entries);
    out += checked->intact ? R"(,"intact":true)" : R"(,"intact":false,"why":)";
    if (!checked->intact) append_json(out, checked->why);
    std::cout << out << "}\n";
  } else if (checked->intact) {
    std::cout << "audit log: " << checked->entries << " entries, intact\n";
  } else {
    std::cout << "audit log: NOT intact: " << checked->why << "\n";
  }
  return checked->intact ? good : findings;
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
  if (options.audit) return check_audit(options, loaded->root(), data.path);
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
  verb->add_flag("--audit", options->audit, "Verify the audit log instead, also while no gateway runs");
  verb->footer(
      "Exit with --audit: 0 intact, 1 not, 2 it cannot be read.\n"
      "Example: sallyport status -c sallyport.yaml --format json");
}

}  // namespace sallyport::cli
