#include "controls/protect_logins/credentials.hpp"

#include <algorithm>
#include <optional>
#include <span>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "decode/content.hpp"
#include "decode/leaves.hpp"
#include "decode/value.hpp"
#include "jose/claims.hpp"

namespace sallyport::controls::protect_logins {
namespace {

using decode::Kind;
using decode::Value;

constexpr auto account_names = std::to_array<std::string_view>(
    {"account", "accountid", "accountname", "customerid", "email",    "emailaddress", "identifier", "identity",
     "login",   "loginid",   "loginname",   "mail",       "mobile",   "msisdn",       "phone",      "phonenumber",
     "uid",     "user",      "userid",      "userlogin",  "username", "useremail"});
constexpr auto password_names =
    std::to_array<std::string_view>({"password", "passwd", "pwd", "pass", "passphrase", "passcode", "pin", "otp",
                                     "currentpassword", "oldpassword", "newpassword", "userpassword", "clientsecret"});

constexpr auto client_names = std::to_array<std::string_view>({"clientid"});
constexpr std::size_t max_elements = 255;  // of XML that are looked at

// Without `_`, `-` and case; false when it is longer than any name that counts.
template <class Names>
bool is_one_of(std::string_view name, const Names& names) {
  std::array<char, 16> plain{};
  std::size_t size = 0;
  for (const char c : name) {
    if (c == '_' || c == '-') continue;
    if (size == plain.size()) return false;
    plain[size++] = lower(c);
  }
  return std::ranges::find(names, std::string_view(plain.data(), size)) != names.end();
}

class Reader {
 public:
  explicit Reader(Arena& arena) : arena_(arena) {}

  std::optional<Reason> account(const Value& value) {
    if (!value.is(Kind::string) && !value.is(Kind::number)) {
      return Reason{"account_form", "the name of the account is no text"};
    }
    return account(value.text());
  }
  std::optional<Reason> account(std::string_view text) {
    const std::string_view name = normalise(text, arena_);
    const auto known = std::span(out.accounts).first(out.count);
    if (name.empty() || std::ranges::find(known, name) != known.end()) return std::nullopt;
    if (out.count == Credentials::max_accounts) return Reason{"account_unclear", "the body names too many accounts"};
    out.accounts[out.count++] = name;
    return std::nullopt;
  }

  // Members with usual names, here and one level down: {"user": {"email": …, "password": …}}.
  std::optional<Reason> usual(const Value& object, bool clients, int depth = 0) {
    for (const Value& member : object) {
      const bool named = is_account(member.name(), clients);
      if (member.is(Kind::object) && depth == 0) {
        const std::size_t before = out.count;
        if (const auto wrong = usual(member, clients, depth + 1)) return wrong;
        if (named && out.count == before) return account(member);  // {"email": {"$ne": ""}}
      } else if (named) {
        if (const auto wrong = account(member)) return wrong;
      } else if (member.is(Kind::string)) {
        password(member.name(), member.text());
      }
    }
    return std::nullopt;
  }
  // The same of a form's field, a part or an element.
  std::optional<Reason> usual(std::string_view name, std::string_view value, bool clients) {
    if (is_account(name, clients)) return account(value);
    password(name, value);
    return std::nullopt;
  }
  void password(std::string_view name, std::string_view value) {
    if (out.password.empty() && is_password_name(name)) out.password = value;
  }

  std::optional<Reason> basic(std::string_view authorization) {
    constexpr std::string_view scheme = "basic ";
    if (authorization.size() <= scheme.size() || !same_name(authorization.substr(0, 5), "basic")) return std::nullopt;
    authorization.remove_prefix(scheme.size());
    auto room = arena_.array<char>(authorization.size() / 4 * 3 + 3);
    const auto size = decode_base64(authorization, Base64::lenient, room.data());
    if (!size) return std::nullopt;
    const std::string_view pair(room.data(), *size);
    const std::size_t colon = pair.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    if (out.password.empty()) out.password = pair.substr(colon + 1);
    return account(pair.substr(0, colon));
  }

  Credentials out;
  std::optional<std::string_view> grant;  // of OAuth 2

 private:
  static bool is_account(std::string_view name, bool clients) {
    return is_one_of(name, account_names) || (clients && is_one_of(name, client_names));
  }

  Arena& arena_;
};

}  // namespace

std::string_view normalise(std::string_view account, Arena& arena) {
  while (!account.empty() && is_space(account.front())) account.remove_prefix(1);
  while (!account.empty() && is_space(account.back())) account.remove_suffix(1);
  const auto out = arena.array<char>(account.size());
  std::ranges::transform(account, out.begin(), lower);
  return {out.data(), out.size()};
}

bool is_password_name(std::string_view name) { return is_one_of(name, password_names); }

namespace {

// A name and its value, of forms and of what is like them.
struct Flat {
  std::string_view name;
  std::string_view value;
};

std::optional<Reason> read_flat(std::span<const Flat> all, const LoginOperation& rule, Reader& reader) {
  const auto named = [&](std::string_view name) { return std::ranges::find(all, name, &Flat::name); };
  if (const auto told = named(rule.password); told != all.end() && !rule.password.empty()) {
    reader.out.password = told->value;
  }
  for (const std::string& path : rule.account) {
    if (named(path) == all.end()) continue;
    for (const Flat& one : all) {  // each of that name: nobody knows which one the API reads
      reader.password(one.name, one.value);
      if (one.name != path) continue;
      if (const auto wrong = reader.account(one.value)) return wrong;
    }
    return std::nullopt;
  }
  if (!rule.account.empty()) return std::nullopt;
  if (const auto grant = named("grant_type"); grant != all.end()) reader.grant = grant->value;
  const bool clients = reader.grant == "client_credentials";
  for (const Flat& one : all) {
    if (const auto wrong = reader.usual(one.name, one.value, clients)) return wrong;
  }
  return std::nullopt;
}

std::optional<Reason> read_tree(const Value& root, const LoginOperation& rule, Reader& reader) {
  if (!rule.password.empty()) {
    const Value* password = jose::find_claim(root, rule.password);
    if (password != nullptr && password->is(Kind::string)) reader.out.password = password->text();
  }
  for (const std::string& path : rule.account) {
    const Value* value = jose::find_claim(root, path);
    if (value == nullptr) continue;
    for (const Value& member : root) {
      if (member.is(Kind::string)) reader.password(member.name(), member.text());
    }
    return reader.account(*value);
  }
  if (!rule.account.empty() || !root.is(Kind::object)) return std::nullopt;
  if (const Value* grant = root.find("grant_type"); grant != nullptr) reader.grant = grant->text();
  return reader.usual(root, reader.grant == "client_credentials");
}

// Nothing when there is more than is looked at: the one that counts may be behind it.
std::optional<std::span<const Flat>> flat(const decode::Content& content, Arena& arena) {
  if (content.format == decode::Format::form) {
    const auto out = arena.array<Flat>(content.form.items.size());
    std::ranges::transform(content.form.items, out.begin(), [](const auto& one) { return Flat{one.name, one.value}; });
    return out;
  }
  if (content.format == decode::Format::multipart) {
    const auto out = arena.array<Flat>(content.multipart.parts.size());
    std::ranges::transform(content.multipart.parts, out.begin(),
                           [](const auto& one) { return Flat{one.name, one.content}; });
    return out;
  }
  const auto all = arena.array<Flat>(max_elements);
  std::size_t count = 0;
  const auto visited = decode::visit_content(content, arena, [&](const decode::Leaf& leaf) {
    using decode::Place;
    const bool text = leaf.place == Place::xml_text || leaf.place == Place::xml_cdata;
    if (!text && leaf.place != Place::xml_attribute) return true;
    if (count == all.size()) return false;
    all[count++] = {leaf.name, leaf.value};
    return true;
  });
  if (visited.stopped) return std::nullopt;
  return all.first(count);
}

}  // namespace

std::expected<Credentials, Reason> read_credentials(const Context& context, const LoginOperation& rule) {
  Arena& arena = context.arena();
  const Fields& fields = context.request().fields;
  Reader reader(arena);
  const Field* const basic = rule.account.empty() ? fields.find(FieldName::authorization) : nullptr;
  if (context.body().empty()) {
    if (basic != nullptr) static_cast<void>(reader.basic(basic->value));  // there is room for one
    return reader.out;
  }
  const auto content = decode::read_content(fields, context.body(), arena);
  if (!content) return std::unexpected(Reason{"body", content.error().detail});
  std::optional<Reason> wrong;
  switch (content->format) {
    case decode::Format::json:
      wrong = read_tree(*content->values.front(), rule, reader);
      break;
    case decode::Format::form:
    case decode::Format::multipart:
    case decode::Format::xml:
      if (const auto all = flat(*content, arena)) {
        wrong = read_flat(*all, rule, reader);
      } else {
        wrong = Reason{"account_unclear", "the body has too many elements"};
      }
      break;
    case decode::Format::binary:
    case decode::Format::text:
    case decode::Format::json_lines:
    case decode::Format::json_sequence:
    case decode::Format::graphql:
    case decode::Format::protobuf:
    case decode::Format::grpc:
      wrong = Reason{"media_type", "an account may stand in a body of this type, and cannot be read"};
      break;
  }
  if (wrong) return std::unexpected(*wrong);
  // Of a token endpoint they are the client's, which many users share: their mistakes are not its own.
  const bool own = !reader.grant || *reader.grant == "client_credentials";
  if (basic != nullptr && own) wrong = reader.basic(basic->value);
  if (wrong) return std::unexpected(*wrong);
  return reader.out;
}

}  // namespace sallyport::controls::protect_logins
