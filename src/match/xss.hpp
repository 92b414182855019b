// Does a value bring script into HTML? It is read by an HTML tokenizer (WHATWG HTML §13.2.5,
// simplified) in each place where an application may have put it – text, and an attribute's value
// bare or in each kind of quotes – and tags, attributes and URLs that run script are looked for.
// CWE-79.
#pragma once

#include <string_view>

namespace sallyport::match {

// A pattern that every value has in which something is found: a tag, or an attribute with a value.
inline constexpr std::string_view xss_needs = "[<=]";

// Linear in the value.
[[nodiscard]] bool finds_xss(std::string_view value) noexcept;

}  // namespace sallyport::match
