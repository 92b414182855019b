// Query: the parameters of a request to the admin API: `name=value` by '&', percent-encoded, "+" for a space.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::admin {

class Query {
 public:
  static constexpr std::size_t max_text = 1024;  // bytes of one value, decoded; longer ones are cut

  // `text` without '?'; it must outlive this.
  explicit Query(std::string_view text) : text_(text) {}

  // Of the first parameter of that name: its value; empty when it is absent or wrongly encoded.
  [[nodiscard]] std::string text(std::string_view name) const;
  // Null when it is absent or not a number.
  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name) const;
  // `limit` within what one answer may hold.
  [[nodiscard]] std::size_t page_size() const;

 private:
  [[nodiscard]] std::optional<std::string_view> raw(std::string_view name) const;
  std::string_view text_;
};

}  // namespace sallyport::admin
