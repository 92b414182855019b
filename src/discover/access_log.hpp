// Lines of access logs. Known: the common and the combined format of nginx and Apache, Envoy's default, AWS
// ALB, and JSON lines with the names that gateways, proxies and the Elastic Common Schema use.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <sallyport/arena.hpp>

namespace sallyport::discover {

// What a line says of its call; views point into the line or the arena.
struct LogLine {
  std::string_view method;
  std::string_view target;  // "/a?b", or with scheme and host
  std::uint16_t status = 0;
};

// Null when the line tells of no HTTP request: garbage on a TLS port, a line of another kind. Linear, without
// allocation.
[[nodiscard]] std::optional<LogLine> parse_text_line(std::string_view line);
[[nodiscard]] std::optional<LogLine> parse_json_line(std::string_view line, Arena& arena);

// A target without scheme and host, cut at '?' and '#'.
struct Target {
  std::string_view path;  // begins with '/', or is "*"
  std::string_view query;
};
[[nodiscard]] std::optional<Target> split_target(std::string_view target);

}  // namespace sallyport::discover
