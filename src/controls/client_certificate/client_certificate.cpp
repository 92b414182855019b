// client_certificate: calls that only holders of a certificate may make. Contract in README.md.
#include <algorithm>

#include "controls/client_certificate/config.hpp"
#include "engine/descriptor.hpp"
#include "identity/certificate_name.hpp"

namespace sallyport::controls::client_certificate {
namespace {

class CertificateNeeded final : public Control {
 public:
  CertificateNeeded(bool given, std::optional<authorize::WhichCalls> calls,
                    std::vector<identity::CertificateName> names)
      : given_(given), calls_(std::move(calls)), names_(std::move(names)) {}

  [[nodiscard]] Phases phases() const override { return given_ ? Phases{Phase::request_head} : Phases{}; }

  Verdict on_request_head(const Context& context) const override {
    // A loose match forbids as well: the API may read the path like that.
    if (calls_ && calls_->match(context.request(), context.route().operation) == authorize::WhichCalls::Match::none) {
      return Pass{};
    }
    const ClientCertificate* shown = context.connection().certificate;
    if (shown == nullptr) return denied({"no_certificate", "the client showed no certificate"});
    const auto has = [&](const identity::CertificateName& name) { return name.find(*shown).has_value(); };
    if (names_.empty() || std::ranges::any_of(names_, has)) return Pass{};
    return denied({"other_certificate", "the client's certificate has none of the names"});
  }

 private:
  static Verdict denied(Reason why) {
    return Deny{{403, "client_certificate", "A client certificate is needed", {}, {}, {}}, why};
  }

  bool given_;
  std::optional<authorize::WhichCalls> calls_;
  std::vector<identity::CertificateName> names_;
};

std::shared_ptr<const Control> make(const Config& config, const engine::Scope& scope, const document::Node* section,
                                    config::Report& report) {
  std::vector<identity::CertificateName> names;
  for (std::size_t i = 0; i < config.names.size(); ++i) {
    const config::Report::Below below(report, "names");
    const config::Report::Below one(report, i);
    auto name = identity::CertificateName::parse(config.names[i]);
    if (name) {
      names.push_back(std::move(*name));
    } else {
      report.error(name.error());
    }
  }
  if (names.size() != config.names.size()) return nullptr;
  std::optional<authorize::WhichCalls> calls;
  if (!config.calls.empty()) calls.emplace(config.calls, scope.api, *section, report);
  return std::make_shared<const CertificateNeeded>(section != nullptr, std::move(calls), std::move(names));
}

}  // namespace

const engine::Descriptor& descriptor() {
  static constexpr auto self =
      engine::describe<Config, make>("client_certificate", "Refuses calls without a good client certificate.");
  return self;
}

}  // namespace sallyport::controls::client_certificate
