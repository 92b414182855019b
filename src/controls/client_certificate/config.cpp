#include "controls/client_certificate/config.hpp"

namespace sallyport::controls::client_certificate {

const config::Table<Config>& config_table(const Config*) {
  static const auto table =
      config::Table<Config>("client_certificate",
                            "Refuses calls of clients that did not show a good certificate. It takes part when the "
                            "section is there; a listener has to ask for certificates (`client_certificates`).")
          .flatten(&Config::calls)
          .field("names", &Config::names,
                 {.doc = "The certificate must have one of these names: `spiffe://…` (its last segment may be `*`: any "
                         "one), `dns:…`, `uri:…`, `email:…`, `ip:…` or `subject:…`. Without any, each that the "
                         "listener takes is good.",
                  .example = "spiffe://example.org/ns/prod/*",
                  .max = "1000",
                  .one_or_many = true});
  return table;
}

}  // namespace sallyport::controls::client_certificate
