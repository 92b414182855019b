// Any bytes as a schema, in both forms: reading ends, refusals say why, and what is accepted names
// only what it has.
#include <cstdlib>

#include "graphql/schema.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace sallyport::graphql;
  const auto schema = Schema::read({reinterpret_cast<const char*>(data), size}, {.nodes = 20'000, .types = 2'000});
  if (!schema) {
    if (schema.error().message.empty()) std::abort();
    return 0;
  }
  const Schema& read = **schema;
  if (read.root("query") == nullptr) std::abort();
  for (const Type& type : read.types()) {
    for (const Field& field : read.fields(type)) {
      if (field.type.type >= read.types().size() || field.parent != read.id(type)) std::abort();
      if (!read.of(field.type).is_output()) std::abort();
      for (const Input& argument : read.arguments(field)) {
        if (read.argument(field, argument.name) != &argument || !read.of(argument.type).is_input()) std::abort();
      }
    }
    if (type.is_composite() && !read.overlap(type, type)) std::abort();
  }
  return 0;
}
