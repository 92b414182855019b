#include "identity/api_key.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/random.hpp"

namespace sallyport::identity {
namespace {

constexpr std::string_view letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// Each letter equally likely: bytes beyond the last multiple of 62 are thrown away.
Result<void> append_random(std::string& out, std::size_t count) {
  while (count != 0) {
    std::array<unsigned char, 64> bytes;
    if (auto filled = fill_random(bytes); !filled) return filled;
    for (std::size_t i = 0; i < bytes.size() && count != 0; ++i) {
      const unsigned char byte = bytes[i];
      if (byte >= letters.size() * 4) continue;
      out += letters[byte % letters.size()];
      --count;
    }
  }
  return {};
}

std::string checksum(std::string_view text) {
  auto rest = ::crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
  std::string out(ApiKeyText::checksum_letters, '0');
  for (auto at = out.rbegin(); at != out.rend(); ++at, rest /= letters.size()) *at = letters[rest % letters.size()];
  return out;
}

}  // namespace

Result<std::string> make_api_key() {
  std::string key(ApiKeyText::prefix);
  if (auto made = append_random(key, ApiKeyText::id_letters); !made) return std::unexpected(made.error());
  key += '_';
  if (auto made = append_random(key, ApiKeyText::secret_letters); !made) return std::unexpected(made.error());
  return key + checksum(key);
}

std::optional<ApiKeyText> read_api_key(std::string_view text) {
  if (text.size() != ApiKeyText::bytes || !text.starts_with(ApiKeyText::prefix)) return std::nullopt;
  const std::string_view id = text.substr(ApiKeyText::prefix.size(), ApiKeyText::id_letters);
  const std::string_view secret = text.substr(ApiKeyText::prefix.size() + ApiKeyText::id_letters + 1);
  const auto good = [](char c) { return is_letter(c) || is_digit(c); };
  if (text[ApiKeyText::prefix.size() + ApiKeyText::id_letters] != '_') return std::nullopt;
  if (!std::ranges::all_of(id, good) || !std::ranges::all_of(secret, good)) return std::nullopt;
  const std::size_t summed = text.size() - ApiKeyText::checksum_letters;
  if (checksum(text.substr(0, summed)) != text.substr(summed)) return std::nullopt;
  return ApiKeyText{text, id};
}

}  // namespace sallyport::identity
