// Guards: what keeps other web pages away from an admin page on this machine.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "admin/exchange.hpp"

namespace sallyport::admin {

// Against DNS rebinding: is this Host field "localhost", a loopback address or one of `names`, with
// any port? (A forwarded port differs from ours.)
[[nodiscard]] bool host_is_ours(std::string_view host, std::span<const std::string> names);

// Against cross-site requests (CWE-352): Sec-Fetch-Site, when the browser sends it, must be
// same-origin (or `none`, typed by a person, for reads); a page on another port of localhost is
// same-site, and refused too. A POST needs the mark, and an Origin that is our own if it has one.
[[nodiscard]] bool same_origin(const Ask& ask);

// The value of a cookie, or empty. The first of that name counts.
[[nodiscard]] std::string_view cookie_value(std::string_view cookies, std::string_view name);

}  // namespace sallyport::admin
