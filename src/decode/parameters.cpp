#include "decode/parameters.hpp"

#include <algorithm>

#include "http/characters.hpp"

namespace sallyport::decode {
namespace {

std::string_view lower_case(std::string_view text, Arena& arena) {
  if (std::ranges::none_of(text, [](char c) { return c >= 'A' && c <= 'Z'; })) return text;
  const auto out = arena.array<char>(text.size());
  std::ranges::transform(text, out.begin(), http::lower);
  return {out.data(), out.size()};
}

std::size_t token_end(std::string_view text, std::size_t at) {
  while (at < text.size() && http::is(text[at], http::character::tchar)) ++at;
  return at;
}

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

// text[at] is the opening quote; `at` ends behind the closing one.
std::expected<std::string_view, Refusal> quoted_string(std::string_view text, std::size_t& at, std::size_t base,
                                                       Backslash backslash, Arena& arena) {
  const std::size_t open = at++;
  bool escaped = false;
  while (at < text.size() && text[at] != '"') {
    if (text[at] == '\\') {
      if (backslash == Backslash::refused)
        return refuse("backslash", "a backslash in quotes has two readings", base + at);
      escaped = true;
      if (++at == text.size()) break;
    }
    if (!http::is(text[at], http::character::field_value)) {
      return refuse("parameter", "a control character in a quoted value", base + at);
    }
    ++at;
  }
  if (at == text.size()) return refuse("parameter", "a quoted value without its closing quote", base + open);
  std::string_view value = text.substr(open + 1, at - open - 1);
  ++at;
  if (!escaped) return value;
  const auto out = arena.array<char>(value.size());
  std::size_t size = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\') ++i;
    out[size++] = value[i];
  }
  return std::string_view(out.data(), size);
}

}  // namespace

std::expected<std::span<const Parameter>, Refusal> read_parameters(std::string_view text, std::size_t base,
                                                                   Backslash backslash, Arena& arena,
                                                                   const ParameterLimits& limits) {
  const auto semicolons = static_cast<std::size_t>(std::ranges::count(text, ';'));
  const auto room = arena.array<Parameter>(std::min<std::size_t>(semicolons, limits.parameters));
  std::size_t count = 0;
  for (std::size_t at = skip_space(text, 0); at < text.size(); at = skip_space(text, at)) {
    if (text[at] != ';') return refuse("parameter", "text between parameters", base + at);
    at = skip_space(text, at + 1);
    if (at == text.size() || text[at] == ';') continue;  // an empty parameter: RFC 9110 §5.6.6
    const std::size_t begin = at;
    at = token_end(text, at);
    if (at == begin || at == text.size() || text[at] != '=') {
      return refuse("parameter", "a parameter is written name=value", base + begin);
    }
    if (count == limits.parameters) return refuse("parameters", "too many parameters", base + begin);
    Parameter parameter;
    parameter.name = lower_case(text.substr(begin, at - begin), arena);
    ++at;
    if (at < text.size() && text[at] == '"') {
      const auto value = quoted_string(text, at, base, backslash, arena);
      if (!value) return std::unexpected(value.error());
      parameter.value = *value;
      parameter.quoted = true;
    } else {
      const std::size_t end = token_end(text, at);
      if (end == at) return refuse("parameter", "a parameter without a value", base + begin);
      parameter.value = text.substr(at, end - at);
      at = end;
    }
    if (find(room.first(count), parameter.name) != nullptr) {
      return refuse("duplicate_parameter", "a parameter is given twice", base + begin);
    }
    room[count++] = parameter;
  }
  return room.first(count);
}

const Parameter* find(std::span<const Parameter> parameters, std::string_view name) noexcept {
  const auto found = std::ranges::find(parameters, name, &Parameter::name);
  return found == parameters.end() ? nullptr : &*found;
}

}  // namespace sallyport::decode
