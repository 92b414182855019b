// A typical order, parsed and judged, beside simdjson, which only parses it.
#include <benchmark/benchmark.h>

#include <simdjson.h>

#include <string>

#include "decode/json.hpp"
#include "schema/compiler.hpp"

namespace sallyport::schema {
namespace {

constexpr const char* order_schema =
    R"({"type":"object","required":["customer","currency","lines","total"],"properties":{
 "customer":{"type":"object","required":["id","email"],"properties":{"id":{"type":"string","format":"uuid"},
  "email":{"type":"string","format":"email","maxLength":100},"name":{"type":"string","minLength":1,"maxLength":80}}},
 "currency":{"enum":["EUR","USD","GBP"]},
 "lines":{"type":"array","minItems":1,"maxItems":100,"items":{"type":"object","required":["sku","quantity","unit_price"],
  "properties":{"sku":{"type":"string","pattern":"^SKU-[0-9]+$"},"name":{"type":"string","maxLength":120},
   "quantity":{"type":"integer","minimum":1,"maximum":99},"unit_price":{"$ref":"#/$defs/money"},
   "tax_rate":{"type":"number","minimum":0,"maximum":1},"gift_wrap":{"type":"boolean"},
   "attributes":{"type":"object","properties":{"colour":{"type":"string"},"weight_grams":{"type":"integer"}}}}}},
 "total":{"$ref":"#/$defs/money"},"note":{"type":"string","maxLength":500},"coupon":{"type":["string","null"]}},
 "$defs":{"money":{"type":"object","required":["amount","currency"],"properties":{
  "amount":{"type":"integer","minimum":0},"currency":{"type":"string","minLength":3,"maxLength":3}}}}})";

std::string order() {
  std::string text =
      R"({"customer":{"id":"5d0f3c1e-8a52-4a4f-9a3c-7e1b0f6d2c11","email":"jo@example.com","name":"Jo Field"},)"
      R"("currency":"EUR","lines":[)";
  for (int i = 0; i < 8; ++i) {
    text += R"({"sku":"SKU-1000)" + std::to_string(i) + R"(","name":"Walnut desk lamp, brown","quantity":)" +
            std::to_string(i + 1) +
            R"(,"unit_price":{"amount":1290,"currency":"EUR"},"tax_rate":0.21,"gift_wrap":true,)" +
            R"("attributes":{"colour":"brown","weight_grams":250}},)";
  }
  text.back() = ']';
  return text +
         R"(,"total":{"amount":123456,"currency":"EUR"},"note":"Please ring twice, the bell is old.","coupon":null})";
}

void parse_and_judge(benchmark::State& state) {
  Arena trees;
  Resources resources([](const std::string&) -> Result<const decode::Value*> { return nullptr; });
  const decode::Value* schema = *decode::parse_json(order_schema, trees);
  const auto resource = *resources.add_schema("order", *schema, Dialect{Version::draft2020, true, true});
  Compiler compiler(resources, {.closed = true});
  const SchemaId id = *compiler.compile(*schema, resource);
  const Program program = *compiler.finish();
  const std::string text = order();
  Arena arena;
  for (auto _ : state) {
    arena.reset();
    const auto tree = decode::parse_json(text, arena);
    const Judged judged = validate(program, id, **tree, arena);
    if (judged.judgement != Judgement::good) state.SkipWithError("refused");
    benchmark::DoNotOptimize(judged);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(parse_and_judge);

void simdjson_parses(benchmark::State& state) {
  const simdjson::padded_string text(order());
  simdjson::dom::parser parser;
  for (auto _ : state) {
    simdjson::dom::element root;
    if (parser.parse(text).get(root) != simdjson::SUCCESS) state.SkipWithError("refused");
    benchmark::DoNotOptimize(root);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(simdjson_parses);

}  // namespace
}  // namespace sallyport::schema
