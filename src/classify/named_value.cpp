#include "classify/named_value.hpp"

#include <algorithm>
#include <array>

#include "base/address.hpp"
#include "classify/credentials.hpp"

#include <sallyport/message.hpp>

namespace sallyport::classify {
namespace {

bool in_name(char c) { return is_alnum(c) || c == '_' || c == '-' || c == '.'; }
bool ends_value(char c) {
  return static_cast<unsigned char>(c) <= ' ' || std::string_view("\"'`,;&{}()<>\\|").contains(c);
}

struct Assigned {
  std::string_view name;
  std::size_t begin = 0;  // of the value
  std::size_t end = 0;
  std::size_t name_begin = 0;
  bool quoted = false;
};

// `name = "value"`, `"name": "value"`, `name=value`; an empty name where there is none.
Assigned assigned_at(std::string_view text, std::size_t at) {
  Assigned out;
  std::size_t end = at;
  while (end > 0 && at - end < 4 &&
         (text[end - 1] == ' ' || text[end - 1] == '"' || text[end - 1] == '\'' || text[end - 1] == '\\'))
    --end;
  std::size_t begin = end;
  while (begin > 0 && end - begin < 48 && in_name(text[begin - 1])) --begin;
  if (begin == end || is_digit(text[begin]) || !std::ranges::any_of(text.substr(begin, end - begin), is_letter))
    return out;  // "10:15"
  std::size_t from = at + 1;
  while (from < text.size() && from - at <= 4 &&
         (text[from] == ' ' || text[from] == '"' || text[from] == '\'' || text[from] == '\\')) {
    out.quoted = out.quoted || text[from] == '"' || text[from] == '\'';
    ++from;
  }
  std::size_t to = from;
  while (to < text.size() && to - from < 512 && !ends_value(text[to])) ++to;
  out.name = text.substr(begin, end - begin);
  out.name_begin = begin;
  out.begin = from;
  out.end = to;
  return out;
}

bool is_database(std::string_view scheme) {
  constexpr auto schemes = std::to_array<std::string_view>(
      {"postgres",      "postgresql", "mysql", "mariadb", "mongodb",   "mongodb+srv", "redis",
       "rediss",        "amqp",       "amqps", "mssql",   "sqlserver", "oracle",      "clickhouse",
       "cassandra",     "couchbase",  "neo4j", "bolt",    "db2",       "cockroachdb", "influxdb",
       "elasticsearch", "memcached",  "nats",  "kafka",   "ldap",      "ldaps",       "jdbc"});
  return std::ranges::any_of(schemes, [&](std::string_view s) { return same_name(scheme, s); });
}

bool is_decimal(std::string_view text, int most) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos || point == 0 || point > 3 || text.size() - point <= 4) return false;
  return all_digits(text.substr(0, point)) && all_digits(text.substr(point + 1)) &&
         number(text.substr(0, point)) <= most;
}

bool is_bic(std::string_view text) {
  if (text.size() != 8 && text.size() != 11) return false;
  return std::ranges::all_of(text.substr(0, 6), is_upper) &&
         std::ranges::all_of(text.substr(6), [](char c) { return is_upper(c) || is_digit(c); });
}

bool has_credential(const Findings& out) {
  return std::ranges::any_of(out.all(), [](const Finding& f) { return class_of(f.type) == DataClass::credential; });
}

}  // namespace

std::size_t find_assignment(const Subject& s, std::size_t at, Findings& out) {
  const Assigned it = assigned_at(s.text, at);
  if (it.name.empty() || it.begin == it.end) return 0;
  const std::string_view value = s.text.substr(it.begin, it.end - it.begin);
  // Connection strings of Azure: 32 or 64 bytes of base64.
  if ((it.name == "AccountKey" || it.name == "SharedAccessKey") && (value.size() == 44 || value.size() == 88) &&
      value.back() == '=') {
    out.add(Type::azure_key, Confidence::high, it.name_begin, it.end);
    return it.end;
  }
  const Kinds kinds = kinds_of_name(it.name).kinds;
  if (kinds.has(Kind::password)) {
    if (value.size() < 3 || is_stand_in(value) || s.char_at(it.end) == '(') return 0;
    // "password: forgotten" is prose.
    if (s.text[at] == ':' && !it.quoted &&
        std::ranges::all_of(value, [](char c) { return is_lower(c) || c == '.' || c == '-'; }))
      return 0;
    out.add(Type::password_field, Confidence::medium, it.name_begin, it.end);
    return 0;  // the value may be something that is surer
  }
  if (kinds.has(Kind::aws_secret) && value.size() == 40 && looks_random(value)) {
    out.add(Type::aws_secret_key, Confidence::high, it.begin, it.end);
    return it.end;
  }
  if (kinds.has(Kind::secret) && value.size() >= 16 && looks_random(value) && !is_stand_in(value)) {
    out.add(Type::generic_secret, Confidence::medium, it.name_begin, it.end);
    return 0;
  }
  if (kinds.has(Kind::bic) && is_bic(value)) {
    out.add(Type::bic, Confidence::medium, it.begin, it.end);
    return it.end;
  }
  return 0;
}

std::size_t find_url_password(std::string_view text, std::size_t at, Findings& out) {
  std::size_t begin = at;
  while (begin > 0 && at - begin < 32 &&
         (is_alnum(text[begin - 1]) || text[begin - 1] == '+' || text[begin - 1] == '.' || text[begin - 1] == '-'))
    --begin;
  if (begin == at) return 0;
  constexpr std::size_t longest = 512;
  const std::string_view rest = text.substr(at + 3, longest);
  // RFC 3986 3.2: the authority ends at one of these; its last '@' ends the user information.
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?# \"'<>\\\n\r\t,"));
  const std::size_t sign = authority.rfind('@');
  if (sign == std::string_view::npos) return 0;
  const std::size_t colon = authority.find(':');
  if (colon >= sign) return 0;
  const std::string_view password = authority.substr(colon + 1, sign - colon - 1);
  if (password.empty() || is_stand_in(password)) return 0;
  const std::size_t end = at + 3 + authority.size();
  out.add(is_database(text.substr(begin, at - begin)) ? Type::db_dsn : Type::basic_auth_url, Confidence::high, begin,
          end);
  return end;
}

void find_by_name(const Subject& s, Findings& out) {
  if (s.name.empty() || s.text.empty()) return;
  const std::string_view text = s.text;
  const auto whole = [&](Type type, Confidence confidence) { out.add(type, confidence, 0, text.size()); };
  if (s.name.has(Kind::password) && text.size() >= 3 && text.size() <= 512 && !is_stand_in(text) &&
      !has_credential(out))
    return whole(Type::password_field, Confidence::high);
  const bool spaced = text.contains(' ');
  if (s.name.has(Kind::aws_secret) && text.size() == 40 && looks_random(text))
    return whole(Type::aws_secret_key, Confidence::high);
  if (s.name.any_of({Kind::secret, Kind::authorization}) && !spaced && text.size() <= 4096 && looks_random(text) &&
      !has_credential(out))
    return whole(Type::generic_secret, Confidence::medium);
  if (s.name.has(Kind::card_code) && (text.size() == 3 || text.size() == 4) && all_digits(text))
    return whole(Type::card_code, Confidence::high);
  if (s.name.has(Kind::bic) && is_bic(text)) return whole(Type::bic, Confidence::high);
  if (!out.empty()) return;
  const bool digits = std::ranges::any_of(text, is_digit);
  const bool letters =
      std::ranges::any_of(text, [](char c) { return is_letter(c) || static_cast<unsigned char>(c) >= 0x80; });
  if (s.name.has(Kind::person) && letters && !digits && text.size() >= 2 && text.size() <= 100 && !is_stand_in(text))
    return whole(Type::person_name, Confidence::medium);
  if (s.name.has(Kind::ip)) {
    if (const auto address = parse_address(text);
        address && text != "0.0.0.0" && text != "127.0.0.1" && text != "::" && text != "::1")
      return whole(Type::ip_address, Confidence::high);
  }
  if (s.name.has(Kind::address) && letters && digits && spaced && text.size() >= 6 && text.size() <= 250 &&
      !text.contains("://"))
    return whole(Type::postal_address, Confidence::medium);
  if ((s.name.has(Kind::latitude) && is_decimal(text, 90)) || (s.name.has(Kind::longitude) && is_decimal(text, 180)))
    return whole(Type::geo, Confidence::medium);
}

}  // namespace sallyport::classify
