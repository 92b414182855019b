// Against the house's checker of whole texts, in all splits; and the key of the handshake.
#include "websocket/text_check.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/utf8.hpp"
#include "websocket/key.hpp"

namespace sallyport::websocket {
namespace {

bool by_pieces(std::string_view text, std::size_t step) {
  TextCheck check;
  for (std::size_t at = 0; at < text.size(); at += step) {
    if (!check.take(text.substr(at, step))) return false;
  }
  return check.complete();
}

TEST(TextCheck, SaysTheSameAsTheCheckerOfWholeTexts) {
  std::mt19937 random(1);
  const std::string_view parts[] = {"a",        "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                                    "\x80",     "\xc3",     "\xe2\x82",     "\xed\xa0",
                                    "\xf4\x90", "\xc0",     "\xf0\x9f",     "12345678"};
  std::size_t good = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    const auto count = 1 + random() % 6;
    for (unsigned i = 0; i < count; ++i) text += parts[random() % (round % 2 == 0 ? std::size(parts) : 4)];
    const bool expected = find_invalid_utf8(text) == std::string_view::npos;
    good += expected ? 1 : 0;
    for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{3}, text.size()}) {
      ASSERT_EQ(by_pieces(text, step), expected) << ::testing::PrintToString(text) << " by " << step;
    }
  }
  EXPECT_GT(good, 5'000);
}

TEST(TextCheck, RefusesAtTheFirstByteThatCannotBe) {
  TextCheck check;
  EXPECT_TRUE(check.take("ab\xed"));
  EXPECT_FALSE(check.take("\xa0"));
}

TEST(Key, TheExampleOfTheStandard) {  // RFC 6455 §1.3
  const Accept accept = accept_for("dGhlIHNhbXBsZSBub25jZQ==");
  EXPECT_EQ(std::string_view(accept.data(), accept.size()), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(Key, IsSixteenBytesInBase64) {  // RFC 6455 §4.1
  EXPECT_TRUE(is_key("dGhlIHNhbXBsZSBub25jZQ=="));
  EXPECT_FALSE(is_key(""));
  EXPECT_FALSE(is_key("dGhlIHNhbXBsZSBub25jZQ"));    // no padding
  EXPECT_FALSE(is_key("dGhlIHNhbXBsZSBub25jZR=="));  // not canonical
  EXPECT_FALSE(is_key("dGhlIHNhbXBsZSBub25j"));      // 15 bytes
  EXPECT_FALSE(is_key("dGhlIHNhbXBsZSBub25jZWU="));  // 17 bytes
  EXPECT_FALSE(is_key("dGhlIHNhbXBsZSBub25jZWVl"));  // 18 bytes, as long as a key
  EXPECT_FALSE(is_key("dGhlIHNhbXBsZSBub25j ZQ=="));
}

TEST(Key, FreshOnesAreGoodAndDiffer) {
  const Key first = make_key();
  const Key second = make_key();
  EXPECT_TRUE(is_key({first.data(), first.size()}));
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace sallyport::websocket
