// Any text read into a struct with every type of member: reading ends, says what is wrong or
// nothing, and what was read can be dumped as JSON and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/table.hpp"
#include "config/testing/sample.hpp"
#include "document/node.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const document::Limits limits{.bytes = 1u << 20, .nodes = 2000, .depth = 32, .scalar = 4096};
  const auto document = document::parse(std::string(reinterpret_cast<const char*>(data), size), "f.yaml", limits);
  if (!document) return 0;
  config::Report report;
  const auto server = config::read<config::sample::Server>(document->root(), report);
  if (server.has_value() != report.ok()) std::abort();
  if (!document::parse(report.json(), "report.json")) std::abort();
  if (!server) return 0;
  const auto dumped = document::parse(config::dump(*server), "dump.json");
  if (!dumped) std::abort();
  // Secrets are dumped by their source alone.
  config::Report again;
  if (!server->tls && !config::read<config::sample::Server>(dumped->root(), again)) std::abort();
  return 0;
}
