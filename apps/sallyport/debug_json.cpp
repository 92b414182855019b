#include <iostream>
#include <memory>

#include "debug.hpp"
#include "decode/json.hpp"
#include "document/file.hpp"

namespace sallyport::cli {
namespace {

struct JsonOptions {
  std::string file;
  bool strict = false;
};

int read_one(const JsonOptions& options) {
  const auto text = document::read_file(options.file, std::size_t{64} << 20);
  if (!text) {
    std::cerr << text.error().text() << "\n";
    return usage;
  }
  Arena arena;
  const auto tree = decode::parse_json(*text, arena, {.duplicates = !options.strict});
  if (tree) {
    std::cout << options.file << ": " << counted((*tree)->descendants() + 1, "value") << "\n";
    return good;
  }
  const decode::Position at = decode::position_of(*text, tree.error().offset);
  std::cerr << options.file << ":" << at.line << ":" << at.column << ": " << tree.error().detail << " ["
            << tree.error().rule << ", byte " << tree.error().offset << "]\n";
  return findings;
}

}  // namespace

void debug_json(CLI::App& debug, int& exit) {
  auto options = std::make_shared<JsonOptions>();
  auto* part = debug.add_subcommand("json", "Reads a JSON file as bodies are read; exit 0: accepted, 1: refused.");
  part->add_option("file", options->file, "The file")->required();
  part->add_flag("--strict", options->strict,
                 "Refuse equal names in one object, as for bodies of calls (RFC 8259 lets them be)");
  part->footer("Example: sallyport debug json --strict order.json");
  part->callback([options, &exit] { exit = read_one(*options); });
}

}  // namespace sallyport::cli
