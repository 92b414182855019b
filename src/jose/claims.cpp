#include "jose/claims.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "decode/json.hpp"

namespace sallyport::jose {
namespace {

using decode::Kind;
using decode::Value;

std::optional<double> number_of(const Value& value) {
  if (!value.is(Kind::number)) return std::nullopt;
  const std::string_view text = value.text();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

// Only long numbers and such with exponents can be too large for a double.
bool fits_double(const Value& value) {
  const std::string_view text = value.text();
  return (text.size() < 300 && text.find_first_of("eE") == std::string_view::npos) || number_of(value).has_value();
}

// Claims that name somebody: text by RFC 7519 §4.1, RFC 8693 §4.3 and OpenID Connect §2.
constexpr auto text_claims = std::to_array<std::string_view>({"iss", "sub", "jti", "client_id", "azp"});

struct Time {
  bool there = false;
  bool good = true;
  double seconds = 0;
};

Time time_of(const Value& claims, std::string_view name) {
  const Value* claim = claims.find(name);
  if (claim == nullptr) return {};
  const auto seconds = read_time(*claim);
  return {true, seconds.has_value(), seconds.value_or(0)};
}

std::optional<Reason> check_times(const Value& claims, const TokenRules& rules, std::int64_t now_seconds) {
  const auto now = static_cast<double>(now_seconds);
  const auto leeway = static_cast<double>(rules.leeway);
  const Time expires = time_of(claims, "exp");
  const Time begins = time_of(claims, "nbf");
  const Time issued = time_of(claims, "iat");
  if (!expires.good || !begins.good || !issued.good) return Reason{"claim_type", "exp, nbf or iat is no time"};
  if (!expires.there) return Reason{"claim_missing", "the token has no exp"};
  if (now >= expires.seconds + leeway) return Reason{"expired", "the token's time is over"};
  if (begins.there && now + leeway < begins.seconds) return Reason{"not_yet_valid", "the token's time has not begun"};
  if (issued.there && now + leeway < issued.seconds) return Reason{"issued_in_future", "iat lies ahead"};
  if (rules.max_lifetime) {
    const double from = issued.there ? issued.seconds : now;
    const double slack = issued.there ? 0 : leeway;
    if (expires.seconds - from > static_cast<double>(*rules.max_lifetime) + slack) {
      return Reason{"lifetime", "the token lives longer than is allowed"};
    }
  }
  return std::nullopt;
}

std::optional<Reason> check_audience(const Value& claims, const TokenRules& rules) {
  const Value* audience = claims.find("aud");
  if (audience == nullptr) return Reason{"claim_missing", "the token has no aud"};
  const auto is_ours = [&](const Value& one) {
    return std::ranges::find(rules.audiences, one.text()) != rules.audiences.end();
  };
  if (audience->is(Kind::string)) {
    if (is_ours(*audience)) return std::nullopt;
  } else if (audience->is(Kind::array)) {
    bool ours = false;
    for (const Value& one : *audience) {
      if (!one.is(Kind::string)) return Reason{"claim_type", "aud is no list of strings"};
      ours = ours || is_ours(one);
    }
    if (ours) return std::nullopt;
  } else {
    return Reason{"claim_type", "aud is neither string nor list"};
  }
  return Reason{"audience", "the token is meant for somebody else"};
}

template <class Add>
void each_word(const Value& claim, const Add& add) {
  if (claim.is(Kind::array)) {
    if (std::ranges::any_of(claim, [](const Value& one) { return !one.is(Kind::string); })) return;
    for (const Value& one : claim) add(one.text());
  } else if (claim.is(Kind::string)) {
    std::string_view rest = claim.text();
    while (!rest.empty()) {
      const std::size_t space = rest.find(' ');
      if (space != 0) add(rest.substr(0, space));
      rest = space == std::string_view::npos ? std::string_view() : rest.substr(space + 1);
    }
  }
}

std::optional<Reason> check_header(const Jws& jws, const TokenRules& rules) {
  if (!rules.algorithms.has(jws.algorithm)) return Reason{"algorithm", "the issuer does not sign with this algorithm"};
  if (!jws.type) {
    if (!rules.untyped) return Reason{"type", "the token has no typ"};
    return std::nullopt;
  }
  const bool known =
      std::ranges::any_of(rules.types, [&](const std::string& one) { return same_type(one, *jws.type); });
  if (!known) return Reason{"type", "another kind of token"};
  return std::nullopt;
}

}  // namespace

std::optional<double> read_time(const Value& claim) {
  const auto seconds = number_of(claim);
  return seconds && std::abs(*seconds) <= max_time ? seconds : std::nullopt;
}

std::expected<const Value*, Reason> read_claims(const Jws& jws, Arena& arena) {
  const auto parsed = decode::parse_json(jws.payload, arena);
  if (!parsed) return std::unexpected(Reason{"claims", parsed.error().detail});
  if (!(*parsed)->is(Kind::object)) return std::unexpected(Reason{"claims", "the claims are no object"});
  for (const Value* one = *parsed; one != (*parsed)->after(); ++one) {
    if (one->is(Kind::number) && !fits_double(*one)) return std::unexpected(Reason{"claims", "a number is too large"});
  }
  return *parsed;
}

std::optional<Reason> check_claims(const Jws& jws, const Value& claims, const TokenRules& rules, std::int64_t now) {
  if (auto wrong = check_header(jws, rules)) return wrong;
  return check_claims(claims, rules, now);
}

std::optional<Reason> check_claims(const Value& claims, const TokenRules& rules, std::int64_t now) {
  for (const std::string_view name : text_claims) {
    const Value* claim = claims.find(name);
    if (claim != nullptr && !claim->is(Kind::string))
      return Reason{"claim_type", "a claim that is text has another type"};
  }
  const Value* issuer = claims.find("iss");
  if (issuer == nullptr || issuer->text() != rules.issuer) return Reason{"issuer", "another issuer"};
  if (auto wrong = check_audience(claims, rules)) return wrong;
  if (auto wrong = check_times(claims, rules, now)) return wrong;
  for (const std::string& name : rules.required) {
    const Value* claim = claims.find(name);
    const bool empty = claim == nullptr || claim->is(Kind::null) || (claim->is(Kind::string) && claim->text().empty());
    if (empty) return Reason{"claim_missing", "a claim that is required is not there"};
  }
  return std::nullopt;
}

const Value* find_claim(const Value& claims, std::string_view path) {
  if (!claims.is(Kind::object)) return nullptr;
  if (const Value* whole = claims.find(path)) return whole;
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return nullptr;
  const Value* outer = claims.find(path.substr(0, dot));
  return outer == nullptr ? nullptr : find_claim(*outer, path.substr(dot + 1));
}

std::span<const std::string_view> words_of(const Value& claims, std::span<const std::string> paths, Arena& arena) {
  // Counted first, so that they are made in one piece.
  std::size_t count = 0;
  std::span<std::string_view> words;
  const auto add = [&](std::string_view word) {
    if (!words.empty()) words[count] = word;
    ++count;
  };
  const auto each = [&] {
    for (const std::string& path : paths) {
      if (const Value* claim = find_claim(claims, path)) each_word(*claim, add);
    }
  };
  each();
  if (count == 0) return {};
  words = arena.array<std::string_view>(count);
  count = 0;
  each();
  return words;
}

}  // namespace sallyport::jose
