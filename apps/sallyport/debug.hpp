// `sallyport debug PART`: one part of the program alone, for conformance suites and for finding
// out what it makes of an input. A file a part; the list is in verb_debug.cpp.
#pragma once

#include "verbs.hpp"

namespace sallyport::cli {

void debug_graphql(CLI::App& debug, int& exit);
void debug_json(CLI::App& debug, int& exit);
void debug_json_schema(CLI::App& debug, int& exit);
void debug_openapi(CLI::App& debug, int& exit);

}  // namespace sallyport::cli
