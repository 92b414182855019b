#include "debug.hpp"

namespace sallyport::cli {

void add_debug(CLI::App& app, int& exit) {
  auto* verb = app.add_subcommand("debug", "Runs one part of the program alone: for conformance suites.");
  verb->require_subcommand(1);
  verb->footer("Example: sallyport debug json order.json");
  for (const auto add : {
           debug_json,
           debug_graphql,
           debug_json_schema,
           debug_openapi,
       }) {
    add(*verb, exit);
  }
}

}  // namespace sallyport::cli
