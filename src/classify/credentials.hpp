// Credentials that their issuers made recognisable: a prefix, an alphabet, a length. The forms are
// in credentials.inc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "classify/findings.hpp"
#include "classify/subject.hpp"

namespace sallyport::classify {

// Remembers where runs of an alphabet end, so that a long run is walked once, however many words
// of it are asked about.
class Runs {
 public:
  enum Alphabet : std::uint8_t { digits, hex, base32, alnum, url, url_dot, base64, alphabets };
  // The end of the run of that alphabet that text[at] is in.
  std::size_t end(std::string_view text, std::size_t at, Alphabet alphabet);

 private:
  struct Run {
    std::size_t begin = 1;
    std::size_t end = 0;
  };
  std::array<Run, alphabets> last_{};
};

// May a credential begin with these three bytes?
[[nodiscard]] bool may_begin_credential(const char* three);
// At text[at] a word begins. Where the finding ends, or 0.
std::size_t find_credential(const Subject& subject, std::size_t at, Runs& runs, Findings& out);
// "eyJ" begins at text[at]: a JWS or JWE in compact form.
std::size_t find_jwt(std::string_view text, std::size_t at, Runs& runs, Findings& out);
// Letters and digits that nobody typed: long, of mixed kinds, with many different characters.
[[nodiscard]] bool looks_random(std::string_view text);
// Examples of documentation and words that stand for a value: "xxxx", "<password>", "${PW}", "null".
[[nodiscard]] bool is_stand_in(std::string_view value);

}  // namespace sallyport::classify
