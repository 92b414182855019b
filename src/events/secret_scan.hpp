// SecretScan: finds the parts of a text that must not be recorded. What it looks for is said in
// redact.hpp; this is the search itself, which also runs on what it decodes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "events/sensitive_names.hpp"

namespace sallyport::events {

enum class TextKind : std::uint8_t {
  query,  // pairs end at '&'; long random strings are secrets
  path,   // pairs end at '/'; long random strings are secrets
  value,  // of a field
  prose,  // written by the gateway, perhaps with bytes of the client in it
};

// Parts of one text, in order once finished; when there are too many, the last reaches to the end.
class SecretParts {
 public:
  struct Part {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  void add(std::size_t begin, std::size_t end);
  void finish(std::size_t text_size);
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] const Part* begin() const { return parts_.data(); }
  [[nodiscard]] const Part* end() const { return parts_.data() + count_; }

 private:
  std::array<Part, 16> parts_;
  std::size_t count_ = 0;
  bool overflow_ = false;
};

// One pass without a branch per byte: false when the text certainly holds no secret that
// SecretScan would find as a `value`.
[[nodiscard]] bool worth_scanning(std::string_view text);

class SecretScan {
 public:
  static constexpr int max_depth = 4;
  static constexpr std::size_t max_text = 4096;  // of one text; the caller cuts longer ones

  // `cut`: the text goes on, what it begins counts as complete.
  SecretScan(const SensitiveNames& names, TextKind kind, bool cut) : names_(names), kind_(kind), cut_(cut) {}
  void run(std::string_view text, SecretParts& parts) const { layer(text, 0, parts); }

 private:
  void layer(std::string_view text, int depth, SecretParts& parts) const;
  void chunk(std::string_view text, std::size_t begin, std::size_t end, int depth, SecretParts& parts) const;
  void assignment(std::string_view text, std::size_t begin, std::size_t at, std::size_t end, SecretParts& parts) const;
  void letters(std::string_view text, std::size_t begin, std::size_t end, int depth, SecretParts& parts) const;
  [[nodiscard]] bool hidden(std::string_view coded, int depth) const;
  [[nodiscard]] bool hidden_in_base64(std::string_view letters, int depth) const;

  const SensitiveNames& names_;
  TextKind kind_;
  bool cut_;
};

}  // namespace sallyport::events
