#include <exception>
#include <iostream>

#include "verbs.hpp"

int main(int argc, char** argv) {
  using namespace sallyport::cli;
  CLI::App app{"Sallyport: the guarded gate for APIs."};
  app.require_subcommand(1);
  app.footer("First steps:\n  sallyport init --spec openapi.yaml --upstream http://localhost:3000\n  sallyport run\n");
  int exit = good;
  for (const auto add : {add_run, add_check, add_init, add_replay, add_classify, add_discover, add_keys, add_revoke,
                         add_reload, add_status, add_version, add_reference, add_completion, add_manual, add_debug}) {
    add(app, exit);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? good : usage;
  } catch (const std::exception& error) {
    std::cerr << "sallyport: internal error: " << error.what() << "\n";
    return internal;
  }
  return exit;
}
