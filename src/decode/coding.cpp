#include "decode/coding.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include "http/characters.hpp"

namespace sallyport::decode {
namespace {

using Text = std::expected<std::string_view, Refusal>;

// Where the output goes. One byte more than allowed has room, so that "full" means "too much".
class Output {
 public:
  Output(std::size_t input, Arena& arena, const CodingLimits& limits) {
    const std::size_t by_ratio = std::max<std::size_t>(limits.free_bytes, input * limits.ratio);
    by_size_ = by_ratio >= limits.decoded_bytes;
    room_ = arena.array<char>(std::min<std::size_t>(by_ratio, limits.decoded_bytes) + 1);
  }
  [[nodiscard]] char* at() const { return room_.data() + size_; }
  [[nodiscard]] std::size_t left() const { return room_.size() - size_; }
  void used(std::size_t bytes) { size_ += bytes; }
  [[nodiscard]] std::string_view text() const { return {room_.data(), size_}; }
  [[nodiscard]] bool full() const { return left() == 0; }
  [[nodiscard]] std::unexpected<Refusal> too_much(std::size_t at) const {
    if (by_size_) return refuse("decoded_bytes", "too long once decoded", at);
    return refuse("ratio", "it grows too much when decoded", at);
  }

 private:
  std::span<char> room_;
  std::size_t size_ = 0;
  bool by_size_ = false;
};

class Inflate {
 public:
  explicit Inflate(int window_bits) : ready_(inflateInit2(&stream_, window_bits) == Z_OK) {}
  ~Inflate() { inflateEnd(&stream_); }
  Inflate(const Inflate&) = delete;
  Inflate& operator=(const Inflate&) = delete;

  Text run(std::string_view body, bool members, Output& out, const CodingLimits& limits) {
    if (!ready_) return refuse("coding", "no memory for the decoder", 0);
    // zlib's interface is from before const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream_.avail_in = static_cast<uInt>(body.size());
    std::uint32_t ended = 0;
    for (;;) {
      const std::size_t before = out.left();
      stream_.next_out = reinterpret_cast<Bytef*>(out.at());
      stream_.avail_out = static_cast<uInt>(before);
      const int status = inflate(&stream_, Z_NO_FLUSH);
      out.used(before - stream_.avail_out);
      const std::size_t at = body.size() - stream_.avail_in;
      if (out.full()) return out.too_much(at);
      if (status == Z_STREAM_END) {
        if (stream_.avail_in == 0) return out.text();
        if (!members || *stream_.next_in != 0x1f) return refuse("trailing", "bytes behind the end", at);
        if (++ended == limits.members) return refuse("members", "too many members", at);
        if (inflateReset(&stream_) != Z_OK) return refuse("coding", "the decoder failed", at);
        continue;
      }
      if (status == Z_BUF_ERROR || (status == Z_OK && stream_.avail_in == 0)) {
        return refuse("truncated", "it ends before its end", at);
      }
      if (status != Z_OK) return refuse("coding", "malformed", at);
    }
  }

 private:
  z_stream stream_{};
  bool ready_;
};

// RFC 1950 §2.2: method 8, and the check over both bytes.
bool is_zlib(std::string_view body) {
  if (body.size() < 2) return false;
  const auto first = static_cast<unsigned char>(body[0]);
  return (first & 0x0f) == 8 && (first * 256 + static_cast<unsigned char>(body[1])) % 31 == 0;
}

Text undo_brotli(std::string_view body, Output& out) {
  const std::unique_ptr<BrotliDecoderState, void (*)(BrotliDecoderState*)> state(
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), BrotliDecoderDestroyInstance);
  if (!state) return refuse("coding", "no memory for the decoder", 0);
  std::size_t in_left = body.size();
  const auto* in = reinterpret_cast<const std::uint8_t*>(body.data());
  std::size_t room = out.left();
  auto* to = reinterpret_cast<std::uint8_t*>(out.at());
  const auto result = BrotliDecoderDecompressStream(state.get(), &in_left, &in, &room, &to, nullptr);
  out.used(out.left() - room);
  const std::size_t at = body.size() - in_left;
  if (out.full() || result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) return out.too_much(at);
  if (result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT) return refuse("truncated", "it ends before its end", at);
  if (result != BROTLI_DECODER_RESULT_SUCCESS) return refuse("coding", "malformed", at);
  if (in_left != 0) return refuse("trailing", "bytes behind the end", at);
  return out.text();
}

Text undo_zstd(std::string_view body, Output& out, const CodingLimits& limits) {
  const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  if (!context) return refuse("coding", "no memory for the decoder", 0);
  if (ZSTD_isError(ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, static_cast<int>(limits.window_log)))) {
    return refuse("coding", "the decoder failed", 0);
  }
  ZSTD_inBuffer in{body.data(), body.size(), 0};
  std::uint32_t ended = 0;
  for (;;) {
    ZSTD_outBuffer to{out.at(), out.left(), 0};
    const std::size_t before = in.pos;
    const std::size_t left = ZSTD_decompressStream(context.get(), &to, &in);
    out.used(to.pos);
    if (ZSTD_isError(left)) return refuse("coding", "malformed", in.pos);
    if (out.full()) return out.too_much(in.pos);
    if (left == 0) {
      if (in.pos == in.size) return out.text();
      if (++ended == limits.members) return refuse("members", "too many members", in.pos);
    } else if (in.pos == in.size || (in.pos == before && to.pos == 0)) {
      return refuse("truncated", "it ends before its end", in.pos);
    }
  }
}

std::optional<Coding> find_coding(std::string_view name) {
  struct Known {
    std::string_view name;
    Coding coding;
  };
  static constexpr auto known = std::to_array<Known>({{"gzip", Coding::gzip},
                                                      {"x-gzip", Coding::gzip},
                                                      {"deflate", Coding::deflate},
                                                      {"br", Coding::br},
                                                      {"zstd", Coding::zstd}});
  const auto found = std::ranges::find_if(
      known, [&](const Known& entry) { return std::ranges::equal(entry.name, name, {}, {}, http::lower); });
  if (found == known.end()) return std::nullopt;
  return found->coding;
}

}  // namespace

Text undo(Coding coding, std::string_view body, Arena& arena, const CodingLimits& limits) {
  Output out(body.size(), arena, limits);
  switch (coding) {
    case Coding::gzip:
      return Inflate(MAX_WBITS + 16).run(body, true, out, limits);
    case Coding::deflate:
      return Inflate(is_zlib(body) ? MAX_WBITS : -MAX_WBITS).run(body, false, out, limits);
    case Coding::br:
      return undo_brotli(body, out);
    case Coding::zstd:
      return undo_zstd(body, out, limits);
  }
  return refuse("content_coding", "unknown", 0);
}

Text decode_content(std::string_view content_encoding, std::string_view body, Arena& arena,
                    const CodingLimits& limits) {
  std::uint32_t undone = 0;
  for (std::string_view list = content_encoding; !list.empty();) {
    const std::size_t comma = list.rfind(',');
    const std::string_view name = http::trim_blanks(comma == std::string_view::npos ? list : list.substr(comma + 1));
    list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
    if (name.empty() || std::ranges::equal(std::string_view("identity"), name, {}, {}, http::lower)) continue;
    const auto coding = find_coding(name);
    if (!coding) return refuse("content_coding", "a content coding that is not known", 0);
    if (++undone > limits.codings) return refuse("codings", "too many content codings", 0);
    const auto decoded = undo(*coding, body, arena, limits);
    if (!decoded) return decoded;
    body = *decoded;
  }
  return body;
}

}  // namespace sallyport::decode
