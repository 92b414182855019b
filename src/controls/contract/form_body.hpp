// Forms and multipart forms as the object that their schema is about.
#pragma once

#include "controls/contract/misfit.hpp"
#include "controls/contract/plan.hpp"
#include "decode/content.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::controls::contract {

// `content` is of the format form or multipart. Fields that stand several times are arrays where the
// schema says so and refused elsewhere ("repeated"); objects are JSON, or `name[member]` with
// deepObject; a part must be of a type that `encoding` names ("part_type"). Quadratic in the number
// of fields, which the decoders bound. `program`: the one that `media` was compiled into.
[[nodiscard]] BodyTree form_tree(const decode::Content& content, const Media& media, const schema::Program& program,
                                 Arena& arena);

}  // namespace sallyport::controls::contract
