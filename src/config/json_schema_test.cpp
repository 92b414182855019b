#include "config/json_schema.hpp"

#include <gtest/gtest.h>

#include "config/reference.hpp"
#include "config/table.hpp"
#include "config/testing/sample.hpp"
#include "document/node.hpp"

namespace sallyport::config {
namespace {

const AnyTable& server() { return table_of<sample::Server>(); }

class JsonSchema : public testing::Test {
 protected:
  const document::Node& at(std::initializer_list<std::string_view> path) const {
    const document::Node* node = &schema_.root();
    for (const auto key : path) {
      node = node->find(key);
      EXPECT_NE(node, nullptr) << key;
      if (node == nullptr) return schema_.root();
    }
    return *node;
  }
  std::string text_at(std::initializer_list<std::string_view> path) const { return std::string(at(path).text()); }
  document::Document schema_ = *document::parse(json_schema(server(), "Test"), "schema.json");
};

TEST_F(JsonSchema, HasEveryKey) {
  EXPECT_EQ(text_at({"$schema"}), "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(text_at({"title"}), "Test");
  for (const Field& field : server().fields()) {
    EXPECT_EQ(text_at({"properties", field.key, "description"}), field.about.doc) << field.key;
  }
  EXPECT_EQ(at({"properties"}).entries().size(), server().fields().size() + 1);  // and the open one
  EXPECT_EQ(text_at({"properties", "rule", "$ref"}), "#/$defs/rule");
  EXPECT_EQ(text_at({"additionalProperties"}), "false");
  EXPECT_EQ(at({"required"}).items().size(), 1u);
  EXPECT_EQ(at({"required"}).items()[0].text(), "address");
}

TEST_F(JsonSchema, DescribesEachType) {
  EXPECT_EQ(text_at({"properties", "strict", "type"}), "boolean");
  EXPECT_EQ(text_at({"properties", "strict", "default"}), "true");
  EXPECT_EQ(text_at({"properties", "workers", "minimum"}), "1");
  EXPECT_EQ(text_at({"properties", "workers", "maximum"}), "64");
  EXPECT_EQ(text_at({"properties", "seed", "maximum"}), "18446744073709551615");
  EXPECT_EQ(at({"properties", "seed"}).find("default"), nullptr);
  EXPECT_EQ(text_at({"properties", "ratio", "type"}), "number");
  EXPECT_EQ(text_at({"properties", "title", "default"}), "a \"b\" | c");
  EXPECT_EQ(text_at({"properties", "timeout", "default"}), "10s");
  EXPECT_EQ(text_at({"properties", "timeout", "pattern"}), Scalar<Duration>::pattern);
  EXPECT_EQ(at({"properties", "max_head", "type"}).items().size(), 2u);
  EXPECT_EQ(at({"properties", "mode", "enum"}).items()[2].text(), "enforce");
  EXPECT_EQ(text_at({"properties", "mode", "default"}), "enforce");
  EXPECT_EQ(text_at({"properties", "trusted", "items", "pattern"}), Scalar<Cidr>::pattern);
  EXPECT_EQ(at({"properties", "hosts", "anyOf"}).items().size(), 2u);
  EXPECT_EQ(text_at({"properties", "timeouts", "additionalProperties", "type"}), "string");
  EXPECT_EQ(text_at({"properties", "tls", "$ref"}), "#/$defs/tls");
  EXPECT_EQ(text_at({"$defs", "tls", "properties", "key", "maxProperties"}), "1");
  EXPECT_EQ(text_at({"$defs", "rule", "properties", "any", "items", "$ref"}), "#/$defs/rule");
  EXPECT_EQ(at({"$defs", "limits", "anyOf"}).items().size(), 2u);
  EXPECT_EQ(at({"$defs"}).entries().size(), 3u);
}

TEST_F(JsonSchema, IsTheSameEachTime) {
  EXPECT_EQ(json_schema(server(), "Test"), json_schema(server(), "Test"));
  EXPECT_TRUE(json_schema(server(), "Test").starts_with("{\n  \"$schema\": "));
}

TEST(Reference, HasEveryKeyOfEverySection) {
  const std::string text = reference_markdown(server());
  for (const Field& field : server().fields())
    EXPECT_NE(text.find(fmt::format("| `{}` |", field.key)), std::string::npos);
  for (const char* line :
       {"## server\n\nAll of it.\n\n",
        "\n## tls\n\nCertificate and key.\n\n| Key | Type | Default | Meaning |\n|---|---|---|---|\n",
        "| `address` | endpoint | required | Where. Example: `0.0.0.0:8443`. |\n",
        "| `mode` | choice | `enforce` | What it does. `off`: not asked. `observe`: noted only. `enforce`. |\n",
        "| `timeout` | duration | `10s` | How long. From 1s to 5m. |\n", "| `tls` | [tls](#tls) |  | TLS. |\n",
        "| `title` | text | `\"a \\\"b\\\" \\| c\"` | A \\| name. From 1 to 10. |\n",
        "| `hosts` | list of text | `[]` | Names. At most 2. A single one needs no list. |\n",
        "| `timeouts` | map of duration | `{}` | Of each. At most 2. |\n",
        "| `any` | list of [rule](#rule) | `[]` | One of these. From 1 to 3. |\n",
        "| `rule` | [rule](#rule) |  | Who may call. |\n", "A value that is not a mapping stands for `rules`.\n",
        "| `key` | secret | required | Its key. |\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\nnot in\n" << text;
  }
  EXPECT_EQ(text, reference_markdown(server()));
}

struct OtherTls {
  bool x = false;
};
const Table<OtherTls>& config_table(const OtherTls*) {
  static const auto table = Table<OtherTls>("tls", "Another.").field("x", &OtherTls::x, {});
  return table;
}
struct Both {
  sample::Tls one;
  OtherTls two;
};
const Table<Both>& config_table(const Both*) {
  static const auto table = Table<Both>("both", "").field("one", &Both::one, {}).field("two", &Both::two, {});
  return table;
}

TEST(TableNames, OfDifferentTablesDiffer) {
  const std::string text = reference_markdown(table_of<Both>());
  EXPECT_NE(text.find("## tls\n\nCertificate"), std::string::npos);
  EXPECT_NE(text.find("## tls_2\n\nAnother"), std::string::npos);
  const auto schema = document::parse(json_schema(table_of<Both>(), "T"), "s.json");
  EXPECT_EQ(schema->root().find("properties")->find("two")->find("$ref")->text(), "#/$defs/tls_2");
}

}  // namespace
}  // namespace sallyport::config
