#include "controls/authenticate/bearer.hpp"

#include "http/characters.hpp"

namespace sallyport::controls::authenticate {
namespace {

bool is_token_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~' || c == '+' || c == '/';
}

}  // namespace

std::optional<std::string_view> bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer";
  if (authorization.size() <= scheme.size() || authorization[scheme.size()] != ' ') return std::nullopt;
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    if (http::lower(authorization[i]) != scheme[i]) return std::nullopt;
  }
  std::string_view token = authorization.substr(scheme.size());
  token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
  std::size_t end = 0;
  while (end < token.size() && is_token_byte(token[end])) ++end;
  if (end == 0 || token.find_first_not_of('=', end) != std::string_view::npos) return std::nullopt;
  return token;
}

Challenges::Challenges(std::string_view realm, std::span<const std::string> scopes)
    : no_credentials("Bearer realm=\"" + std::string(realm) + '"'),
      invalid_token(no_credentials + ", error=\"invalid_token\""),
      insufficient_scope(no_credentials + ", error=\"insufficient_scope\"") {
  if (scopes.empty()) return;
  insufficient_scope += ", scope=\"";
  for (const std::string& scope : scopes) {
    if (&scope != scopes.data()) insufficient_scope += ' ';
    insufficient_scope += scope;
  }
  insufficient_scope += '"';
}

}  // namespace sallyport::controls::authenticate
