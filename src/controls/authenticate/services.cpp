#include "controls/authenticate/services.hpp"

#include <sallyport/certificate.hpp>

namespace sallyport::controls::authenticate {

std::optional<Services> Services::make(const std::vector<Service>& config, config::Report& report) {
  Services made;
  for (std::size_t i = 0; i < config.size(); ++i) {
    const config::Report::Below below(report, i);
    auto name = identity::CertificateName::parse(config[i].certificate);
    if (!name) {
      report.error(name.error());
      continue;
    }
    auto known = std::make_unique<Known>(Known{std::move(*name), config[i], {}, {}});
    known->scopes.assign(known->config.scopes.begin(), known->config.scopes.end());
    known->roles.assign(known->config.roles.begin(), known->config.roles.end());
    made.services_.push_back(std::move(known));
  }
  if (made.services_.size() != config.size()) return std::nullopt;
  return made;
}

std::optional<Actor> Services::find(const ClientCertificate* certificate) const {
  if (certificate == nullptr) return std::nullopt;
  for (const auto& known : services_) {
    const auto name = known->name.find(*certificate);
    if (!name) continue;
    Actor actor;
    actor.how = Authentication::mtls;
    actor.subject = *name;
    actor.issuer = certificate->issuer;
    actor.client = known->config.client.empty() ? *name : std::string_view(known->config.client);
    actor.tenant = known->config.tenant;
    actor.token_id = certificate->thumbprint;
    actor.scopes = known->scopes;
    actor.roles = known->roles;
    return actor;
  }
  return std::nullopt;
}

}  // namespace sallyport::controls::authenticate
