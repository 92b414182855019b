// The one list of names whose values are credentials or personal secrets (CWE-532). A name is
// compared without case, separators and percent-encoding: user[Password], access_token, apiKey
// and CARD-NUMBER are all found.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::events {

enum class NameMatch : std::uint8_t {
  part,       // anywhere in the name: "xsrftokenid"
  component,  // at most four letters, a whole component: "pin" in "user_pin" and "userPin", not in "shipping"
  whole,      // at most four letters, the whole name
};

struct SensitiveName {
  std::string_view word;  // lower-case letters and digits only
  NameMatch match;
};

// The built-in table.
[[nodiscard]] std::span<const SensitiveName> sensitive_names();

class SensitiveNames {
 public:
  // `more` is added to the table: found anywhere in a name from four letters on, else as a component.
  explicit SensitiveNames(std::span<const std::string> more = {});

  // Names of more than 128 bytes are not judged and count as sensitive.
  // `whole_names`: do words that stand for themselves only ("code", "key") count?
  [[nodiscard]] bool contain(std::string_view name, bool whole_names = true) const;

 private:
  struct Short {
    std::uint32_t letters;  // of a word of at most four, zeros behind
    bool whole;
  };
  [[nodiscard]] bool part_at(std::string_view rest) const;
  [[nodiscard]] bool component(std::string_view text, bool may_be_whole) const;
  std::vector<std::string> parts_;
  std::vector<std::uint32_t> fronts_;         // the parts' first four bytes
  std::array<std::uint64_t, 32> prefixes_{};  // Bloom filter of them
  std::vector<Short> shorts_;                 // components and whole names
  std::size_t shortest_ = 4;                  // of all words
};

}  // namespace sallyport::events
