// Keys of `authorize_properties`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/table.hpp"

namespace sallyport::controls::authorize_properties {

enum class Unwritable : std::uint8_t { refuse, strip };
constexpr auto enum_names(const Unwritable*) {
  return std::to_array<config::Named<Unwritable>>({{"refuse", Unwritable::refuse, "the call is refused with 403"},
                                                   {"strip", Unwritable::strip, "it goes on without them"}});
}

// What callers with one of the roles may do with properties of one schema. Of all rules about a
// schema that a caller comes under, what any allows is allowed.
struct Rule {
  std::string schema;
  std::vector<std::string> roles;  // none: everybody
  std::optional<std::vector<std::string>> read;
  std::optional<std::vector<std::string>> write;
};

struct Config {
  std::vector<Rule> rules;
  bool hints = true;
  Unwritable unwritable = Unwritable::refuse;
  config::Size max_body{1u << 20};
  config::Size max_answer{1u << 20};
};

const config::Table<Rule>& config_table(const Rule*);
const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::authorize_properties
