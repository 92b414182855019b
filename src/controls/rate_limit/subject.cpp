#include "controls/rate_limit/subject.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "http/characters.hpp"

namespace sallyport::controls::rate_limit {
namespace {

using Kind = Subject::Kind;

struct Name {
  std::string_view text;
  Kind kind;
};
constexpr auto names = std::to_array<Name>({{"ip", Kind::ip},
                                            {"user", Kind::user},
                                            {"token", Kind::token},
                                            {"api_key", Kind::api_key},
                                            {"client", Kind::client},
                                            {"tenant", Kind::tenant},
                                            {"operation", Kind::operation},
                                            {"class", Kind::op_class}});
constexpr std::string_view header_prefix = "header:";

struct Parts {
  std::array<std::string_view, 2> text;
  Kind kind;
};

std::string_view address_text(const Address& address, unsigned prefix, Arena& arena) {
  if (address.is_v4())
    return {reinterpret_cast<const char*>(&address.bytes[12]), 4};  // the connection outlives the call
  auto masked = arena.array<char>(16);
  std::memcpy(masked.data(), address.bytes.data(), 16);
  for (unsigned bit = prefix; bit < 128; ++bit) {
    masked[bit / 8] = static_cast<char>(static_cast<unsigned char>(masked[bit / 8]) & ~(0x80u >> (bit % 8)));
  }
  return {masked.data(), masked.size()};
}

// What stands for a token: its id, its key, or who it was issued for.
Parts token_of(const Actor& actor) {
  if (!actor.token_id.empty()) return {{actor.token_id, actor.issuer}, Kind::token};
  if (!actor.key_id.empty()) return {{actor.key_id, {}}, Kind::api_key};
  return {{actor.subject, actor.issuer}, Kind::user};
}

Parts part_of(const Subject& subject, const Context& context, Class of) {
  const Actor& actor = context.actor();
  switch (subject.kind) {
    case Kind::ip:
      return {{}, Kind::ip};
    case Kind::user:
      return {{actor.subject, actor.issuer}, Kind::user};
    case Kind::token:
      return token_of(actor);
    case Kind::api_key:
      return {{actor.key_id, {}}, Kind::api_key};
    case Kind::client:
      return {{actor.client, actor.issuer}, Kind::client};
    case Kind::tenant:
      return {{actor.tenant, {}}, Kind::tenant};
    case Kind::operation: {
      const Route& route = context.route();
      if (route.operation != nullptr) return {{route.operation->label, {}}, Kind::operation};
      return {{"other", {}}, Kind::operation};
    }
    case Kind::op_class:
      return {{name_of(of), {}}, Kind::op_class};
    case Kind::header: {
      const Field* field = context.request().fields.find(std::string_view(subject.name));
      return {{field != nullptr ? field->value : std::string_view{}, {}}, Kind::header};
    }
  }
  return {{}, Kind::ip};
}

}  // namespace

Result<Subject> parse_subject(std::string_view text) {
  for (const Name& name : names) {
    if (name.text == text) return Subject{name.kind, {}};
  }
  if (text.starts_with(header_prefix)) {
    const std::string_view field = text.substr(header_prefix.size());
    if (!field.empty() && http::all(field, http::character::tchar)) return Subject{Kind::header, std::string(field)};
  }
  return fail(ErrorCode::invalid, "expected ip, user, token, api_key, client, tenant, operation, class or header:NAME");
}

std::string format_subject(const Subject& subject) {
  if (subject.kind == Kind::header) return std::string(header_prefix) + subject.name;
  return std::string(std::ranges::find(names, subject.kind, &Name::kind)->text);
}

std::string_view subject_text(const std::vector<Subject>& by, const Context& context, Class of, unsigned prefix) {
  constexpr std::size_t most = 8;
  std::array<Parts, most> parts;
  std::size_t count = 0;
  std::size_t size = 0;
  for (const Subject& one : by) {
    if (count == most) break;  // the configuration has fewer
    Parts part = part_of(one, context, of);
    if (part.text[0].empty())
      part = {{address_text(context.connection().client, prefix, context.arena()), {}}, Kind::ip};
    size += 1 + 4 + part.text[0].size() + 4 + part.text[1].size();
    parts[count++] = part;
  }
  auto out = context.arena().array<char>(size);
  char* at = out.data();
  for (std::size_t i = 0; i < count; ++i) {
    *at++ = static_cast<char>(parts[i].kind);
    for (const std::string_view text : parts[i].text) {
      const auto length = static_cast<std::uint32_t>(text.size());
      std::memcpy(at, &length, sizeof length);
      at += sizeof length;
      if (!text.empty()) std::memcpy(at, text.data(), text.size());
      at += text.size();
    }
  }
  return {out.data(), size};
}

}  // namespace sallyport::controls::rate_limit
