// What the suites of JSON Schema do not ask: exact numbers, strictness, directions, bounds, and
// that a good value costs no allocation.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <string>

#include "decode/json.hpp"
#include "decode/pointer.hpp"
#include "schema/compiler.hpp"
#include "schema/uri.hpp"

namespace {
thread_local std::size_t allocations = 0;

void* counted(std::size_t size) {
  ++allocations;
  void* const out = std::malloc(size == 0 ? 1 : size);
  if (out == nullptr) throw std::bad_alloc();
  return out;
}
}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void operator delete(void* at) noexcept { std::free(at); }               // NOLINT(clang-analyzer-cplusplus.NewDelete)
void operator delete(void* at, std::size_t) noexcept { std::free(at); }  // NOLINT(clang-analyzer-cplusplus.NewDelete)

namespace sallyport::schema {
namespace {

using decode::Value;

// One schema and what becomes of values.
class Judge {
 public:
  explicit Judge(std::string schema, Strictness strictness = {}, Version version = Version::draft2020)
      : text_(std::move(schema)) {
    const Value* root = *decode::parse_json(text_, trees_);
    const auto id = resources_.add_schema("test", *root, Dialect{version, true, true});
    Compiler compiler(resources_, strictness);
    auto schema_id = id ? compiler.compile(*root, *id) : Result<SchemaId>(std::unexpected(id.error()));
    auto program = compiler.finish();
    if (!schema_id || !program) {
      error_ = schema_id ? program.error().text() : schema_id.error().text();
      return;
    }
    schema_ = *schema_id;
    program_ = std::move(*program);
  }
  // "good", "undecided", or the rule and the pointer.
  std::string operator()(std::string_view instance, const Budget& budget = {}) {
    if (!error_.empty()) return error_;
    arena_.reset();
    const auto tree = decode::parse_json(instance, arena_);
    if (!tree) return std::string(tree.error().rule);
    const std::size_t before = allocations;
    const Judged judged = validate(program_, schema_, **tree, arena_, budget);
    allocated_ = allocations - before;
    if (judged.judgement == Judgement::good) return "good";
    if (judged.judgement == Judgement::undecided) return "undecided";
    return std::string(judged.failure.rule) + " " + pointer_to(**tree, *judged.failure.value, judged.failure.name);
  }
  // What would be dropped: pointers, or "bad" when the rest does not fit.
  std::string dropped(std::string_view instance) {
    if (!error_.empty()) return error_;
    arena_.reset();
    const Value* tree = *decode::parse_json(instance, arena_);
    std::vector<const Value*> values;
    if (validate(program_, schema_, *tree, arena_, {}, {&values}).judgement != Judgement::good) return "bad";
    std::string out;
    for (const Value* value : values) out += pointer_to(*tree, *value) + " ";
    return out;
  }
  [[nodiscard]] std::size_t allocated() const { return allocated_; }
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  std::string text_;
  Arena trees_;
  Arena arena_;
  Resources resources_{[](const std::string&) -> Result<const Value*> { return nullptr; }};
  Program program_;
  SchemaId schema_ = 0;
  std::string error_;
  std::size_t allocated_ = 0;
};

TEST(Decimal, ComparesExactly) {
  const auto compare = [](std::string_view a, std::string_view b) { return Decimal(a).compare(Decimal(b)); };
  EXPECT_EQ(compare("1.0", "1"), 0);
  EXPECT_EQ(compare("10e-1", "1"), 0);
  EXPECT_EQ(compare("-0", "0.000e7"), 0);
  EXPECT_LT(compare("123456789012345678901234567890", "123456789012345678901234567891"), 0);
  EXPECT_GT(compare("-1.1", "-1.10000000000000000001"), 0);
  EXPECT_LT(compare("-1", "0"), 0);
  EXPECT_GT(compare("0", "-1e-999999999999"), 0);
  EXPECT_GT(compare("1e400", "9.9e399"), 0);
}

TEST(Decimal, DividesExactly) {
  const auto divides = [](std::string_view divisor, std::string_view number) {
    return multiple_of(Decimal(number), *divisor_of(Decimal(divisor)));
  };
  EXPECT_TRUE(divides("0.01", "4.02"));
  EXPECT_FALSE(divides("0.01", "4.025"));
  EXPECT_TRUE(divides("3", "1000000000000000000000000000000000000002"));
  EXPECT_FALSE(divides("3", "1000000000000000000000000000000000000001"));
  EXPECT_TRUE(divides("7", "7e999999999999"));
  EXPECT_FALSE(divides("7", "1e999999999999"));
  EXPECT_TRUE(divides("1e-8", "12391239123"));
  EXPECT_FALSE(divisor_of(Decimal("0")));
  EXPECT_FALSE(divisor_of(Decimal("-1")));
  EXPECT_TRUE(divisor_of(Decimal("123456789012345678")));
  EXPECT_FALSE(divisor_of(Decimal("1234567890123456789")));
}

TEST(Uri, IsResolvedAsRfc3986Says) {
  const std::string_view base = "http://a/b/c/d;p?q";
  EXPECT_EQ(resolve_uri(base, "g"), "http://a/b/c/g");
  EXPECT_EQ(resolve_uri(base, "?y"), "http://a/b/c/d;p?y");
  EXPECT_EQ(resolve_uri(base, ""), "http://a/b/c/d;p?q");
  EXPECT_EQ(resolve_uri(base, "../../../g#s"), "http://a/g#s");
  EXPECT_EQ(resolve_uri(base, "//g"), "http://g");
  EXPECT_EQ(resolve_uri(base, "./g/."), "http://a/b/c/g/");
  EXPECT_EQ(resolve_uri("urn:uuid:1", "#a"), "urn:uuid:1#a");
}

constexpr const char* order = R"({"type":"object","required":["id","lines"],"properties":{
  "id":{"type":"string","format":"uuid"},"note":{"type":"string","maxLength":20,"pattern":"^[a-z ]*$"},
  "lines":{"type":"array","minItems":1,"items":{"$ref":"#/$defs/line"}}},
  "$defs":{"line":{"type":"object","required":["sku"],"properties":{"sku":{"type":"string"},
    "n":{"type":"integer","minimum":1,"maximum":99},"kind":{"enum":["a","b"]}}}}})";

TEST(Validator, SaysWhereAndWhy) {
  Judge judge(order, {.closed = true});
  ASSERT_EQ(judge.error(), "");
  EXPECT_EQ(judge(R"({"id":"5d0f3c1e-8a52-4a4f-9a3c-7e1b0f6d2c11","lines":[{"sku":"x","n":2}],"note":"ring"})"),
            "good");
  EXPECT_EQ(judge(R"({"lines":[{"sku":"x"}]})"), "required /id");
  EXPECT_EQ(judge(R"({"id":"x","lines":[]})"), "format /id");
  EXPECT_EQ(judge(R"({"id":"5d0f3c1e-8a52-4a4f-9a3c-7e1b0f6d2c11","lines":[{"sku":"x","n":100}]})"),
            "maximum /lines/0/n");
  EXPECT_EQ(judge(R"({"id":"5d0f3c1e-8a52-4a4f-9a3c-7e1b0f6d2c11","lines":[{"sku":"x","a/b~":1}]})"),
            "unknown /lines/0/a~1b~0");
  EXPECT_EQ(judge(R"({"id":"5d0f3c1e-8a52-4a4f-9a3c-7e1b0f6d2c11","lines":[{"sku":"x"}],"note":"A"})"),
            "pattern /note");
}

constexpr Strictness minimise{.closed = true, .direction = Direction::response};

TEST(Dropping, NamesWhatNoSchemaNames) {
  Judge judge(order, minimise);
  EXPECT_EQ(judge.dropped(R"({"id":"5d0f3c1e-8a52-4a4f-9a3c-7e1b0f6d2c11","x":1,"lines":[{"sku":"a","y":{"z":1}}]})"),
            "/x /lines/0/y ");
  EXPECT_EQ(judge.dropped(R"({"id":"no uuid","x":1,"lines":[{"sku":"a"}]})"), "bad");
}

TEST(Dropping, CoversWhatIsRefusedInWords) {
  EXPECT_EQ(Judge(R"({"properties":{"a":{}},"additionalProperties":false})", minimise).dropped(R"({"a":1,"b":2})"),
            "/b ");
  EXPECT_EQ(Judge(R"({"properties":{"a":{}},"unevaluatedProperties":false})", minimise).dropped(R"({"a":1,"b":2})"),
            "/b ");
  EXPECT_EQ(Judge(R"({"properties":{"a":{}},"unevaluatedProperties":{"type":"string"}})", minimise)
                .dropped(R"({"a":1,"b":2})"),
            "bad");
  EXPECT_EQ(Judge(R"({"properties":{"a":{"writeOnly":true},"b":{}}})", minimise).dropped(R"({"a":1,"b":2})"), "/a ");
  EXPECT_EQ(Judge(R"({"allOf":[{"properties":{"a":{}}},{"properties":{"b":{}}}]})", minimise)
                .dropped(R"({"a":1,"b":2,"c":3})"),
            "/c ");
}

TEST(Dropping, TakesTheAlternativeThatLosesLeast) {
  for (const char* word : {"oneOf", "anyOf"}) {
    Judge judge(std::string(R"({")") + word +
                    R"(":[{"properties":{"a":{}},"additionalProperties":false},
                        {"properties":{"a":{},"b":{},"c":{}},"additionalProperties":false},
                        {"properties":{"d":{}},"required":["d"],"additionalProperties":false}]})",
                minimise);
    EXPECT_EQ(judge.dropped(R"({"b":1,"c":2})"), "") << word;
    EXPECT_EQ(judge.dropped(R"({"a":1,"b":2,"x":3})"), "/x ") << word;
    EXPECT_EQ(judge.dropped(R"({"d":1,"x":3})"), "/x ") << word;
  }
  // Two that fit as it is are one too many, whatever may be taken out.
  Judge both(R"({"oneOf":[{"properties":{"a":{}},"additionalProperties":false},{"required":["a"]}]})", minimise);
  EXPECT_EQ(both.dropped(R"({"a":1})"), "bad");
}

TEST(Dropping, DoesNotChangeWhatIsOnlyAsked) {
  const std::string closed = R"({"properties":{"a":{}},"additionalProperties":false})";
  EXPECT_EQ(Judge(R"({"not":)" + closed + "}", minimise).dropped(R"({"a":1,"b":2})"), "");
  EXPECT_EQ(Judge(R"({"if":)" + closed + R"(,"then":false,"else":{"properties":{"a":{},"b":{}}}})", minimise)
                .dropped(R"({"a":1,"b":2})"),
            "");
  EXPECT_EQ(Judge(R"({"contains":)" + closed + R"(,"minContains":0,"maxContains":0})", minimise)
                .dropped(R"([{"a":1,"b":2}])"),
            "");
}

TEST(Validator, AllocatesNothingForAGoodValue) {
  Judge judge(order, {.closed = true});
  const char* good =
      R"({"id":"5d0f3c1e-8a52-4a4f-9a3c-7e1b0f6d2c11","lines":[{"sku":"x","n":2,"kind":"b"}],"note":"ring"})";
  (void)judge(good);  // a thread's first match makes its room
  EXPECT_EQ(judge(good), "good");
  EXPECT_EQ(judge.allocated(), 0u);
}

TEST(Validator, ClosesWhatIsComposed) {
  const Strictness closed{.closed = true};
  Judge all(R"({"allOf":[{"properties":{"a":{"type":"string"}}},{"properties":{"b":true}}]})", closed);
  EXPECT_EQ(all(R"({"a":"x","b":1})"), "good");
  EXPECT_EQ(all(R"({"a":"x","c":1})"), "unknown /c");
  EXPECT_EQ(all(R"({"a":1,"b":1})"), "type /a");
  Judge one(R"({"oneOf":[{"required":["a"],"properties":{"a":true}},{"required":["b"],"properties":{"b":true}}]})",
            closed);
  EXPECT_EQ(one(R"({"a":1})"), "good");
  EXPECT_EQ(one(R"({"a":1,"c":1})"), "unknown /c");
  EXPECT_EQ(Judge(R"({"properties":{"a":true},"additionalProperties":true})", closed)(R"({"c":1})"), "good");
  EXPECT_EQ(Judge(R"({"type":"object"})", closed)(R"({"c":1})"), "good");  // names nothing: open
  EXPECT_EQ(Judge(R"({"properties":{"a":true}})")(R"({"c":1})"), "good");  // as the standard has it
}

TEST(Validator, KnowsDirections) {
  const char* schema = R"({"required":["id","pin"],"properties":{"id":{"readOnly":true},"pin":{"writeOnly":true}}})";
  Judge request(schema, {.direction = Direction::request});
  EXPECT_EQ(request(R"({"pin":1})"), "good");
  EXPECT_EQ(request(R"({"id":1,"pin":1})"), "readOnly /id");
  Judge response(schema, {.direction = Direction::response});
  EXPECT_EQ(response(R"({"id":1})"), "good");
  EXPECT_EQ(response(R"({"id":1,"pin":1})"), "writeOnly /pin");
}

TEST(Validator, ReadsOpenApi30) {
  Judge judge(R"({"type":"string","nullable":true,"minLength":2})", {}, Version::openapi30);
  EXPECT_EQ(judge("null"), "good");
  EXPECT_EQ(judge("\"a\""), "minLength ");
  EXPECT_EQ(judge("1"), "type ");
  EXPECT_EQ(Judge(R"({"type":"number","minimum":1,"exclusiveMinimum":true})", {}, Version::openapi30)("1"),
            "exclusiveMinimum ");
  EXPECT_EQ(Judge(R"({"type":"integer","format":"int32"})", {}, Version::openapi30)("2147483648"), "format ");
}

TEST(Validator, IsBounded) {
  // Each level asks twice: 2^depth questions.
  Judge judge(
      R"({"anyOf":[{"properties":{"a":{"$ref":"#"}},"required":["b"]},{"properties":{"a":{"$ref":"#"}},"required":["c"]}]})");
  ASSERT_EQ(judge.error(), "");
  std::string deep = "1";
  for (int i = 0; i < 40; ++i) deep = "{\"a\":" + deep + "}";
  EXPECT_EQ(judge(deep), "undecided");
  Judge simple(R"({"items":{"type":"integer"}})");
  EXPECT_EQ(simple("[1,2,3]", {.steps = 4}), "good");
  EXPECT_EQ(simple("[1,2,3]", {.steps = 3}), "undecided");
  EXPECT_EQ(Judge(R"({"not":{"items":{"type":"string"}}})")("[1,2,3]", {.steps = 2}), "undecided");
}

TEST(Compiler, RefusesWhatCannotBeJudged) {
  EXPECT_NE(Judge(R"({"allOf":[{"$ref":"#"}]})").error().find("refers to itself"), std::string::npos);
  EXPECT_NE(Judge(R"({"$ref":"#"})").error(), "");
  EXPECT_NE(Judge(R"({"$ref":"#/nowhere"})").error().find("nothing stands at"), std::string::npos);
  EXPECT_NE(Judge(R"({"$ref":"other.json"})").error().find("not known"), std::string::npos);
  EXPECT_NE(Judge(R"({"pattern":"a**"})").error().find("pattern"), std::string::npos);
  EXPECT_NE(Judge(R"({"type":"strin"})").error().find("/type"), std::string::npos);
  EXPECT_NE(Judge(R"({"minLength":-1})").error(), "");
  EXPECT_EQ(Judge(R"({"properties":{"next":{"$ref":"#"}}})")(R"({"next":{"next":{}}})"), "good");
}

TEST(Pattern, ReadsEcmaScript) {
  const auto found = [](std::string_view expression, std::string_view text) {
    const auto pattern = Pattern::compile(expression);
    return pattern ? pattern->search(text) : Found::undecided;
  };
  EXPECT_EQ(found("^a$", "a\n"), Found::no);
  EXPECT_EQ(found("^\\d+$", "\xd9\xa1"), Found::no);  // ASCII digits alone
  EXPECT_EQ(found("^\\w$", "\xc3\xa9"), Found::no);
  EXPECT_EQ(found("^\\s$", "\xe2\x80\xa8"), Found::yes);
  EXPECT_EQ(found("^[^\\S]$", "\xc2\xa0"), Found::yes);
  EXPECT_EQ(found("^\\u{1F600}$", "\xf0\x9f\x98\x80"), Found::yes);
  EXPECT_EQ(found("^\\cJ$", "\n"), Found::yes);
  EXPECT_EQ(found("a[^]b", "a\nb"), Found::yes);
  EXPECT_EQ(found("[]", ""), Found::no);
  EXPECT_EQ(found("^\\p{Letter}+$", "\xc3\xa9"), Found::yes);
  EXPECT_EQ(found("(?<=a)b", "ab"), Found::yes);
  for (const char* bad : {"\\Z", "\\a", "a++", "[a", "(a", "\\", "(?i)a", "\\u{110000}", "\\ud800"}) {
    EXPECT_FALSE(Pattern::compile(bad)) << bad;
  }
}

TEST(Pattern, HasALimitOnSteps) {
  const auto slow = Pattern::compile("^(?!x)(a|a)*$");  // look-ahead: not for RE2
  ASSERT_TRUE(slow);
  EXPECT_EQ(slow->search("aa"), Found::yes);
  EXPECT_EQ(slow->search(std::string(100, 'a') + "!"), Found::undecided);
  EXPECT_EQ(Judge(R"({"not":{"pattern":"^(?!x)(a|a)*$"}})")("\"" + std::string(100, 'a') + "!\""), "undecided");
  const auto quick = Pattern::compile("^(a|a)*b$");
  EXPECT_EQ(quick->search(std::string(100'000, 'a')), Found::no);
  EXPECT_TRUE(Pattern::compile(std::string(Pattern::max_length, 'a')));
  EXPECT_FALSE(Pattern::compile(std::string(Pattern::max_length + 1, 'a')));
}

}  // namespace
}  // namespace sallyport::schema
