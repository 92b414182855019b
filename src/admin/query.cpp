#include "admin/query.hpp"

#include <algorithm>
#include <charconv>

#include "admin/limits.hpp"
#include "decode/percent.hpp"

namespace sallyport::admin {

std::optional<std::string_view> Query::raw(std::string_view name) const {
  std::string_view rest = text_;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
      return pair.substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

std::string Query::text(std::string_view name) const {
  const auto value = raw(name);
  if (!value) return {};
  Arena arena;
  const auto decoded = decode::decode_percent(*value, decode::Plus::space, 0, arena);
  return decoded ? std::string(decoded->substr(0, max_text)) : std::string();
}

std::optional<std::uint64_t> Query::number(std::string_view name) const {
  const auto value = raw(name);
  if (!value) return std::nullopt;
  std::uint64_t number = 0;
  const char* const end = value->data() + value->size();
  const auto read = std::from_chars(value->data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

std::size_t Query::page_size() const {
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(number("limit").value_or(default_page), 1, max_page));
}

}  // namespace sallyport::admin
