#include "classify/credentials.hpp"

#include <algorithm>

#include "base/base64.hpp"

namespace sallyport::classify {
namespace {

struct Form {
  std::string_view prefix;
  Type type;
  Runs::Alphabet alphabet;
  std::size_t shortest;
  std::size_t longest;
};
constexpr auto forms = std::to_array<Form>({
#include "classify/credentials.inc"
});
static_assert(forms.size() >= 40);

// Bit n: the byte is in alphabet n.
constexpr auto members = [] {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    const auto set = [&](Runs::Alphabet alphabet, bool in) {
      if (in) table[i] = static_cast<std::uint8_t>(table[i] | (1u << alphabet));
    };
    set(Runs::digits, is_digit(c));
    set(Runs::hex, is_hex(c));
    set(Runs::base32, is_upper(c) || (c >= '2' && c <= '7'));
    set(Runs::alnum, is_alnum(c));
    set(Runs::url, is_alnum(c) || c == '-' || c == '_');
    set(Runs::url_dot, is_alnum(c) || c == '-' || c == '_' || c == '.');
    set(Runs::base64, is_alnum(c) || c == '-' || c == '_' || c == '+' || c == '/' || c == '=');
  }
  return table;
}();

constexpr std::size_t front_of(const char* three) {
  const auto at = [three](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(three[i])} << 8 * i; };
  return ((at(0) | at(1) | at(2)) * 0x9e3779b1u) >> 22;
}
// Which three bytes forms begin with: by a hash, so a few others pass.
constexpr auto fronts = [] {
  std::array<bool, 1024> table{};
  for (const Form& form : forms) {
    if (form.prefix.size() >= 3) {
      table[front_of(form.prefix.data())] = true;
      continue;
    }
    for (const char c : std::string_view("0123456789abcdefABCDEF")) {  // "SK" and a hexadecimal digit
      const std::array<char, 3> three = {form.prefix[0], form.prefix[1], c};
      table[front_of(three.data())] = true;
    }
  }
  for (const char* other : {"eyJ", "BEG", "pat", "atl", "Bea", "bea", "Bas", "bas"}) table[front_of(other)] = true;
  return table;
}();

// What a prefix and a length do not say.
bool holds(const Form& form, std::string_view rest) {
  const auto one_of = [&form](std::initializer_list<Type> types) {
    return std::ranges::find(types, form.type) != types.end();
  };
  if (form.type == Type::github_fine_grained) return rest[22] == '_';
  if (form.type == Type::sendgrid_key) return rest[22] == '.' && !rest.substr(23).contains('.');
  if (form.type == Type::plaid_token) return rest[8] == '-' && rest[13] == '-';
  if (form.type == Type::dynatrace_token) return rest.contains('.');
  if (one_of({Type::slack_token, Type::slack_webhook, Type::discord_token, Type::grafana_token, Type::postman_key,
              Type::brevo_key, Type::cloudflare_key})) {
    return std::ranges::any_of(rest, is_digit);
  }
  if (one_of({Type::crates_token, Type::nuget_key, Type::notion_token, Type::openai_key, Type::alibaba_key}))
    return looks_random(rest);
  return true;
}

// "-----BEGIN RSA PRIVATE KEY-----", also PGP's "PRIVATE KEY BLOCK".
std::size_t find_pem(std::string_view text, std::size_t at, Findings& out) {
  if (at < 5 || text.substr(at - 5, 5) != "-----") return 0;
  const std::string_view rest = text.substr(at, 64);
  const std::size_t close = rest.find("-----");
  if (close == std::string_view::npos || !rest.starts_with("BEGIN ")) return 0;
  const std::string_view label = rest.substr(6, close - 6);
  if (!label.ends_with("PRIVATE KEY") && !label.ends_with("PRIVATE KEY BLOCK")) return 0;
  // To its end, when that is there: what stands inside is nothing else.
  std::size_t end = at + close + 5;
  const std::string_view body = text.substr(end, 16384);
  if (const std::size_t last = body.find("-----END "); last != std::string_view::npos) {
    const std::size_t after = body.find("-----", last + 9);
    end += after == std::string_view::npos ? body.size() : after + 5;
  }
  out.add(Type::private_key, Confidence::high, at - 5, end);
  return end;
}

// "Bearer 4f9c…", "Basic dXNlcjpwYXNz": RFC 7235 with the schemes of RFC 6750 and RFC 7617.
std::size_t find_authorization(std::string_view text, std::size_t at, Runs& runs, Findings& out) {
  std::array<char, 7> scheme{};
  for (std::size_t i = 0; i < scheme.size() && at + i < text.size(); ++i) scheme[i] = lower(text[at + i]);
  const std::string_view word(scheme.data(), scheme.size());
  const bool bearer = word == "bearer ";
  if (!bearer && !word.starts_with("basic ")) return 0;
  const std::size_t begin = at + (bearer ? 7 : 6);
  const std::size_t end = runs.end(text, begin, Runs::base64);
  const std::string_view value = text.substr(begin, end - begin);
  if (bearer) {
    if (value.size() > 1024 || !looks_random(value)) return 0;
  } else {
    std::array<char, 256> plain;
    if (value.size() < 8 || value.size() > 300) return 0;
    const auto size = decode_base64(value, Base64::standard, plain.data());
    if (!size || !std::string_view(plain.data(), *size).contains(':')) return 0;
  }
  out.add(Type::http_authorization, Confidence::medium, at, end);
  return bearer ? 0 : end;  // a token may be of a known form
}

}  // namespace

std::size_t Runs::end(std::string_view text, std::size_t at, Alphabet alphabet) {
  Run& run = last_[alphabet];
  if (at >= run.begin && at < run.end) return run.end;
  std::size_t end = at;
  while (end < text.size() && (members[static_cast<unsigned char>(text[end])] >> alphabet & 1u) != 0) ++end;
  run = {at, end};
  return end;
}

bool may_begin_credential(const char* three) { return fronts[front_of(three)]; }

std::size_t find_credential(const Subject& s, std::size_t at, Runs& runs, Findings& out) {
  const std::string_view rest = s.text.substr(at);
  if (rest.starts_with("eyJ")) return find_jwt(s.text, at, runs, out);
  if (const char c = lower(rest.front()); c == 'b') {
    if (const std::size_t end = find_authorization(s.text, at, runs, out); end != 0) return end;
  }
  if (rest.starts_with("BEGIN ")) return find_pem(s.text, at, out);
  for (const Form& form : forms) {
    if (!rest.starts_with(form.prefix)) continue;
    const std::size_t begin = at + form.prefix.size();
    std::size_t end = runs.end(s.text, begin, form.alphabet);
    if (form.alphabet == Runs::url_dot) {
      while (end > begin && s.text[end - 1] == '.') --end;  // of the sentence
    }
    const std::size_t size = end - begin;
    if (size < form.shortest || (form.longest != 0 && size > form.longest)) continue;
    if (!s.ends_at(end) || !holds(form, s.text.substr(begin, size))) continue;
    // Documentation shows keys of one character: no secret.
    if (is_placeholder(s.text.substr(begin, size)) || s.text.substr(at, end - at).contains("EXAMPLE")) continue;
    out.add(form.type, Confidence::high, at, end);
    return end;
  }
  if (rest.starts_with("pat") && rest.size() >= 82 && rest[17] == '.') {  // Airtable: pat, 14, 64
    if (runs.end(s.text, at, Runs::alnum) == at + 17 && runs.end(s.text, at + 18, Runs::hex) == at + 82 &&
        s.ends_at(at + 82)) {
      out.add(Type::airtable_token, Confidence::high, at, at + 82);
      return at + 82;
    }
  }
  if (rest.starts_with("atlasv1.") && at >= 15 && s.text[at - 1] == '.') {  // Terraform: 14, atlasv1, 60 and more
    const std::size_t end = runs.end(s.text, at + 8, Runs::url);
    if (end - at - 8 >= 60 && std::ranges::all_of(s.text.substr(at - 15, 14), is_alnum)) {
      out.add(Type::terraform_token, Confidence::high, at - 15, end);
      return end;
    }
  }
  return 0;
}

std::size_t find_jwt(std::string_view text, std::size_t at, Runs& runs, Findings& out) {
  const std::size_t end = runs.end(text, at, Runs::url_dot);
  const std::string_view run = text.substr(at, end - at);
  const std::size_t head_end = run.substr(0, 2048).find('.');
  if (head_end == std::string_view::npos || head_end < 12) return 0;
  const std::string_view rest = run.substr(head_end + 1);
  const std::size_t middle = rest.find('.');
  if (middle == std::string_view::npos) return 0;
  // The header is a JSON object with "alg" (RFC 7515 4.1.1); its front is enough.
  std::array<char, 200> head;
  const auto size =
      decode_base64(run.substr(0, std::min<std::size_t>(head_end, 256) / 4 * 4), Base64::lenient, head.data());
  if (!size) return 0;
  const std::string_view json(head.data(), *size);
  if (!json.starts_with("{\"") || (!json.contains("\"alg\"") && head_end <= 256)) return 0;
  // A signed token's payload is JSON too; an encrypted one has five parts. "alg":"none" has no third.
  if (!rest.starts_with("eyJ") && std::ranges::count(rest.substr(0, 8192), '.') < 3) return 0;
  std::size_t last = end;
  while (last > at + head_end + 1 + middle + 1 && text[last - 1] == '.') --last;
  out.add(Type::jwt, Confidence::high, at, last);
  return last;
}

bool looks_random(std::string_view text) {
  if (text.size() < 16) return false;
  std::array<std::uint8_t, 128> seen{};
  int different = 0;
  int kinds = 0;
  int changes = 0;
  int last = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= seen.size()) return false;
    if (seen[byte]++ == 0) ++different;
    const int kind = is_upper(c) ? 1 : is_lower(c) ? 2 : is_digit(c) ? 4 : 0;
    kinds |= kind;
    if (kind != 0 && last != 0 && kind != last) ++changes;
    if (kind != 0) last = kind;
  }
  const int size = static_cast<int>(text.size());
  if (std::ranges::all_of(text, is_hex)) return size >= 32 && different >= 8 && (kinds & 4) != 0;
  return different >= 10 && (kinds & 4) != 0 && (kinds & 3) != 0 && changes * 4 >= std::min(size, 40);
}

bool is_stand_in(std::string_view value) {
  if (value.empty()) return true;
  constexpr auto words = std::to_array<std::string_view>(
      {"null",      "none",     "true",     "false",         "undefined",    "nil",    "string",      "password",
       "passwd",    "secret",   "required", "redacted",      "hidden",       "masked", "removed",     "invalid",
       "incorrect", "changeme", "example",  "your_password", "yourpassword", "token",  "n/a",         "empty",
       "optional",  "missing",  "filtered", "[redacted]",    "[filtered]",   "test",   "placeholder", "bearer",
       "basic",     "yes",      "off",      "enabled",       "disabled",     "unset"});
  std::array<char, 24> low;
  std::size_t size = 0;
  for (const char c : value.substr(0, low.size())) low[size++] = lower(c);
  if (value.size() <= low.size() && std::ranges::find(words, std::string_view(low.data(), size)) != words.end())
    return true;
  const char front = value.front();
  if ((front == '<' && value.back() == '>') || value.starts_with("${") || value.starts_with("{{") ||
      value.starts_with("$(") || front == '%' || value.starts_with("***")) {
    return true;
  }
  return std::ranges::all_of(value, [&](char c) { return c == front; });  // "xxxx", "****", "...."
}

}  // namespace sallyport::classify
