// revoke: ends tokens, users' tokens, sessions and API keys at once, on the gateway that runs and on all that share
// its store.
#include <iostream>
#include <memory>

#include "admin/control_socket.hpp"
#include "config/include.hpp"
#include "config/table.hpp"
#include "node.hpp"
#include "verbs.hpp"

namespace sallyport::cli {
namespace {

struct Options {
  std::string config = "sallyport.yaml";
  std::string jti;
  std::string subject;
  std::string session;
  std::string key;
  std::string duration;
  std::string format = "text";
  bool list = false;
};

int failed(const Error& error) {
  std::cerr << error.text() << "\n";
  return error.code == ErrorCode::unavailable || error.code == ErrorCode::timeout ? findings : usage;
}

void warn_of_sharing(const document::Node& reply) {
  const document::Node* nodes = reply.find("nodes");
  if (nodes != nullptr && nodes->text() == "away") {
    std::cerr << "WARNING: the shared store is away: other nodes hear of it when it is back\n";
  }
}

void print(const document::Node& reply) {
  const document::Node* all = reply.find("revocations");
  for (const document::Node& one : all->items()) {
    std::cout << one.find("kind")->text() << " " << one.find("value")->text() << "  since " << one.find("at")->text()
              << ", until " << one.find("until")->text() << "\n";
  }
  std::cout << counted(all->items().size(), "revocation") << "\n";
}

int run(const Options& options) {
  config::Report report;
  const auto loaded = config::load_with_includes(options.config, report);
  if (!loaded) return failed(loaded.error());
  config::FilePath data = config::resolve_path("data", options.config);
  if (const auto* node = loaded->root().find("data")) data = config::resolve_path(node->text(), options.config);
  admin::Arguments order;
  for (const auto& [kind, value] : {std::pair{"jti", &options.jti},
                                    {"subject", &options.subject},
                                    {"session", &options.session},
                                    {"key", &options.key}}) {
    if (!value->empty()) order = {{"kind", kind}, {"value", *value}, {"for", options.duration}};
  }
  if (options.list == !order.empty()) {
    std::cerr << "say what to revoke, --jti, --subject, --session or --key, or --list\n";
    return usage;
  }
  const auto reply = admin::ask_control(control_socket_path(data.path), options.list ? "revocations" : "revoke", order);
  if (!reply) return failed(reply.error());
  if (options.format == "json") std::cout << *reply << "\n";
  const auto parsed = document::parse_json(*reply, "reply");
  if (!parsed) return failed(parsed.error());
  warn_of_sharing(parsed->root());
  if (options.format == "json") return good;
  if (options.list) {
    print(parsed->root());
    return good;
  }
  std::cout << order["kind"] << " " << order["value"] << " is revoked until " << parsed->root().find("until")->text()
            << "\n";
  if (parsed->root().find("written")->text() == "true") return good;
  std::cerr << "WARNING: the store did not take it: it holds until the gateway ends\n";
  return findings;
}

}  // namespace

void add_revoke(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand("revoke", "Ends tokens, sessions and API keys before their time, at once.");
  verb->add_option("-c,--config", options->config, "Configuration file of the gateway that runs")
      ->capture_default_str();
  auto* what = verb->add_option_group("what");
  what->add_option("--jti", options->jti, "One token, by its jti");
  what->add_option("--subject", options->subject, "All tokens of a user that were issued until now");
  what->add_option("--session", options->session, "All tokens with this sid");
  what->add_option("--key", options->key, "An API key, by its id; see `sallyport keys revoke` for its file");
  what->add_flag("--list", options->list, "Show what is revoked");
  what->require_option(1);
  verb->add_option("--for", options->duration, "How long it holds; otherwise as long as tokens may live");
  verb->add_option("--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  verb->callback([options, &exit] { exit = run(*options); });
  verb->footer("Example: sallyport revoke --subject u05");
}

}  // namespace sallyport::cli
