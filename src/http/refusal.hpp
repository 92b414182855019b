// Why the HTTP rules refuse a message. After a refusal the connection is closed: nobody can tell
// where the next message would begin.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

namespace sallyport::http {

struct Refusal {
  std::uint16_t status = 400;
  std::string_view rule;    // stable id, static: "content_length_and_transfer_encoding"
  std::string_view detail;  // for operators, static
};

template <class T>
using Checked = std::expected<T, Refusal>;

[[nodiscard]] inline std::unexpected<Refusal> refuse(std::string_view rule, std::string_view detail,
                                                     std::uint16_t status = 400) {
  return std::unexpected(Refusal{status, rule, detail});
}

}  // namespace sallyport::http
