// Keys of the contract control; the table stands in config.cpp.
#pragma once

#include <array>
#include <cstdint>

#include "config/table.hpp"

namespace sallyport::controls::contract {

enum class Answers : std::uint8_t { off, observe, enforce, minimise };
enum class Errors : std::uint8_t { helpful, plain };

constexpr auto enum_names(const Answers*) {
  return std::to_array<config::Named<Answers>>(
      {{"off", Answers::off, "not looked at"},
       {"observe", Answers::observe, "what does not fit is recorded"},
       {"enforce", Answers::enforce, "what does not fit becomes a 502"},
       {"minimise", Answers::minimise, "what is not named is taken out; what still does not fit, a 502"}});
}
constexpr auto enum_names(const Errors*) {
  return std::to_array<config::Named<Errors>>({{"helpful", Errors::helpful, "the place and the rule, never a value"},
                                               {"plain", Errors::plain, "that it does not fit"}});
}

struct Config {
  bool strict = true;
  Answers responses = Answers::observe;
  Errors errors = Errors::helpful;
  config::Size max_body{1u << 20};
  config::Size max_answer{1u << 20};
};

const config::Table<Config>& config_table(const Config*);

}  // namespace sallyport::controls::contract
