// The head of a message as text, from the parts that a record has. It is then read by the same
// code as the bytes of a socket, so nothing is repaired here: a part that holds CR or LF would
// become two lines, which it was not, and no client can have sent it as one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/refusal.hpp"

namespace sallyport::replay {

class HeadText {
 public:
  void request_line(std::string_view method, std::string_view target, std::string_view version);
  void status_line(std::uint16_t status);
  void field(std::string_view name, std::string_view value);
  // The head with its empty line, or the refusal of the first part that could not be written.
  [[nodiscard]] http::Checked<std::string> finish() &&;

 private:
  void part(std::string_view text, const http::Refusal& otherwise);
  std::string text_;
  std::optional<http::Refusal> refused_;
};

}  // namespace sallyport::replay
