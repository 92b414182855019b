#include "controls/graphql/config.hpp"

namespace sallyport::controls::graphql {

const config::Table<Documents>& config_table(const Documents*) {
  static const auto table =
      config::Table<Documents>("documents", "The documents that clients are known to send.")
          .field(
              "file", &Documents::file,
              {.doc = "JSON: `{\"id\": \"document\"}`, or the manifest of Apollo's clients. A request that names one "
                      "by its id alone goes on with the document in it.",
               .required = true,
               .example = "documents.json",
               .existing = true})
          .field("only", &Documents::only, {.doc = "No other document runs: 403."});
  return table;
}

const config::Table<Config>& config_table(const Config*) {
  static const auto table =
      config::Table<Config>("graphql",
                            "Bounds what a GraphQL query may ask for, before a resolver runs. It takes part when the "
                            "section is there.")
          .field("paths", &Config::paths,
                 {.doc = "Where queries are taken: `*` is one segment, `**` at the end this path and all below.",
                  .example = "/api/graphql",
                  .one_or_many = true})
          .field("depth", &Config::depth, {.doc = "Fields inside each other.", .min = "1", .max = "32"})
          .field("nodes", &Config::nodes, {.doc = "Fields, with fragments written out.", .min = "1", .max = "1000000"})
          .field("aliases", &Config::aliases,
                 {.doc = "Fields under another name, with fragments written out.", .min = "0", .max = "1000000"})
          .field("directives", &Config::directives,
                 {.doc = "Directives, with fragments written out.", .min = "0", .max = "1000000"})
          .field("batch", &Config::batch, {.doc = "Queries in one request.", .min = "1", .max = "1000"})
          .field("cost", &Config::cost,
                 {.doc = "Objects that may be asked for in one request: each field counts once for each item of the "
                         "lists around it.",
                  .min = "1",
                  .max = "1000000000"})
          .field("list_arguments", &Config::list_arguments,
                 {.doc = "Arguments that say how many items of a list are asked for.",
                  .example = "first",
                  .one_or_many = true})
          .field("list_size", &Config::list_size,
                 {.doc = "How many items count when such an argument is a variable that is not given; with a schema, "
                         "for each list of which nothing says how long it is.",
                  .min = "1",
                  .max = "1000000"})
          .field("introspection", &Config::introspection, {.doc = "Queries may ask for the schema."})
          .field("suggestions", &Config::suggestions, {.doc = "Errors may name fields that exist (`Did you mean …`)."})
          .field("subscriptions", &Config::subscriptions, {.doc = "Subscriptions are let through."})
          .field("persisted", &Config::persisted,
                 {.doc = "Queries may be named by their hash alone; the API must know them from a list of its own."})
          .field("max_body", &Config::max_body,
                 {.doc = "How much of a request is read; one with more is refused with 413.",
                  .min = "1KiB",
                  .max = "16MiB"})
          .field("schema", &Config::schema,
                 {.doc = "The API's schema: SDL, or the JSON of an introspection query. Queries that do not fit it are "
                         "refused, and so are variables of other types.",
                  .example = "shop.graphql",
                  .existing = true})
          .field("errors", &Config::errors, {.doc = "What clients hear of a query that does not fit the schema."})
          .field("fields", &Config::fields,
                 {.doc = "Fields that only some may ask for, as `Type.field` or `Type.*`, and the roles that may. "
                         "Without roles, nobody may. Needs the schema.",
                  .example = "{User.email: [admin]}"})
          .field("documents", &Config::documents, {.doc = "The documents that clients are known to send."});
  return table;
}

}  // namespace sallyport::controls::graphql
