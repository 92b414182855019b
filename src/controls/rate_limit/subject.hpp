// Who or what a limit counts: `by: ip`, `by: [user, operation]`, `by: header:X-Client-Id`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/scalar.hpp"
#include "controls/rate_limit/classes.hpp"

#include <sallyport/control.hpp>

namespace sallyport::controls::rate_limit {

struct Subject {
  enum class Kind : std::uint8_t {
    ip,
    user,
    token,
    api_key,
    client,
    tenant,
    operation,
    op_class,
    header
  } kind = Kind::ip;
  std::string name;  // of the header
  friend bool operator==(const Subject&, const Subject&) = default;
};

[[nodiscard]] Result<Subject> parse_subject(std::string_view text);
[[nodiscard]] std::string format_subject(const Subject& subject);

// The text that is counted for one call, in its arena: no two different combinations give the
// same. What a caller does not have (no token, no such header) is replaced by its address, so that
// leaving it out is no way around. IPv6 addresses count by their first `prefix` bits, 1 to 128.
[[nodiscard]] std::string_view subject_text(const std::vector<Subject>& by, const Context& context, Class of,
                                            unsigned prefix);

}  // namespace sallyport::controls::rate_limit

template <>
struct sallyport::config::Scalar<sallyport::controls::rate_limit::Subject> {
  using Subject = controls::rate_limit::Subject;
  static constexpr std::string_view name = "subject";
  static constexpr std::string_view pattern =
      "^(ip|user|token|api_key|client|tenant|operation|class|header:[!#$%&'*+.^_`|~0-9A-Za-z-]+)$";
  static Result<Subject> parse(std::string_view text) { return controls::rate_limit::parse_subject(text); }
  static std::string format(const Subject& subject) { return controls::rate_limit::format_subject(subject); }
};
