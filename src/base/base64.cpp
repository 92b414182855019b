#include "base/base64.hpp"

#include <array>

namespace sallyport {
namespace {

constexpr char standard_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char url_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t none = 0xff;

constexpr std::array<std::uint8_t, 256> values(bool standard, bool url) {
  std::array<std::uint8_t, 256> table{};
  table.fill(none);
  for (std::uint8_t i = 0; i < 64; ++i) {
    if (standard) table[static_cast<unsigned char>(standard_letters[i])] = i;
    if (url) table[static_cast<unsigned char>(url_letters[i])] = i;
  }
  return table;
}

constexpr auto standard_values = values(true, false);
constexpr auto url_values = values(false, true);
constexpr auto any_values = values(true, true);

const std::array<std::uint8_t, 256>& values_of(Base64 form) {
  switch (form) {
    case Base64::standard:
      return standard_values;
    case Base64::url:
      return url_values;
    case Base64::lenient:
      return any_values;
  }
  return any_values;
}

}  // namespace

void append_base64(std::string& out, std::string_view bytes, Base64 form) {
  const char* letters = form == Base64::url ? url_letters : standard_letters;
  std::size_t i = 0;
  const auto byte = [&](std::size_t at) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at])); };
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t word = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    const char group[4] = {letters[word >> 18], letters[word >> 12 & 63], letters[word >> 6 & 63], letters[word & 63]};
    out.append(group, 4);
  }
  const std::size_t rest = bytes.size() - i;
  if (rest == 0) return;
  const std::uint32_t word = byte(i) << 16 | (rest == 2 ? byte(i + 1) << 8 : 0);
  out.push_back(letters[word >> 18]);
  out.push_back(letters[word >> 12 & 63]);
  if (rest == 2) out.push_back(letters[word >> 6 & 63]);
  if (form != Base64::url) out.append(rest == 2 ? "=" : "==");
}

std::string encode_base64(std::string_view bytes, Base64 form) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  append_base64(out, bytes, form);
  return out;
}

std::optional<std::size_t> decode_base64(std::string_view text, Base64 form, char* out) {
  const auto& table = values_of(form);
  if (form == Base64::standard && text.size() % 4 != 0) return std::nullopt;
  if (form != Base64::url) {
    for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
  }
  const std::size_t rest = text.size() % 4;
  if (rest == 1) return std::nullopt;
  char* at = out;
  std::uint8_t bad = 0;
  const auto value = [&](std::size_t i) {
    const std::uint8_t v = table[static_cast<unsigned char>(text[i])];
    bad |= v;
    return static_cast<std::uint32_t>(v);
  };
  std::size_t i = 0;
  for (; i + 4 <= text.size(); i += 4) {
    const std::uint32_t word = value(i) << 18 | value(i + 1) << 12 | value(i + 2) << 6 | value(i + 3);
    *at++ = static_cast<char>(word >> 16 & 0xff);
    *at++ = static_cast<char>(word >> 8 & 0xff);
    *at++ = static_cast<char>(word & 0xff);
  }
  if (rest != 0) {
    const std::uint32_t word = value(i) << 18 | value(i + 1) << 12 | (rest == 3 ? value(i + 2) << 6 : 0);
    *at++ = static_cast<char>(word >> 16 & 0xff);
    if (rest == 3) *at++ = static_cast<char>(word >> 8 & 0xff);
    const std::uint32_t unused = rest == 3 ? word & 0xff : word & 0xffff;
    if (form != Base64::lenient && unused != 0) return std::nullopt;
  }
  if ((bad & 0x80) != 0) return std::nullopt;
  return static_cast<std::size_t>(at - out);
}

std::optional<std::string> decode_base64(std::string_view text, Base64 form) {
  std::string out(text.size() / 4 * 3 + 3, '\0');
  const auto size = decode_base64(text, form, out.data());
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

}  // namespace sallyport
