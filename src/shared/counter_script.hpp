// The counters that nodes share, in Redis: one atomic script a question, run by the server and by
// its clock alone. The algorithms are those of limit.hpp.
#pragma once

#include <string>
#include <string_view>

#include "shared/ask.hpp"
#include "shared/resp.hpp"

namespace sallyport::shared {

// For SCRIPT LOAD.
[[nodiscard]] std::string_view counter_script();
// The key of a counter; one key a script, so that any slot of a cluster will do.
[[nodiscard]] std::string counter_name(std::string_view prefix, std::uint64_t key);
// Appends EVALSHA for it.
void append_ask(std::string& out, std::string_view sha, std::string_view name, const Ask& ask);
// Not answered when the reply is none of the script's.
[[nodiscard]] Grant read_grant(const Reply& reply);

// Notes that the node `id` lives and forgets those that were silent for five seconds; the reply is
// how many there are.
void append_heartbeat(std::string& out, std::string_view prefix, std::string_view id);
[[nodiscard]] std::string heartbeat_name(std::string_view prefix);

}  // namespace sallyport::shared
