#include "events/sensitive_names.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

namespace sallyport::events {
namespace {

constexpr std::size_t max_name = 128;

constexpr SensitiveName table[] = {
    // Credentials of software and people (OAuth 2.0, OpenID Connect, SAML, AWS, common APIs).
    {"token", NameMatch::part},
    {"secret", NameMatch::part},
    {"password", NameMatch::part},
    {"passwd", NameMatch::part},
    {"passphrase", NameMatch::part},
    {"passcode", NameMatch::part},
    {"passwort", NameMatch::part},
    {"apikey", NameMatch::part},
    {"accesskey", NameMatch::part},
    {"privatekey", NameMatch::part},
    {"sharedkey", NameMatch::part},
    {"signingkey", NameMatch::part},
    {"encryptionkey", NameMatch::part},
    {"subscriptionkey", NameMatch::part},
    {"functionskey", NameMatch::part},
    {"session", NameMatch::part},
    {"signature", NameMatch::part},
    {"credential", NameMatch::part},
    {"authorization", NameMatch::part},
    {"authkey", NameMatch::part},
    {"authcode", NameMatch::part},
    {"codeverifier", NameMatch::part},
    {"cookie", NameMatch::part},
    {"bearer", NameMatch::part},
    {"saml", NameMatch::part},
    {"assertion", NameMatch::part},
    {"clientcert", NameMatch::part},
    {"xsrf", NameMatch::part},
    {"csrf", NameMatch::part},
    {"websocketprotocol", NameMatch::part},  // where browsers have to put a token: they can set no other field
    {"jsessionid", NameMatch::part},
    {"phpsessid", NameMatch::part},
    {"magiclink", NameMatch::part},
    {"recoverycode", NameMatch::part},
    {"securityanswer", NameMatch::part},
    {"auth", NameMatch::component},
    {"jwt", NameMatch::component},
    {"pass", NameMatch::component},
    {"pwd", NameMatch::component},
    {"pin", NameMatch::component},
    {"otp", NameMatch::component},
    {"totp", NameMatch::component},
    {"sig", NameMatch::component},
    {"sid", NameMatch::component},
    {"dpop", NameMatch::component},
    {"hmac", NameMatch::component},
    {"mfa", NameMatch::component},
    {"code", NameMatch::whole},  // RFC 6749 §4.1.2
    {"key", NameMatch::whole},   // of map and cloud APIs
    // Payment cards and identity numbers (PCI DSS 3.3, 3.5).
    {"cardnumber", NameMatch::part},
    {"creditcard", NameMatch::part},
    {"debitcard", NameMatch::part},
    {"cardno", NameMatch::part},
    {"cardnum", NameMatch::part},
    {"securitycode", NameMatch::part},
    {"accountnumber", NameMatch::part},
    {"socialsecurity", NameMatch::part},
    {"passport", NameMatch::part},
    {"iban", NameMatch::component},
    {"ssn", NameMatch::component},
    {"cvv", NameMatch::component},
    {"cvv2", NameMatch::component},
    {"cvc", NameMatch::component},
    {"cvc2", NameMatch::component},
    {"pan", NameMatch::component},
};

bool digit(char c) { return c >= '0' && c <= '9'; }

int hex(char c) {
  if (digit(c)) return c - '0';
  const char l = static_cast<char>(c | 0x20);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

// Of at least four bytes.
std::uint32_t first_four(std::string_view text) {
  std::uint32_t word = 0;
  std::memcpy(&word, std::to_address(text.begin()), sizeof word);
  return word;
}

// A position in the 2048 bits of the filter.
std::uint32_t spot(std::uint32_t word) { return word * 0x9e3779b1u >> 21; }

// What a character stands for in a compared name: itself in lower case, or 0 for a separator.
constexpr std::array<char, 256> compared = [] {
  std::array<char, 256> table{};
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = c;
  for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = static_cast<char>(c | 0x20);
  for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = c;
  return table;
}();

// A name as it is compared: lower-case letters and digits, and where its components begin.
struct Plain {
  std::array<char, max_name + 4> text;  // four zeros behind
  std::array<std::uint8_t, max_name + 1> starts;
  std::size_t size = 0;
  std::size_t components = 0;

  explicit Plain(std::string_view name) {
    bool boundary = true;  // a component begins at the next letter
    bool was_upper = false;
    for (const char c : name) {
      const char l = compared[static_cast<unsigned char>(c)];
      if (l == 0) {
        boundary = true;
        continue;
      }
      const bool is_upper = l != c;
      if (boundary || (is_upper && !was_upper)) starts[components++] = static_cast<std::uint8_t>(size);
      boundary = false;
      was_upper = is_upper;
      text[size++] = l;
    }
    starts[components] = static_cast<std::uint8_t>(size);
    std::memset(text.data() + size, 0, 4);
  }
};

// Takes off percent-encoding and JSON's \uXXXX, three layers of them. Null when more is left.
bool decode_name(std::string_view& name, std::array<char, max_name>& store) {
  for (int layer = 0; layer < 4; ++layer) {
    bool escaped = false;
    for (const char c : name) escaped |= (c == '%') | (c == '\\');
    if (!escaped) return true;
    std::size_t size = 0;
    bool changed = false;
    for (std::size_t i = 0; i < name.size(); ++i) {
      char c = name[i];
      if (c == '%' && i + 2 < name.size() && hex(name[i + 1]) >= 0 && hex(name[i + 2]) >= 0) {
        c = static_cast<char>(hex(name[i + 1]) * 16 + hex(name[i + 2]));
        i += 2;
        changed = true;
      } else if (c == '\\' && i + 5 < name.size() && name[i + 1] == 'u' && name[i + 2] == '0' && name[i + 3] == '0' &&
                 hex(name[i + 4]) >= 0 && hex(name[i + 5]) >= 0) {
        c = static_cast<char>(hex(name[i + 4]) * 16 + hex(name[i + 5]));
        i += 5;
        changed = true;
      }
      store[size++] = c;  // never ahead of what is read, so `name` may lie in `store`
    }
    name = {store.data(), size};
    if (!changed) return true;
  }
  return false;
}

}  // namespace

std::span<const SensitiveName> sensitive_names() { return table; }

SensitiveNames::SensitiveNames(std::span<const std::string> more) {
  const auto add = [this](std::string_view word, NameMatch match) {
    shortest_ = std::min(shortest_, word.size());
    if (match == NameMatch::part) {
      parts_.emplace_back(word);
      fronts_.push_back(first_four(word));
      const std::uint32_t at = spot(fronts_.back());
      prefixes_[at / 64] |= std::uint64_t{1} << at % 64;
    } else {
      std::uint32_t letters = 0;
      std::memcpy(&letters, word.data(), std::min<std::size_t>(word.size(), 4));
      shorts_.push_back({letters, match == NameMatch::whole});
    }
  };
  for (const auto& [word, match] : table) add(word, match);
  for (const auto& name : more) {
    const Plain plain(std::string_view(name).substr(0, max_name));
    const std::string_view word(plain.text.data(), plain.size);
    if (!word.empty()) add(word, word.size() >= 4 ? NameMatch::part : NameMatch::component);
  }
}

bool SensitiveNames::part_at(std::string_view rest) const {
  const std::uint32_t front = first_four(rest);
  for (std::size_t i = 0; i < fronts_.size(); ++i) {
    if (fronts_[i] == front && rest.starts_with(parts_[i])) return true;
  }
  return false;
}

bool SensitiveNames::component(std::string_view text, bool may_be_whole) const {
  if (text.size() > 4) return false;
  std::uint32_t letters = 0;
  std::memcpy(&letters, text.data(), text.size());
  return std::ranges::any_of(
      shorts_, [&](const Short& word) { return word.letters == letters && (!word.whole || may_be_whole); });
}

bool SensitiveNames::contain(std::string_view name, bool whole_names) const {
  if (name.size() > max_name) return true;
  if (name.size() < shortest_) return false;
  std::array<char, max_name> store;
  if (!decode_name(name, store)) return true;
  const Plain plain(name);
  for (std::size_t i = 0; i + 4 <= plain.size; ++i) {
    const std::uint32_t at = spot(first_four({plain.text.data() + i, 4}));
    if ((prefixes_[at / 64] >> at % 64 & 1) != 0 && part_at({plain.text.data() + i, plain.size - i})) return true;
  }
  for (std::size_t i = 0; i < plain.components; ++i) {
    const std::size_t start = plain.starts[i];
    if (component({plain.text.data() + start, plain.starts[i + 1] - start}, whole_names && plain.components == 1))
      return true;
  }
  return false;
}

}  // namespace sallyport::events
