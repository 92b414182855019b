// header_hygiene: fields that only the gateway may set, fields that tell about the inside, fields
// that browsers need. Contract in README.md.
#include <array>

#include "controls/header_hygiene/config.hpp"
#include "controls/header_hygiene/field_names.hpp"
#include "engine/descriptor.hpp"

namespace sallyport::controls::header_hygiene {
namespace {

// What back-ends trust because "only the proxy sets it".
constexpr auto gateway_fields = std::to_array<std::string_view>({
    "x-request-id",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-port",
    "x-forwarded-server",
    "x-forwarded-scheme",
    "x-forwarded-ssl",
    "x-forwarded-prefix",
    "x-forwarded-user",
    "x-forwarded-email",
    "x-forwarded-groups",
    "x-forwarded-client-cert",
    "x-forwarded-by",
    "forwarded",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-original-forwarded-for",
    "true-client-ip",
    "cf-connecting-ip",
    "fastly-client-ip",
    "x-original-url",
    "x-original-host",
    "x-rewrite-url",
    "x-host",
    "x-http-method-override",
    "x-http-method",
    "x-method-override",
    "x-remote-user",
    "remote-user",
    "x-authenticated-user",
    "x-authenticated-userid",
    "x-user-id",
    "x-user-role",
    "x-user-roles",
    "x-auth-user",
    "x-auth-request-user",
    "x-auth-request-email",
    "x-consumer-id",
    "x-consumer-username",
    "x-credential-identifier",
    "x-ssl-client-cert",
    "x-ssl-client-dn",
    "x-ssl-client-s-dn",
    "x-ssl-client-verify",
    "ssl-client-cert",
    "ssl-client-subject-dn",
    "ssl-client-verify",
    "x-client-cert",
    "x-client-dn",
    "x-client-verify",
    "x-envoy-internal",
    "x-envoy-external-address",
    "proxy",
});
constexpr std::string_view gateway_prefix = "xsallyport";

constexpr auto telling_fields = std::to_array<std::string_view>({
    "server",
    "x-powered-by",
    "x-aspnet-version",
    "x-aspnetmvc-version",
    "x-generator",
    "x-runtime",
    "x-version",
    "x-backend-server",
    "x-served-by",
    "x-debug",
    "x-debug-token",
    "x-debug-token-link",
    "x-sourcemap",
    "sourcemap",
    "x-drupal-cache",
    "x-php-version",
    "via",
});

class HeaderHygiene final : public Control {
 public:
  explicit HeaderHygiene(const Config& config) : security_headers_(config.security_headers) {
    for (const std::string_view name : gateway_fields) strip_.add(name);
    for (const std::string& name : config.strip) strip_.add(name);
    for (const std::string_view name : telling_fields) hide_.add(name);
    for (const std::string& name : config.hide) hide_.add(name);
    strip_.seal();
    hide_.seal();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(config.hsts).count();
    if (seconds > 0) hsts_ = "max-age=" + std::to_string(seconds) + "; includeSubDomains";
  }

  [[nodiscard]] Phases phases() const override { return {Phase::request_head, Phase::response_head}; }

  Verdict on_request_head(const Context& context) const override {
    const auto fields = context.request().fields.all();
    std::span<Edit> edits;
    std::size_t count = 0;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].removed || (!strip_.has(fields[i].name) && !folded_starts_with(fields[i].name, gateway_prefix)))
        continue;
      if (edits.empty()) edits = context.arena().array<Edit>(fields.size());
      edits[count++] = {Edit::Kind::remove_at, static_cast<std::uint16_t>(i), {}, {}};
    }
    if (count == 0) return Pass{};
    return Rewrite{
        edits.first(count), nullptr, {"spoofed_field", "the client sent fields that only the gateway may set"}};
  }

  Verdict on_response_head(const Context& context) const override {
    const Fields& all = context.response().fields;
    const auto fields = all.all();
    const auto edits = context.arena().array<Edit>(fields.size() + 4);
    std::size_t count = 0;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (!fields[i].removed && hide_.has(fields[i].name)) {
        edits[count++] = {Edit::Kind::remove_at, static_cast<std::uint16_t>(i), {}, {}};
      }
    }
    if (security_headers_) {
      const auto add_unless_there = [&](std::string_view name, std::string_view value) {
        if (all.find(name) == nullptr) edits[count++] = {Edit::Kind::add, 0, name, value};
      };
      add_unless_there("X-Content-Type-Options", "nosniff");
      add_unless_there("Cache-Control", "no-store");
      if (context.connection().tls && !hsts_.empty()) add_unless_there("Strict-Transport-Security", hsts_);
    }
    if (count == 0) return Pass{};
    return Rewrite{edits.first(count), nullptr, {}};
  }

 private:
  FieldNames strip_;
  FieldNames hide_;
  std::string hsts_;
  bool security_headers_;
};

std::shared_ptr<const Control> make(const Config& config, const engine::Scope&, const document::Node*,
                                    config::Report&) {
  return std::make_shared<const HeaderHygiene>(config);
}

}  // namespace

const config::Table<Config>& config_table(const Config*) {
  static const auto table =
      config::Table<Config>("header_hygiene",
                            "Clients cannot forge fields that the gateway sets; answers do not tell about the inside "
                            "and carry security headers.")
          .field("strip", &Config::strip,
                 {.doc = "Further request fields that clients must not send, in any spelling.",
                  .example = "X-Tenant-Id",
                  .one_or_many = true})
          .field("hide", &Config::hide,
                 {.doc = "Further response fields that are removed.", .example = "X-Pod-Name", .one_or_many = true})
          .field("security_headers", &Config::security_headers,
                 {.doc = "Add X-Content-Type-Options, Cache-Control and Strict-Transport-Security where the API does "
                         "not set them."})
          .field("hsts", &Config::hsts, {.doc = "max-age of Strict-Transport-Security (RFC 6797); 0 sends none."});
  return table;
}

const engine::Descriptor& descriptor() {
  static constexpr auto self = engine::describe<Config, make>("header_hygiene", "Strips forged and telling fields.");
  return self;
}

}  // namespace sallyport::controls::header_hygiene
