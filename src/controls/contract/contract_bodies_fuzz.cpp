// Any bytes as a form, a multipart form, an XML document, a text or JSON of one contract: judging
// ends, what is refused has a reason, and what is left of a minimised answer fits and holds nothing
// that is not named.
#include <cstdlib>
#include <string>

#include "controls/contract/bodies.hpp"
#include "controls/contract/minimise.hpp"
#include "controls/contract/plan_builder.hpp"
#include "decode/json.hpp"

namespace {

using namespace sallyport;
namespace contract = controls::contract;

constexpr const char* description = R"(
openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /x:
    post:
      requestBody:
        content:
          application/x-www-form-urlencoded: { schema: { $ref: "#/components/schemas/T" }, encoding: { list: { explode: false }, deep: { style: deepObject } } }
          multipart/form-data: { schema: { $ref: "#/components/schemas/T" }, encoding: { text: { contentType: "text/*" } } }
          application/xml: { schema: { $ref: "#/components/schemas/T" } }
          text/plain: { schema: { type: [integer, boolean, string], maxLength: 9 } }
      responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/T" } } } } }
components:
  schemas:
    T:
      type: object
      required: [n]
      properties:
        n: { type: integer, minimum: 0, xml: { attribute: true } }
        text: { type: string, maxLength: 9 }
        list: { type: array, items: { type: number } }
        wrapped: { type: array, xml: { wrapped: true, name: w }, items: { $ref: "#/components/schemas/T" } }
        deep: { type: object, properties: { a: { type: integer } } }
        either: { oneOf: [ { type: object, properties: { a: {} }, required: [a] }, { type: object, properties: { b: { $ref: "#/components/schemas/T" } } } ] }
)";

struct Loaded {
  std::shared_ptr<const contract::Plan> plan;
  Loaded() {
    const auto spec = parse_openapi(document::parse(description, "t").value()).value();
    const std::uint32_t first = 0;
    plan = contract::build_plan(spec, {&first, 1}, {.minimise = true}).value();
  }
};

void minimise(const contract::Plan& plan, std::string_view text) {
  Arena arena;
  const auto tree = decode::parse_json(text, arena);
  if (!tree) return;
  const auto schema = plan.operations[0].answers[0].media[0].schema;
  std::vector<const decode::Value*> dropped;
  const auto judged = schema::validate(plan.answers, schema, **tree, arena, {}, {&dropped});
  if (judged.judgement != schema::Judgement::good) return;
  const auto less = contract::without(**tree, dropped, "answer", arena);
  const auto again = decode::parse_json(less.body, arena);
  if (!again) std::abort();
  if (schema::validate(plan.answers, schema, **again, arena).judgement != schema::Judgement::good) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const Loaded loaded;
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  constexpr std::string_view types[] = {"application/x-www-form-urlencoded", "multipart/form-data; boundary=b",
                                        "application/xml", "text/plain"};
  const std::string_view type = types[data[0] % 4];
  minimise(*loaded.plan, body);
  Arena arena;
  const auto content = decode::read_typed(type, body, arena);
  if (!content) return 0;
  const auto* media = contract::choose(loaded.plan->operations[0].body.media, *decode::parse_media_type(type));
  if (media == nullptr) std::abort();
  const auto bad = contract::judge_content(*content, *media, *loaded.plan, loaded.plan->requests, arena);
  if (bad && (bad->rule.empty() || bad->place.empty())) std::abort();
  return 0;
}
