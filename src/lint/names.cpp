#include "lint/names.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace sallyport::lint {
namespace {

// "userId" -> "-user-id-": words in lower case between dashes, so that whole words can be looked for.
std::string words_of(std::string_view name) {
  std::string out = "-";
  bool lower_before = false;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool word = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!word || (upper && lower_before)) {
      if (!out.ends_with('-')) out += '-';
    }
    if (word) out += upper ? static_cast<char>(c | 0x20) : c;
    lower_before = word && !upper;
  }
  if (!out.ends_with('-')) out += '-';
  return out;
}

// `words`: in lower case, several with dashes between them.
template <std::size_t N>
bool has(std::string_view name, const std::array<std::string_view, N>& words) {
  const std::string all = words_of(name);
  return std::ranges::any_of(words, [&](std::string_view word) { return all.contains("-" + std::string(word) + "-"); });
}

constexpr auto credentials = std::to_array<std::string_view>(
    {"password", "passwd", "pwd", "secret", "client-secret", "token", "access-token", "refresh-token", "api-key",
     "apikey", "auth", "authorization", "credential", "credentials", "session-id", "sessionid", "private-key"});
constexpr auto secrets = std::to_array<std::string_view>(
    {"password", "passwd", "pwd", "password-hash", "hashed-password", "secret", "client-secret", "private-key",
     "secret-key", "cvv", "cvc", "cvv2", "card-number", "pin", "ssn", "social-security-number", "salt"});
constexpr auto page_sizes = std::to_array<std::string_view>(
    {"limit", "page-size", "pagesize", "per-page", "perpage", "max-results", "page-limit", "batch-size", "top"});
constexpr auto urls =
    std::to_array<std::string_view>({"url", "uri", "href", "callback", "webhook", "redirect", "redirect-to",
                                     "return-to", "next-url", "endpoint", "target-url"});
constexpr auto admins =
    std::to_array<std::string_view>({"admin", "admins", "administration", "internal", "management", "superuser"});
constexpr auto flows = std::to_array<std::string_view>(
    {"login",   "log-in",   "signin",   "sign-in",      "signup",  "sign-up", "register", "password",
     "reset",   "otp",      "verify",   "verification", "captcha", "invite",  "checkout", "purchase",
     "payment", "payments", "transfer", "redeem",       "coupon",  "vote",    "booking",  "reserve"});

}  // namespace

bool is_id(std::string_view name) {
  const std::string words = words_of(name);
  return words.ends_with("-id-") || words.ends_with("-ids-");
}
bool is_credential(std::string_view name) { return has(name, credentials); }
bool is_secret(std::string_view name) { return has(name, secrets); }
bool is_page_size(std::string_view name) { return has(name, page_sizes); }
bool is_url(std::string_view name) { return has(name, urls); }
bool is_admin_path(std::string_view path) { return has(path, admins); }
bool is_abused_flow(std::string_view path) { return has(path, flows); }

}  // namespace sallyport::lint
