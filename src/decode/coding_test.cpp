#include "decode/coding.hpp"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <string>
#include <vector>

namespace sallyport::decode {
namespace {

using namespace std::string_literals;

// Compressed by zlib itself: 31 is gzip, 15 zlib, -15 raw.
std::string deflated(const std::string& text, int window_bits) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  std::vector<Bytef> input(text.begin(), text.end());
  stream.next_in = input.data();
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

// `text` below, by another implementation's encoder.
const std::string brotli =
    "\x1b\x21\x00\xf8\x8d\x94\x2e\xee\x12\xd4\xe4\x48\x7f\x27\x98\xf9\x5b\x65\x25\xad\x08\x2b\x49\x94\x8a\x03\xf6\xd1"
    "\x65\x82\xcd\xb1\xf0"s;

std::string decoded(std::string_view codings, const std::string& body, const CodingLimits& limits = {}) {
  Arena arena;
  const auto text = decode_content(codings, body, arena, limits);
  if (!text) return "! " + std::string(text.error().rule);
  return std::string(*text);
}

const std::string text = "{\"name\":\"value value value value\"}";

TEST(Coding, UndoesEach) {
  EXPECT_EQ(decoded("gzip", deflated(text, 31)), text);
  EXPECT_EQ(decoded("x-gzip", deflated(text, 31)), text);
  EXPECT_EQ(decoded("GZIP", deflated(text, 31)), text);
  EXPECT_EQ(decoded("deflate", deflated(text, 15)), text);
  EXPECT_EQ(decoded("deflate", deflated(text, -15)), text);
  EXPECT_EQ(decoded("zstd", zstd(text)), text);
  EXPECT_EQ(decoded("br", brotli), text);
  EXPECT_EQ(decoded("", text), text);
  EXPECT_EQ(decoded("identity", text), text);
  EXPECT_EQ(decoded("gzip", deflated("", 31)), "");
  EXPECT_EQ(decoded("gzip, zstd", zstd(deflated(text, 31))), text);
}

TEST(Coding, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(decoded("compress", text), "! content_coding");
  EXPECT_EQ(decoded("gzip;q=1", deflated(text, 31)), "! content_coding");
  EXPECT_EQ(decoded("gzip", text), "! coding");
  EXPECT_EQ(decoded("br", "\xff\xff\xff\xff"), "! coding");
  EXPECT_EQ(decoded("zstd", text), "! coding");
  EXPECT_EQ(decoded("deflate", deflated(text, 31)), "! coding");
}

TEST(Coding, RefusesEveryTruncation) {
  for (const auto& [name, body] : {std::pair("gzip", deflated(text, 31)), std::pair("deflate", deflated(text, 15)),
                                   std::pair("zstd", zstd(text)), std::pair("br", brotli)}) {
    for (std::size_t size = 0; size < body.size(); ++size) {
      EXPECT_TRUE(decoded(name, body.substr(0, size)).starts_with("!")) << name << size;
    }
  }
}

TEST(Coding, RefusesWhatFollowsTheEnd) {
  EXPECT_EQ(decoded("gzip", deflated(text, 31) + "x"), "! trailing");
  EXPECT_EQ(decoded("gzip", deflated(text, 31) + "\0"s), "! trailing");
  EXPECT_EQ(decoded("deflate", deflated(text, 15) + deflated(text, 15)), "! trailing");
  EXPECT_EQ(decoded("br", brotli + "x"), "! trailing");
  EXPECT_EQ(decoded("zstd", zstd(text) + "xxxx"), "! coding");
}

TEST(Coding, JoinsMembersAsTheirStandardsSay) {
  EXPECT_EQ(decoded("gzip", deflated("ab", 31) + deflated("", 31) + deflated("c", 31)), "abc");
  EXPECT_EQ(decoded("zstd", zstd("ab") + zstd("c")), "abc");
  EXPECT_EQ(decoded("gzip", deflated("ab", 31) + "\x1f"), "! truncated");
}

TEST(Coding, RefusesAWrongChecksum) {
  std::string body = deflated(text, 31);
  body[body.size() - 6] = static_cast<char>(body[body.size() - 6] ^ 1);
  EXPECT_EQ(decoded("gzip", body), "! coding");
  body = deflated(text, 31);
  body.back() = '\1';  // the length
  EXPECT_EQ(decoded("gzip", body), "! coding");
}

TEST(Coding, LimitsHold) {
  CodingLimits limits;
  limits.decoded_bytes = 1000;
  EXPECT_EQ(decoded("gzip", deflated(std::string(1000, 'a'), 31), limits).size(), 1000u);
  EXPECT_EQ(decoded("gzip", deflated(std::string(1001, 'a'), 31), limits), "! decoded_bytes");
  EXPECT_EQ(decoded("zstd", zstd(std::string(1000, 'a')), limits).size(), 1000u);
  EXPECT_EQ(decoded("zstd", zstd(std::string(1001, 'a')), limits), "! decoded_bytes");
  limits = {};
  limits.free_bytes = 10;
  limits.ratio = 2;
  const std::string body = deflated(std::string(200, 'a'), 31);
  limits.ratio = static_cast<std::uint32_t>((200 + body.size() - 1) / body.size());
  EXPECT_EQ(decoded("gzip", body, limits).size(), 200u);
  --limits.ratio;
  EXPECT_EQ(decoded("gzip", body, limits), "! ratio");
  limits = {};
  limits.members = 2;
  EXPECT_EQ(decoded("gzip", deflated("a", 31) + deflated("b", 31), limits), "ab");
  EXPECT_EQ(decoded("gzip", deflated("a", 31) + deflated("b", 31) + deflated("c", 31), limits), "! members");
  EXPECT_EQ(decoded("zstd", zstd("a") + zstd("b"), limits), "ab");
  EXPECT_EQ(decoded("zstd", zstd("a") + zstd("b") + zstd("c"), limits), "! members");
  limits = {};
  limits.codings = 1;
  EXPECT_EQ(decoded("gzip", deflated(text, 31), limits), text);
  EXPECT_EQ(decoded("gzip,gzip", deflated(deflated(text, 31), 31), limits), "! codings");
}

// A frame that does not say how long its content is: the decoder then needs the whole window.
std::string windowed(int log) {
  const std::string content(std::size_t{1} << 12, 'a');
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, log);
  std::string out(ZSTD_compressBound(content.size()), '\0');
  ZSTD_inBuffer in{content.data(), content.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  while (in.pos < in.size) EXPECT_FALSE(ZSTD_isError(ZSTD_compressStream2(context, &to, &in, ZSTD_e_continue)));
  EXPECT_EQ(ZSTD_compressStream2(context, &to, &in, ZSTD_e_end), 0u);
  ZSTD_freeCCtx(context);
  out.resize(to.pos);
  return out;
}

TEST(Coding, AWindowOverTheLimitIsRefused) {
  EXPECT_EQ(decoded("zstd", windowed(20), {.window_log = 20}).size(), std::size_t{1} << 12);
  EXPECT_EQ(decoded("zstd", windowed(21), {.window_log = 20}), "! coding");
  EXPECT_EQ(decoded("zstd", windowed(24)), "! coding");
}

TEST(Coding, ABombIsStoppedEarly) {
  const std::string bomb = deflated(std::string(12u << 20, '\0'), 31);
  EXPECT_EQ(decoded("gzip", bomb), "! ratio");
}

}  // namespace
}  // namespace sallyport::decode
