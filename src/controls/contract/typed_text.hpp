// Texts of parameters, forms and XML as the kind of value that their schema takes: `12` is a number
// where the schema takes numbers, and a string where it takes strings.
#pragma once

#include <string_view>

#include "decode/tree_writer.hpp"
#include "schema/program.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::controls::contract {

// A number of JSON, as a whole.
[[nodiscard]] bool is_number(std::string_view text, Arena& arena);

// Of the kinds that the schema takes the first that the text can be and that the schema calls good:
// null for an empty text, number, boolean, string. `none` is good with any: a string.
[[nodiscard]] decode::Kind kind_of_text(std::string_view text, const schema::Program& program, schema::SchemaId schema,
                                        Arena& arena);

// The text as the next value.
[[nodiscard]] bool write_text(decode::TreeWriter& out, decode::Kind kind, std::string_view text);

// A whole tree as the next value.
[[nodiscard]] bool write_tree(decode::TreeWriter& out, const decode::Value& tree);

}  // namespace sallyport::controls::contract
