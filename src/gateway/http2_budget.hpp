// FrameBudget: what a client may spend on frames of HTTP/2 that bring no work. It reads the frame
// headers (RFC 9113 §4.1) of the incoming bytes ahead of the library that acts on them, so every
// limit is ours and is met before anything is decoded or answered.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sallyport::gateway {

// Tokens that come back with time.
class TokenBucket {
 public:
  TokenBucket(std::uint32_t burst, std::uint32_t per_second)
      : burst_(std::uint64_t{burst} * 1000), rate_(per_second), left_(burst_) {}
  [[nodiscard]] bool take(std::chrono::milliseconds now);
  void earn(std::uint32_t tokens) {
    left_ = left_ + tokens * std::uint64_t{1000} < burst_ ? left_ + tokens * std::uint64_t{1000} : burst_;
  }

 private:
  std::uint64_t burst_;  // in thousandths
  std::uint64_t rate_;   // a second: thousandths a millisecond
  std::uint64_t left_;
  std::chrono::milliseconds last_{};
};

class FrameBudget {
 public:
  static constexpr std::size_t preface = 24;             // bytes before the first frame
  static constexpr std::uint32_t max_continuations = 8;  // of one header block, CVE-2024-27316
  static constexpr std::uint32_t resets = 400;           // by the client or for its mistakes, CVE-2023-44487
  static constexpr std::uint32_t resets_per_second = 33;
  static constexpr std::uint32_t pings = 1'000;  // CVE-2019-9512
  static constexpr std::uint32_t pings_per_second = 100;
  static constexpr std::uint32_t settings = 100;  // CVE-2019-9515
  static constexpr std::uint32_t settings_per_second = 5;
  // PRIORITY, WINDOW_UPDATE, unknown types, DATA without data: CVE-2019-9513, 9518. What the client
  // is sent and what it asks earns some of them.
  static constexpr std::uint32_t idle_frames = 10'000;
  static constexpr std::uint32_t idle_frames_per_second = 1'000;
  static constexpr std::uint32_t idle_frames_earned = 4;  // by a request, and by a DATA frame sent

  // What an upstream resets are requests of ours, and bounded by them: only a client's resets count.
  enum class From : std::uint8_t { client, upstream };
  // `skip` bytes come before the first frame.
  explicit FrameBudget(From from, std::size_t skip = 0) : from_(from), skip_(skip) {}

  // The next bytes of the connection. False when a budget is exceeded: the connection has to end.
  [[nodiscard]] bool take(std::string_view bytes, std::chrono::milliseconds now);
  // A stream was reset, by whom ever, without having been answered.
  [[nodiscard]] bool take_reset(std::chrono::milliseconds now) { return from_ == From::upstream || resets_.take(now); }
  void earn() { idle_.earn(idle_frames_earned); }

  // Is something begun that the client has to complete: a header block or a frame other than DATA?
  [[nodiscard]] bool unfinished() const;
  // Grows with every frame, a header block counting as one: what is unfinished is the same thing as
  // long as this is the same number.
  [[nodiscard]] std::uint64_t finished() const { return finished_; }

 private:
  [[nodiscard]] bool judge(std::chrono::milliseconds now);
  void frame_ended();

  From from_;
  std::size_t skip_;
  std::array<unsigned char, 9> head_{};
  std::size_t head_size_ = 0;
  std::uint32_t left_ = 0;  // of the current frame's payload
  std::uint32_t continuations_ = 0;
  std::uint64_t finished_ = 0;
  bool in_frame_ = false;
  bool in_block_ = false;
  TokenBucket resets_{resets, resets_per_second};
  TokenBucket pings_{pings, pings_per_second};
  TokenBucket settings_{settings, settings_per_second};
  TokenBucket idle_{idle_frames, idle_frames_per_second};
};

}  // namespace sallyport::gateway
