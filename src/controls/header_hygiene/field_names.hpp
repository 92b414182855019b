// Field names compared as back-ends read them: without regard to case, and with '-', '_' and '.'
// left out, because CGI and its heirs turn X-Real-IP and X_Real_IP into one variable (RFC 3875 §4.1.18).
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::controls::header_hygiene {

class FieldNames {
 public:
  void add(std::string_view name);
  // To be called after the last add().
  void seal();
  // Allocates nothing.
  [[nodiscard]] bool has(std::string_view name) const;

 private:
  std::vector<std::string> names_;  // folded
  std::array<bool, 256> first_{};
  std::size_t shortest_ = ~std::size_t{0};
  std::size_t longest_ = 0;
};

// `prefix` is lower case and without '-', '_' and '.'.
[[nodiscard]] bool folded_starts_with(std::string_view name, std::string_view prefix);

}  // namespace sallyport::controls::header_hygiene
