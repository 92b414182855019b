#include "decode/form.hpp"

#include <algorithm>

#include "decode/percent.hpp"

namespace sallyport::decode {

const Pair* Pairs::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(items, name, &Pair::name);
  return found == items.end() ? nullptr : &*found;
}

std::size_t Pairs::count(std::string_view name) const noexcept {
  return static_cast<std::size_t>(std::ranges::count(items, name, &Pair::name));
}

std::expected<Pairs, Refusal> read_pairs(std::string_view text, Arena& arena, const FormLimits& limits) {
  Pairs pairs;
  if (text.empty()) return pairs;
  const auto separators = static_cast<std::size_t>(std::ranges::count(text, '&'));
  const auto room = arena.array<Pair>(std::min<std::size_t>(separators + 1, limits.pairs));
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('&', at), text.size());
    const std::string_view part = text.substr(at, end - at);
    if (!part.empty()) {
      if (count == limits.pairs) return std::unexpected(Refusal{"pairs", "too many names and values", at});
      const std::size_t equals = part.find('=');
      const bool has_value = equals != std::string_view::npos;
      const auto name = decode_percent(part.substr(0, equals), Plus::space, at, arena);
      if (!name) return std::unexpected(name.error());
      if (name->size() > limits.name_bytes) return std::unexpected(Refusal{"name_bytes", "a name is too long", at});
      std::string_view value;
      if (has_value) {
        const auto decoded = decode_percent(part.substr(equals + 1), Plus::space, at + equals + 1, arena);
        if (!decoded) return std::unexpected(decoded.error());
        value = *decoded;
      }
      if (value.size() > limits.value_bytes) {
        return std::unexpected(Refusal{"value_bytes", "a value is too long", at + equals + 1});
      }
      pairs.semicolons |= part.find(';') != std::string_view::npos;
      room[count++] = Pair{*name, value, at, has_value};
    }
    at = end + 1;
  }
  pairs.items = room.first(count);
  return pairs;
}

}  // namespace sallyport::decode
