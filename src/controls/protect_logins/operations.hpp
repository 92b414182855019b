// Which operations are log-ins, and what is known of each: as configured, or inferred with the reason that
// `sallyport check` prints.
#pragma once

#include <string>
#include <vector>

#include "controls/protect_logins/config.hpp"
#include "engine/descriptor.hpp"

#include <sallyport/control.hpp>

namespace sallyport::controls::protect_logins {

class Operations {
 public:
  struct Login {
    LoginOperation rule;
    std::string label;  // "POST /login"
    std::string why;
  };

  [[nodiscard]] static Operations make(const Config& config, const engine::Scope& scope, const document::Node* at,
                                       config::Report& report);

  // Null when the call is no log-in. With a specification by its operations; otherwise by method and path.
  [[nodiscard]] const Login* find(const Context& context) const;
  [[nodiscard]] bool empty() const { return logins_.empty() && !by_words_; }
  [[nodiscard]] const std::vector<Login>& all() const { return logins_; }

 private:
  static constexpr std::uint32_t none = UINT32_MAX;
  std::vector<Login> logins_;
  std::vector<std::uint32_t> by_operation_;  // into logins_, by Operation::index
  Login any_;                                // of calls that only their words make log-ins
  bool has_spec_ = false;
  bool by_words_ = false;
};

}  // namespace sallyport::controls::protect_logins
