// Cost: how many objects a valid query may ask for, by what the schema says of its lists.
//
// Each field counts its weight (@cost, else 1), once for each item of the lists around it. The items
// of a field are what its slicing arguments say: those that @listSize names, else those of
// `lists.arguments`; as given, as the variable's value, or as the schema's default. Without one they
// are the assumed size of @listSize; of a list of which nothing is said, and of what could be sliced
// and is not, `lists.otherwise`.
#pragma once

#include "controls/graphql/measure.hpp"
#include "decode/value.hpp"
#include "graphql/validate.hpp"

namespace sallyport::controls::graphql {

// The most of all operations; stops at UINT64_MAX. Each fragment is counted once an operation: linear
// in the document, for each of its operations. `variables` may be null.
[[nodiscard]] std::uint64_t cost_of(const sallyport::graphql::Typed& typed, const sallyport::graphql::Schema& schema,
                                    const decode::Value* variables, const Lists& lists, Arena& arena);

}  // namespace sallyport::controls::graphql
