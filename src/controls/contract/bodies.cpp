#include "controls/contract/bodies.hpp"

#include "controls/contract/form_body.hpp"
#include "controls/contract/typed_text.hpp"
#include "controls/contract/xml_body.hpp"
#include "decode/pointer.hpp"

namespace sallyport::controls::contract {
namespace {

using decode::Format;
using decode::Kind;
using decode::Value;

constexpr std::uint8_t bit(Kind kind) { return static_cast<std::uint8_t>(1u << static_cast<unsigned>(kind)); }
constexpr std::uint8_t scalars =
    bit(Kind::string) | bit(Kind::number) | bit(Kind::boolean) | schema::Schema::integer_bit;

// A text has no members: a schema of objects was meant for the other media types.
bool takes_texts(const Media& media, const schema::Program& program) {
  return (program.schemas[media.schema].types & scalars) != 0;
}

BodyTree text_tree(std::string_view text, const Media& media, const schema::Program& program, Arena& arena) {
  [[clang::uninitialized]] decode::TreeWriter out(arena, {});
  if (!write_text(out, kind_of_text(text, program, media.schema, arena), text)) {
    return std::unexpected(Misfit{out.refusal().rule, "body"});
  }
  return out.finish();
}

BodyTree tree_of(const decode::Content& content, const Media& media, const Plan& plan, const schema::Program& program,
                 Arena& arena) {
  switch (content.format) {
    case Format::form:
    case Format::multipart:
      return form_tree(content, media, program, arena);
    case Format::xml:
      return xml_tree(content.xml, media, plan.xml, program, arena);
    case Format::text:
      return text_tree(content.text, media, program, arena);
    case Format::json:
      return content.values.front();
    case Format::binary:
    case Format::json_lines:
    case Format::json_sequence:
    case Format::graphql:
    case Format::protobuf:
    case Format::grpc:
      break;
  }
  return nullptr;
}

// Swagger 2: each field has a schema, and the form has none.
std::optional<Misfit> judge_fields(const Value& tree, const Media& media, const schema::Program& program,
                                   Arena& arena) {
  for (const Value& member : tree) {
    const FormField* const field = media.field(member.name());
    if (field == nullptr || field->schema == schema::none) continue;
    const auto judged = schema::validate(program, field->schema, member, arena);
    if (judged.judgement != schema::Judgement::good) {
      return Misfit{judged.failure.rule, place_in(tree, judged.failure, arena)};
    }
  }
  return std::nullopt;
}

}  // namespace

Depth depth_of(const Media& media, const decode::MediaType& sent, const schema::Program& program) {
  const bool described = media.schema != schema::none || !media.fields.empty();
  switch (decode::format_of(sent.essence)) {
    case Format::json:
    case Format::form:
    case Format::xml:
      return described ? Depth::schema : Depth::form;
    case Format::multipart:
      // Without a description these are uploads of any length.
      return described && sent.is("multipart/form-data") ? Depth::schema : Depth::type;
    case Format::text:
      return media.schema != schema::none && takes_texts(media, program) ? Depth::schema : Depth::type;
    case Format::json_lines:
    case Format::json_sequence:
      return Depth::form;
    case Format::binary:
    case Format::graphql:
    case Format::protobuf:
    case Format::grpc:
      break;
  }
  return Depth::type;
}

bool may_go_unread(const Media& media, const schema::Program& program) {
  return !media.type.ends_with('*') || media.schema == schema::none || takes_texts(media, program);
}

std::optional<Misfit> judge_content(const decode::Content& content, const Media& media, const Plan& plan,
                                    const schema::Program& program, Arena& arena) {
  if (media.schema == schema::none && media.fields.empty()) return std::nullopt;
  const BodyTree tree = tree_of(content, media, plan, program, arena);
  if (!tree) return tree.error();
  if (*tree == nullptr) return std::nullopt;
  if (media.schema == schema::none) return judge_fields(**tree, media, program, arena);
  const auto judged = schema::validate(program, media.schema, **tree, arena);
  if (judged.judgement == schema::Judgement::good) return std::nullopt;
  return Misfit{judged.failure.rule, place_in(**tree, judged.failure, arena)};
}

std::string_view place_in(const Value& root, const schema::Failure& failure, Arena& arena) {
  constexpr std::size_t shown = 256;
  std::string pointer = decode::pointer_to(root, *failure.value, failure.name);
  if (pointer.size() > shown) pointer.resize(shown);
  return arena.concat("body ", pointer.empty() ? "(root)" : pointer);
}

}  // namespace sallyport::controls::contract
