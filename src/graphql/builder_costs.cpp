// What a schema says of the costs of its fields: @cost and @listSize of IBM's GraphQL Cost Directives.
#include <algorithm>
#include <charconv>

#include "graphql/builder.hpp"

namespace sallyport::graphql {
namespace {

using decode::GraphqlKind;

// A whole number above nothing; 0 for others, and the most there is for what is larger.
std::uint32_t count_of(std::string_view text) {
  std::uint32_t out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  if (read.ec == std::errc::result_out_of_range) return UINT32_MAX;
  return read.ec == std::errc{} ? out : 0;
}

// "2", "2.5" (which counts as 3), or a number that is no text, as some write it.
std::uint32_t weight_of(std::string_view text) {
  const std::uint32_t whole = count_of(text);
  const std::size_t point = std::min(text.find('.'), text.size());
  const bool more = text.substr(point).find_first_of("123456789") != std::string_view::npos;
  return whole == UINT32_MAX ? whole : whole + (more ? 1 : 0);
}

}  // namespace

std::uint32_t Builder::default_count(const Node& input) {
  const Node* value = input.value();
  return value != nullptr && value->is(GraphqlKind::int_value) ? count_of(value->name) : 0;
}

// What is not as it should be says nothing: costs are an estimate.
void Builder::read_costs(const Node& node, Field& field) const {
  for (const Node& directive : node) {
    if (!directive.is(GraphqlKind::directive)) continue;
    for (const Node& argument : directive) {
      const Node& value = *argument.value();
      if (directive.name == "cost" && argument.name == "weight") field.weight = weight_of(value.name);
      if (directive.name != "listSize") continue;
      if (argument.name == "assumedSize") field.assumed_size = count_of(value.name);
      if (argument.name != "slicingArguments") continue;
      const auto arguments = Schema::run(schema_->inputs_, field.arguments);
      for (std::size_t i = 0; i < std::min<std::size_t>(32, arguments.size()); ++i) {
        // A list, or its only item.
        bool named = value.name == arguments[i].name;
        for (const Node& item : value) named = named || item.name == arguments[i].name;
        if (named) field.slicing |= 1u << i;
      }
    }
  }
}

}  // namespace sallyport::graphql
