// Reading SecLang: a file becomes directives with their arguments and places, as Apache's
// configuration reader has it (continued lines, quotes, "\\" and "\"" within quotes).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sallyport/result.hpp>

namespace sallyport::match {

struct Place {
  std::uint32_t file = 0;  // index into the names of the files that were read
  std::uint32_t line = 0;  // the first line of the directive, from 1
};

struct Directive {
  std::string name;  // as written; names and most values of SecLang have no case
  std::vector<std::string> arguments;
  Place place;
};

inline constexpr std::size_t max_directive_bytes = 256u << 10;
inline constexpr std::size_t max_directives = 100'000;

// Appends the directives of one text. The error's place is "name:line".
[[nodiscard]] Result<void> read_directives(std::string_view text, std::string_view name, std::uint32_t file,
                                           std::vector<Directive>& out);

// An action of a rule, as written: "setvar:tx.a=1" is {setvar, tx.a=1}.
struct ActionText {
  std::string name;  // lower case
  std::string value;
  bool has_value = false;
};
[[nodiscard]] Result<std::vector<ActionText>> read_actions(std::string_view text);

}  // namespace sallyport::match
