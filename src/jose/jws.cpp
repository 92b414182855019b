#include "jose/jws.hpp"

#include <array>

#include "base/base64.hpp"
#include "decode/json.hpp"

#include <sallyport/message.hpp>

namespace sallyport::jose {
namespace {

std::unexpected<Reason> refused(std::string_view rule, std::string_view detail) {
  return std::unexpected(Reason{rule, detail});
}

std::optional<std::string_view> decoded(std::string_view part, Arena& arena) {
  const auto out = arena.array<char>(part.size() / 4 * 3 + 3);
  const auto size = decode_base64(part, Base64::url, out.data());
  if (!size) return std::nullopt;
  return std::string_view(out.data(), *size);
}

std::string_view without_application(std::string_view type) {
  constexpr std::string_view prefix = "application/";
  if (type.size() <= prefix.size() || type.substr(prefix.size()).contains('/')) return type;
  return same_name(type.substr(0, prefix.size()), prefix) ? type.substr(prefix.size()) : type;
}

// Parameters that change what the bytes mean. We do none of it, so a token that has one is not read
// as if it had not: extensions (crit), unencoded payloads (b64, RFC 7797), and what only encrypted
// tokens have.
constexpr auto refused_parameters = std::to_array<std::string_view>({"crit", "b64", "zip", "enc"});

}  // namespace

bool same_type(std::string_view a, std::string_view b) {
  return same_name(without_application(a), without_application(b));
}

std::expected<Jws, Reason> read_jws(std::string_view compact, Arena& arena) {
  if (compact.size() > Jws::max_bytes) return refused("size", "the token is longer than 16 KiB");
  const std::size_t first = compact.find('.');
  const std::size_t second = first == std::string_view::npos ? first : compact.find('.', first + 1);
  if (second == std::string_view::npos || compact.find('.', second + 1) != std::string_view::npos) {
    return refused("form", "a signed token has three parts");
  }
  const auto header = decoded(compact.substr(0, first), arena);
  const auto payload = decoded(compact.substr(first + 1, second - first - 1), arena);
  const auto signature = decoded(compact.substr(second + 1), arena);
  if (!header || !payload || !signature) return refused("encoding", "a part is no canonical base64url");

  const auto parsed = decode::parse_json(*header, arena);
  if (!parsed) return refused("header", parsed.error().detail);
  if (!(*parsed)->is(decode::Kind::object)) return refused("header", "the header is no object");
  Jws jws{.compact = compact,
          .signing_input = compact.substr(0, second),
          .payload = *payload,
          .signature = *signature,
          .header = *parsed};
  for (const std::string_view name : refused_parameters) {
    if (jws.header->find(name) != nullptr) return refused("critical", "the header asks for an extension");
  }
  const auto text = [&](std::string_view name, std::optional<std::string_view>& out) {
    const decode::Value* member = jws.header->find(name);
    if (member == nullptr) return true;
    if (member->is(decode::Kind::string)) out = member->text();
    return out.has_value();
  };
  std::optional<std::string_view> name;
  if (!text("alg", name) || !text("kid", jws.key_id) || !text("typ", jws.type)) {
    return refused("header", "alg, kid or typ is no string");
  }
  const auto algorithm = algorithm_named(name.value_or(""));
  if (!algorithm) return refused("algorithm", "the algorithm is unknown, or none");
  jws.algorithm = *algorithm;
  if (jws.signature.empty()) return refused("form", "the signature is empty");
  return jws;
}

}  // namespace sallyport::jose
