#include <iostream>
#include <memory>

#include "config/json_schema.hpp"
#include "config/reference.hpp"
#include "settings/settings.hpp"
#include "verbs.hpp"

namespace sallyport::cli {

void add_reference(CLI::App& app, int& exit) {
  auto what = std::make_shared<std::string>("markdown");
  auto* verb =
      app.add_subcommand("reference", "Prints every configuration key, from the tables that the program reads by.");
  verb->add_option("--format", *what, "markdown, or schema: a JSON Schema for editors")
      ->check(CLI::IsMember({"markdown", "schema"}))
      ->capture_default_str();
  verb->footer("Example: sallyport reference --format schema > sallyport.schema.json");
  verb->callback([what, &exit] {
    const config::AnyTable& table = config::table_of<settings::Root>();
    std::cout << (*what == "schema" ? config::json_schema(table, "Sallyport configuration")
                                    : config::reference_markdown(table));
    exit = good;
  });
}

}  // namespace sallyport::cli
