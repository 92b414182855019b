// Does a value break out into SQL? It is read as SQL tokens in each place where an application may
// have put it – bare, in '…', in "…" – and the shape of the first tokens decides, in the manner of
// libinjection (Galbreath, 2012): an injection continues an expression or begins a statement, prose
// and data do not. CWE-89.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::match {

inline constexpr std::size_t sqli_tokens = 12;  // looked at in each place, after folding

// What was recognised, a static text; null: nothing. Linear in the value.
[[nodiscard]] std::optional<std::string_view> find_sqli(std::string_view value) noexcept;

// A quick look: false when find_sqli() would find nothing. Text without quotes needs a word of SQL.
[[nodiscard]] bool sqli_possible(std::string_view value) noexcept;

// The same as a pattern, in any case: every value that is possible has it.
[[nodiscard]] std::string sqli_needs();

}  // namespace sallyport::match
