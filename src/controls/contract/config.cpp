#include "controls/contract/config.hpp"

namespace sallyport::controls::contract {

const config::Table<Config>& config_table(const Config*) {
  static const auto table =
      config::Table<Config>("contract",
                            "Compares parameters, bodies and answers with the schemas of the specification. Off "
                            "unless the API has this section.")
          .field("strict", &Config::strict,
                 {.doc = "Refuse query parameters and members of objects that the specification does not name, unless "
                         "it says `additionalProperties`."})
          .field("responses", &Config::responses, {.doc = "What happens to answers that do not fit."})
          .field("errors", &Config::errors, {.doc = "What a client hears about a request that does not fit."})
          .field("max_body", &Config::max_body,
                 {.doc = "How much of a body is compared; a request with more is refused with 413.",
                  .min = "1KiB",
                  .max = "16MiB"})
          .field("max_answer", &Config::max_answer,
                 {.doc = "The same of answers. A longer one passes, counted as uninspected, with `observe`, and "
                         "becomes a 502 otherwise.",
                  .min = "1KiB",
                  .max = "16MiB"});
  return table;
}

}  // namespace sallyport::controls::contract
