// Bodies that are no JSON, judged by what the contract says of their media type.
#pragma once

#include <optional>

#include "controls/contract/misfit.hpp"
#include "controls/contract/plan.hpp"
#include "decode/content.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::controls::contract {

// How much of a body of this type can be held against the contract.
enum class Depth : std::uint8_t {
  type,    // its media type alone: files, and what no decoder or no schema speaks of
  form,    // that it is what it says it is
  schema,  // its schema, too
};
[[nodiscard]] Depth depth_of(const Media& media, const decode::MediaType& sent, const schema::Program& program);

// May a body of that type go on unread? Not where the contract takes any type and has a schema that
// a text or file cannot fit: JSON would come in as something else (CWE-436).
[[nodiscard]] bool may_go_unread(const Media& media, const schema::Program& program);

// The first misfit of a form, multipart form, XML document or text, or nothing. `program`: the one
// that `media` was compiled into.
[[nodiscard]] std::optional<Misfit> judge_content(const decode::Content& content, const Media& media, const Plan& plan,
                                                  const schema::Program& program, Arena& arena);

// "body /lines/0/quantity", of a value below `root`.
[[nodiscard]] std::string_view place_in(const decode::Value& root, const schema::Failure& failure, Arena& arena);

}  // namespace sallyport::controls::contract
