#include "decode/percent.hpp"

#include "base/utf8.hpp"
#include "http/characters.hpp"

namespace sallyport::decode {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

std::expected<std::string_view, Refusal> decode_percent(std::string_view text, Plus plus, std::size_t at,
                                                        Arena& arena) {
  bool decode = false;
  bool ascii = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_control(c)) return refuse("control", "a control character that is not encoded", at + i);
    decode |= c == '%' || (c == '+' && plus == Plus::space);
    ascii &= static_cast<unsigned char>(c) < 0x80;
  }
  std::string_view decoded = text;
  if (decode) {
    const auto out = arena.array<char>(text.size());
    std::size_t size = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      char c = text[i];
      if (c == '+' && plus == Plus::space) {
        c = ' ';
      } else if (c == '%') {
        const int high = i + 1 < text.size() ? http::hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? http::hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) return refuse("percent", "'%' without two hexadecimal digits", at + i);
        c = static_cast<char>(high * 16 + low);
        if (c == 0) return refuse("nul", "an encoded NUL", at + i);
        ascii &= static_cast<unsigned char>(c) < 0x80;
        i += 2;
      }
      out[size++] = c;
    }
    decoded = {out.data(), size};
  }
  if (!ascii && find_invalid_utf8(decoded) != std::string_view::npos) {
    // The decoded offset would mislead: the name or value as a whole is at fault.
    return refuse("utf8", "not UTF-8 once decoded", at);
  }
  return decoded;
}

}  // namespace sallyport::decode
