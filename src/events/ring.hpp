// Ring: a single-producer single-consumer queue of records in a file mapped MAP_SHARED.
//
// What push() accepted survives kill -9 of the process: the page cache holds it, and the next
// open() of the file finds it. It does not survive a power cut; the segments' fdatasync does.
//
// Layout: one header (magic, version, capacity; the producer's and the consumer's positions on
// cache lines of their own), then `capacity` bytes of records: size, check sum, sequence number,
// payload, padded to 8 bytes. The data is mapped twice in a row, so no record ever wraps.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <sallyport/result.hpp>

#include "events/options.hpp"

namespace sallyport::events {

class Ring {
 public:
  static constexpr std::size_t header_bytes = 65536;
  static constexpr std::size_t frame_bytes = 16;  // in front of each payload

  struct Place {
    std::string path;
    std::uint32_t index = 0;
    std::size_t capacity = 8u << 20;  // rounded up to 64 KiB
    std::uint64_t first_seq = 1;      // when the file is new
    int wake_fd = -1;                 // eventfd written when the ring gets half full, or -1
  };

  // Opens or makes the file, mode 0600, with all its blocks reserved. An existing ring keeps its
  // records; with none it takes the capacity asked for. A file that is no ring, or a torn one, is
  // moved aside to <path>.damaged-<n> after its sound records were taken over, and complained of.
  [[nodiscard]] static Result<std::unique_ptr<Ring>> open(const Place& place, const Complain& complain);

  ~Ring();
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  // The producer's thread. False when it does not fit now: counted, and its sequence number is
  // used up, so that readers see the gap. Never blocks.
  bool push(std::string_view payload) noexcept;

  struct Slot {
    std::uint64_t seq = 0;
    std::string_view payload;  // valid until release() passes it
    std::uint64_t next = 0;    // position after it
  };
  // The consumer's thread. The record at `position`, which starts at read_position() and goes on
  // with Slot::next. Null at the end; damaged() then says whether it was a broken record.
  [[nodiscard]] std::optional<Slot> at(std::uint64_t position) noexcept;
  [[nodiscard]] std::uint64_t read_position() const noexcept;
  [[nodiscard]] std::uint64_t write_position() const noexcept;
  // Gives back everything before `position`.
  void release(std::uint64_t position) noexcept;
  [[nodiscard]] bool damaged() const noexcept { return damaged_; }

  // Any thread.
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint32_t index() const noexcept { return index_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  // Bytes that a payload of that size takes in the ring.
  [[nodiscard]] static constexpr std::size_t space(std::size_t payload) { return (frame_bytes + payload + 7) / 8 * 8; }

 private:
  struct Header;
  Ring() = default;
  [[nodiscard]] static Result<std::unique_ptr<Ring>> map(int fd, const Place& place, std::size_t capacity);
  bool put(std::string_view payload, std::uint64_t seq) noexcept;

  Header* header_ = nullptr;
  char* records_ = nullptr;
  std::size_t capacity_ = 0;
  std::uint32_t index_ = 0;
  bool damaged_ = false;
  // The producer's own line.
  alignas(64) std::uint64_t write_ = 0;
  std::uint64_t seen_read_ = 0;
  std::uint64_t next_seq_ = 0;
  int wake_fd_ = -1;
  bool woken_ = false;
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace sallyport::events
