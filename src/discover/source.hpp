// Reads the records of calls that others keep: access logs (text and JSON lines), HTTP archives (HAR 1.2) and
// our own event log. Which one a file is, its beginning says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include <sallyport/result.hpp>

#include "discover/sighting.hpp"

namespace sallyport::discover {

inline constexpr std::size_t max_log_line = 64u << 10;  // longer ones are passed over
inline constexpr std::size_t max_archive = 256u << 20;

struct SourceReport {
  std::uint64_t calls = 0;
  std::uint64_t passed_over = 0;  // lines that tell of no request, or whose path the gateway would refuse
};

// `progress`: bytes read so far and in all (0: not known), from time to time; may be empty.
using Progress = std::function<void(std::uint64_t, std::uint64_t)>;

// Linear; a log is streamed, an archive is read as a whole. "-" is standard input.
[[nodiscard]] Result<SourceReport> read_source(const std::string& path, const Sink& sink,
                                               const Progress& progress = {});

}  // namespace sallyport::discover
