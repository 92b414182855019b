// Which decoder reads a body, and what is not read at all.
#include "decode/body.hpp"

#include <gtest/gtest.h>

#include "decode/value.hpp"

namespace sallyport::decode {
namespace {

using enum Decoded::State;

TEST(MediaType, ReadsTheField) {
  const auto type = parse_media_type(" Application/JSON ; Charset=\"utf-8\"; a=b;; ");
  ASSERT_TRUE(type);
  EXPECT_TRUE(type->is("application/json"));
  EXPECT_TRUE(type->is_json());
  EXPECT_EQ(type->parameter("charset"), "utf-8");
  EXPECT_EQ(type->parameter("a"), "b");
  EXPECT_EQ(type->parameter("c"), std::nullopt);
  EXPECT_TRUE(parse_media_type("application/problem+json")->is_json());
  EXPECT_FALSE(parse_media_type("application/json+xml")->is_json());
}

TEST(MediaType, RefusesOtherForms) {
  for (const char* bad : {"", "json", "a/", "/b", "a/b c", "a/b;c", "a/b;=d", "a/b;c=", "a/b;c=\"d", "a/b;c=d;C=e",
                          "a/b,c/d", "a/b;c=\"d\"e", "a b/c"}) {
    EXPECT_FALSE(parse_media_type(bad)) << bad;
  }
}

struct Sent {
  std::string_view name, value;
};

Decoded decoded(std::initializer_list<Sent> sent, std::string_view body) {
  static Arena arena;
  arena.reset();
  Fields fields;
  for (const Sent& field : sent) fields.append(field.name, field.value);
  return decode_body(fields, body, arena);
}

TEST(Body, IsReadByItsMediaType) {
  EXPECT_EQ(decoded({}, "").state, none);
  const Decoded tree = decoded({{"Content-Type", "application/json"}}, "[1]");
  ASSERT_EQ(tree.state, Decoded::State::tree);
  EXPECT_EQ(tree.value->size(), 1u);
  EXPECT_EQ(decoded({{"content-type", "application/vnd.x+json; charset=UTF-8"}}, "1").state, Decoded::State::tree);
}

TEST(Body, IsNeverReadByGuessing) {
  EXPECT_EQ(decoded({}, "[1]").state, unknown);
  EXPECT_EQ(decoded({{"Content-Type", "image/png"}}, "[1]").rule, "media_type");
  EXPECT_EQ(decoded({{"Content-Type", "application/json"}, {"Content-Type", "text/plain"}}, "[1]").rule,
            "content_type");
  EXPECT_EQ(decoded({{"Content-Type", "json"}}, "[1]").state, refused);
  EXPECT_EQ(decoded({{"Content-Type", "application/json; charset=utf-16"}}, "[1]").rule, "charset");
}

TEST(Body, SaysWhyItCannotBeRead) {
  const Decoded bad = decoded({{"Content-Type", "application/json"}}, "[1,]");
  EXPECT_EQ(bad.state, refused);
  EXPECT_EQ(bad.rule, "syntax");
  EXPECT_EQ(bad.offset, 3u);
}

// "[1]" in gzip.
constexpr std::string_view zipped{
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x8b\x36\x8c\x05\x00\xb8\x32\x2f\x4c\x03\x00\x00\x00", 23};

TEST(Body, IsReadBehindItsContentCoding) {
  const Decoded tree = decoded({{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}}, zipped);
  ASSERT_EQ(tree.state, Decoded::State::tree) << tree.rule;
  EXPECT_EQ(tree.value->size(), 1u);
  EXPECT_EQ(decoded({{"Content-Type", "application/json"}, {"Content-Encoding", "identity"}}, "1").state,
            Decoded::State::tree);
  EXPECT_EQ(decoded({{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}}, "[1]").state, refused);
  EXPECT_EQ(decoded({{"Content-Type", "application/json"}, {"Content-Encoding", "pack200"}}, "[1]").state, unknown);
  EXPECT_EQ(
      decoded({{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}, {"Content-Encoding", "br"}}, zipped)
          .rule,
      "content_coding");
}

}  // namespace
}  // namespace sallyport::decode
