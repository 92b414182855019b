// The operators of SecLang ("@rx …"). An operation is compiled once; applying it neither fails nor
// allocates, but can spend its budget, which is told.
#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sallyport/message.hpp>
#include <sallyport/result.hpp>

#include "match/phrases.hpp"
#include "match/regex.hpp"

namespace sallyport::match {

enum class Operator : std::uint8_t {
  begins_with,
  contains,
  contains_word,
  detect_sqli,
  detect_xss,
  ends_with,
  eq,
  ge,
  gt,
  ip_match,
  le,
  lt,
  never,  // @noMatch; @geoLookup and @rbl, for which nothing is configured
  phrases,
  rx,
  streq,
  str_match,
  unconditional_match,
  validate_byte_range,
  validate_url_encoding,
  validate_utf8_encoding,
  within,
};

struct Network {
  Address address;
  std::uint8_t bits = 128;
};

struct Operation {
  Operator kind = Operator::unconditional_match;
  bool negated = false;
  std::string argument;  // as written; may hold macros, which the compiler reads
  std::shared_ptr<const Regex> regex;
  std::shared_ptr<const Phrases> phrases;
  std::vector<std::string> words;  // of phrases, for the prefilter
  std::bitset<256> allowed;        // validate_byte_range
  std::vector<Network> networks;   // ip_match
};

// `folder`: where files that are named relative stand.
[[nodiscard]] Result<Operation> compile_operation(std::string_view text, const std::string& folder);

struct Applied {
  bool matched = false;
  bool exhausted = false;  // the budget was spent: nobody knows whether it matches
  std::size_t groups = 0;  // set in `captures`
};

// `argument` is the operation's with its macros expanded. What `captures` points to lies in `value`
// or is static.
[[nodiscard]] Applied apply(const Operation& operation, std::string_view value, std::string_view argument,
                            Captures* captures);

// The whole number at the start of a text, as atoi() reads it; saturates.
[[nodiscard]] std::int64_t number_in(std::string_view text) noexcept;

}  // namespace sallyport::match
