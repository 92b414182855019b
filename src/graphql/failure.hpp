// Why a document or a schema does not hold: the rule, and the place of the first thing that is wrong.
#pragma once

#include <cstddef>
#include <string_view>

namespace sallyport::graphql {

struct Failure {
  std::string_view rule;    // stable id: "fields_on_correct_type", or a limit: "merge_work"
  std::string_view detail;  // for a person, without names of the schema: "the type has no such field"
  std::string_view name;    // as the document writes it, or empty
  std::size_t offset = 0;   // in the document, in bytes
};

}  // namespace sallyport::graphql
