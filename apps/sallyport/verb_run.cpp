#include <csignal>
#include <iostream>
#include <memory>

#include "node.hpp"
#include "verbs.hpp"

namespace sallyport::cli {
namespace {

// All threads inherit the blocked signals: only this one takes them.
sigset_t take_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  return signals;
}

int run(const std::string& config_file) {
  const sigset_t signals = take_signals();
  config::Report report;
  const auto node = Node::start(config_file, report);
  std::cerr << report.text();
  if (!node) return usage;
  for (const std::string& address : node->addresses()) std::cout << "listening on " << address << "\n";
  if (const std::string admin = node->admin_address(); !admin.empty())
    std::cout << "admin page on http://" << admin << "/\n";
  if (const auto password = node->first_password()) {
    std::cout << "admin password: " << *password << "   (shown this once; its hash is in the data directory)\n";
  }
  std::cout << counted(node->operations(), "operation") << " protected\nready" << std::endl;
  for (int signal = 0;;) {
    sigwait(&signals, &signal);
    if (signal != SIGHUP) break;
    config::Report again;
    const bool done = node->reload(again);
    std::cerr << again.text() << (done ? "reloaded\n" : "reload refused: nothing was changed\n");
  }
  std::cout << "stopping: calls under way may end" << std::endl;
  node->stop();
  return good;
}

}  // namespace

void add_run(CLI::App& app, int& exit) {
  auto config_file = std::make_shared<std::string>("sallyport.yaml");
  auto* verb = app.add_subcommand("run", "Runs the gateway. SIGHUP reloads, SIGTERM ends calls in order and stops.");
  verb->add_option("-c,--config", *config_file, "Configuration file")->capture_default_str();
  verb->footer("Example: sallyport run -c sallyport.yaml");
  verb->callback([config_file, &exit] { exit = run(*config_file); });
}

}  // namespace sallyport::cli
