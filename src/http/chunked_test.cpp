#include "http/chunked.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::http {
namespace {

// Decodes in pieces of `step` bytes; "! rule" when refused, "…" at the end when more is needed.
std::string decode(std::string_view input, std::size_t step) {
  ChunkedDecoder decoder;
  std::string out;
  std::string pending;
  std::size_t given = 0;
  while (true) {
    const auto next = decoder.next(pending);
    if (!next) return "! " + std::string(next.error().rule);
    out += next->data;
    const bool stuck = next->consumed == 0 && next->data.empty();
    pending.erase(0, next->consumed);
    if (decoder.done()) return out + pending + std::string(input.substr(given));
    if (!stuck) continue;
    if (given == input.size()) return out + "…";
    pending += input.substr(given, step);
    given = std::min(input.size(), given + step);
  }
}

TEST(Chunked, DecodesHoweverTheBytesArrive) {
  for (std::size_t step : {1u, 2u, 3u, 7u, 100u}) {
    EXPECT_EQ(decode("5\r\nhello\r\n6;a=b;c=\"d;\"\r\n world\r\n0\r\nX-Sum: 1\r\n\r\nREST", step), "hello worldREST");
    EXPECT_EQ(decode("000\r\n\r\n", step), "");
    EXPECT_EQ(decode("5\r\nhel", step), "hel…");
  }
}

TEST(Chunked, RefusesEveryOtherSpelling) {
  const std::pair<const char*, const char*> cases[] = {
      {"0x5\r\nhello\r\n0\r\n\r\n", "! chunk_extension"},
      {"+5\r\n", "! chunk_size"},
      {" 5\r\n", "! chunk_size"},
      {"\r\nhello", "! chunk_size"},
      {"5 \r\nhello\r\n", "! chunk_extension"},
      {"5\nhello\n", "! chunk_bare_lf"},
      {"5\r\nhelloX\r\n", "! chunk_end"},
      {"5\r\nhello0\r\n", "! chunk_end"},
      {"5;a=\"b\r\n", "! chunk_extension"},
      {"fffffffffffffffff\r\n", "! chunk_size"},
      {"ffffffffffffffff\r\n", "! chunk_size"},
      {"0\r\nContent-Length: 4\r\n\r\n", "! trailer_forbidden"},
      {"0\r\nA : b\r\n\r\n", "! field_name"},
      {"0\r\nA: b\r\n c\r\n\r\n", "! field_colon"},
  };
  for (const auto& [input, result] : cases) {
    EXPECT_EQ(decode(input, 1000), result) << input;
    EXPECT_EQ(decode(input, 1), result) << input;
  }
}

}  // namespace
}  // namespace sallyport::http
