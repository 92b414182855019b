#include "base/base64.hpp"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

// RFC 4648 §10.
TEST(Base64, EncodesAndDecodesTheVectorsOfTheRfc) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) {
    EXPECT_EQ(encode_base64(plain, Base64::standard), coded);
    EXPECT_EQ(decode_base64(coded, Base64::standard), plain);
    EXPECT_EQ(decode_base64(coded, Base64::lenient), plain);
    std::string bare(coded);
    while (!bare.empty() && bare.back() == '=') bare.pop_back();
    EXPECT_EQ(encode_base64(plain, Base64::url), bare);
    EXPECT_EQ(decode_base64(bare, Base64::url), plain);
  }
}

TEST(Base64, TheTwoAlphabetsDiffer) {
  EXPECT_EQ(encode_base64("\xfb\xff", Base64::standard), "+/8=");
  EXPECT_EQ(encode_base64("\xfb\xff", Base64::url), "-_8");
  EXPECT_FALSE(decode_base64("-_8=", Base64::standard));
  EXPECT_FALSE(decode_base64("+/8", Base64::url));
  EXPECT_EQ(decode_base64("-/8", Base64::lenient), "\xfb\xff");
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  for (const char* bad : {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm 9v", "Z=g=", "Zm9vY", "====", "Zm9v\n"})
    EXPECT_FALSE(decode_base64(bad, Base64::standard)) << bad;
  for (const char* bad : {"Z", "Zg==", "Zh", "Zm9v="}) EXPECT_FALSE(decode_base64(bad, Base64::url)) << bad;
}

}  // namespace
}  // namespace sallyport
