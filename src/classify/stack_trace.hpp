// Does a text hold a stack trace or the message of an unhandled exception (CWE-209)?
#pragma once

#include <string_view>

namespace sallyport::classify {

// The name of the platform that it looks like ("python", "java", "dotnet", …), or empty. Linear in
// the text; escapes of JSON strings (\n, \", \/) are looked through.
[[nodiscard]] std::string_view stack_trace_in(std::string_view text);

}  // namespace sallyport::classify
