// Services that are known by their client certificates.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "controls/authenticate/config.hpp"
#include "identity/certificate_name.hpp"

#include <sallyport/control.hpp>

namespace sallyport::controls::authenticate {

class Services {
 public:
  // Null when errors were reported.
  [[nodiscard]] static std::optional<Services> make(const std::vector<Service>& config, config::Report& report);

  [[nodiscard]] bool empty() const { return services_.empty(); }

  // Who the first rule says that it is: the subject is the name by which it was found. Null when no rule is about
  // the certificate, or there is none. Views live as long as the connection and this.
  [[nodiscard]] std::optional<Actor> find(const ClientCertificate* certificate) const;

 private:
  struct Known {
    identity::CertificateName name;
    Service config;
    std::vector<std::string_view> scopes;  // of config
    std::vector<std::string_view> roles;
  };
  std::vector<std::unique_ptr<const Known>> services_;
};

}  // namespace sallyport::controls::authenticate
