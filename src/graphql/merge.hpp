// Which fields meet under one name in the answer, and whether they can be one (§5.3.2,
// FieldsInSetCanMerge). The specification compares every pair; here the fields of a name are
// collected once a level and each is compared with the first, which says the same, since all that
// is compared is an equivalence (the idea is Simon Adameit's). Fields that stand alone are looked
// at once, wherever their fragments are spread. The rest is bounded by limits.merge_work.
#pragma once

#include <optional>

#include "graphql/validate.hpp"

namespace sallyport::graphql {

// Rules: "overlapping_fields_can_be_merged", "merge_work", "merge_depth".
[[nodiscard]] std::optional<Failure> conflict_in(const Typed& typed, Arena& arena, const ValidationLimits& limits);

}  // namespace sallyport::graphql
