#include "controls/contract/examples.hpp"

#include "controls/contract/bodies.hpp"
#include "decode/json.hpp"

namespace sallyport::controls::contract {
namespace {

bool is_direction(std::string_view rule) { return rule == "readOnly" || rule == "writeOnly"; }

// Many authors write the JSON of an example as a text.
const decode::Value& plain(const decode::Value& value, const schema::Program& program, schema::SchemaId schema,
                           Arena& arena) {
  constexpr auto string = static_cast<unsigned>(decode::Kind::string);
  const bool takes_text = (program.schemas[schema].types >> string & 1u) != 0;
  if (!value.is(decode::Kind::string) || takes_text) return value;
  const auto tree = decode::parse_json(value.text(), arena);
  return tree ? **tree : value;
}

}  // namespace

ExampleReport judge_examples(const Plan& plan) {
  ExampleReport out;
  for (const Example& example : plan.examples) {
    if (example.schema == schema::none) continue;
    ++out.count;
    Arena arena;
    const schema::Program& program = example.answer ? plan.answers : plan.requests;
    const decode::Value& value = plain(*example.value, program, example.schema, arena);
    schema::Judged judged = schema::validate(program, example.schema, value, arena);
    if (judged.judgement == schema::Judgement::bad && is_direction(judged.failure.rule)) {
      std::vector<const decode::Value*> dropped;
      judged = schema::validate(program, example.schema, value, arena, {}, {&dropped});
    }
    if (judged.judgement == schema::Judgement::good) continue;
    out.bad.push_back(
        {example.where, std::string(place_in(value, judged.failure, arena)), std::string(judged.failure.rule)});
  }
  return out;
}

}  // namespace sallyport::controls::contract
