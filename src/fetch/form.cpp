#include "fetch/form.hpp"

#include "base/ascii.hpp"
#include "base/base64.hpp"

namespace sallyport::fetch {

void append_form(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
}

std::string client_authorization(std::string_view id, std::string_view secret) {
  std::string pair;
  append_form(pair, id);
  pair += ':';
  append_form(pair, secret);
  return "Basic " + encode_base64(pair, Base64::standard);
}

}  // namespace sallyport::fetch
