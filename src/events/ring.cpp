#include "events/ring.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include "events/record.hpp"

namespace sallyport::events {
namespace {

constexpr char magic[8] = {'s', 'l', 'y', 'p', 'r', 'i', 'n', 'g'};
constexpr std::uint32_t layout_version = 1;
constexpr std::size_t granule = 65536;  // a multiple of every page size
constexpr std::size_t max_capacity = std::size_t{1} << 32;

struct Frame {
  std::uint32_t size;
  std::uint32_t check;
  std::uint64_t seq;
};
static_assert(sizeof(Frame) == Ring::frame_bytes);

std::uint64_t mix(std::uint64_t state, std::uint64_t word) {
  return std::rotl((state ^ word) * 0x9e3779b97f4a7c15, 29);
}

// Finds torn records, not forged ones: four independent lanes of multiply and rotate.
std::uint32_t check_sum(std::string_view payload, std::uint64_t seq) {
  std::uint64_t lanes[4] = {seq, payload.size(), 0x6a09e667f3bcc908, 0xbb67ae8584caa73b};
  const char* at = payload.data();
  std::size_t left = payload.size();
  std::uint64_t words[4];
  for (; left >= sizeof words; left -= sizeof words, at += sizeof words) {
    std::memcpy(words, at, sizeof words);
    for (int i = 0; i < 4; ++i) lanes[i] = mix(lanes[i], words[i]);
  }
  std::memset(words, 0, sizeof words);
  if (left != 0) std::memcpy(words, at, left);
  for (int i = 0; i < 4; ++i) lanes[i] = mix(lanes[i], words[i]);
  const std::uint64_t all = mix(mix(mix(lanes[0], lanes[1]), lanes[2]), lanes[3]);
  return static_cast<std::uint32_t>(all ^ (all >> 32));
}

std::unexpected<Error> refused(const std::string& path, const char* what) {
  const int error = errno;
  return fail(error == ENOSPC ? ErrorCode::limit : ErrorCode::unavailable,
              std::string("cannot ") + what + ": " + std::strerror(error), path);
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

struct Ring::Header {
  char magic[8];
  std::uint32_t version;
  std::uint32_t index;
  std::uint64_t capacity;
  alignas(64) std::atomic<std::uint64_t> write;
  std::atomic<std::uint64_t> next_seq;
  alignas(64) std::atomic<std::uint64_t> read;

  // Could positions and sizes be those of a ring in a file of that size?
  [[nodiscard]] bool plausible(std::uint64_t file_bytes) const {
    const std::uint64_t from = read.load(std::memory_order_relaxed);
    const std::uint64_t to = write.load(std::memory_order_acquire);
    return std::memcmp(magic, events::magic, sizeof magic) == 0 && version == layout_version && capacity >= granule &&
           capacity <= max_capacity && capacity % granule == 0 && file_bytes == header_bytes + capacity && to >= from &&
           to - from <= capacity && to % 8 == 0 && from % 8 == 0 && to < (std::uint64_t{1} << 62);
  }
};

Result<std::unique_ptr<Ring>> Ring::map(int fd, const Place& place, std::size_t capacity) {
  static_assert(sizeof(Header) <= header_bytes && std::atomic<std::uint64_t>::is_always_lock_free);
  const int prot = PROT_READ | PROT_WRITE;
  // One reservation: header, data, data again.
  void* base = ::mmap(nullptr, header_bytes + 2 * capacity, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED) return refused(place.path, "reserve memory for the ring");
  std::unique_ptr<Ring> ring(new Ring);
  ring->header_ = static_cast<Header*>(base);
  ring->records_ = static_cast<char*>(base) + header_bytes;
  ring->capacity_ = capacity;
  ring->index_ = place.index;
  ring->wake_fd_ = place.wake_fd;
  if (::mmap(base, header_bytes + capacity, prot, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED ||
      ::mmap(ring->records_ + capacity, capacity, prot, MAP_SHARED | MAP_FIXED, fd, header_bytes) == MAP_FAILED)
    return refused(place.path, "map the ring");
  return ring;
}

Ring::~Ring() {
  if (header_ != nullptr) ::munmap(static_cast<void*>(header_), header_bytes + 2 * capacity_);
}

Result<std::unique_ptr<Ring>> Ring::open(const Place& place, const Complain& complain) {
  const std::size_t wanted =
      (std::max<std::size_t>(std::min(place.capacity, max_capacity), 2 * granule) + granule - 1) / granule * granule;
  std::vector<std::pair<std::uint64_t, std::string>> salvaged;
  std::uint64_t first_seq = place.first_seq;
  std::size_t capacity = wanted;

  const Descriptor old(::open(place.path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (old.get() < 0 && errno != ENOENT) return refused(place.path, "open the ring");
  if (old.get() >= 0) {
    struct stat info{};
    if (::fstat(old.get(), &info) != 0) return refused(place.path, "inspect the ring");
    const auto file_bytes = static_cast<std::uint64_t>(info.st_size);
    bool sound = S_ISREG(info.st_mode) && file_bytes >= header_bytes + granule &&
                 file_bytes <= header_bytes + max_capacity && file_bytes % granule == 0;
    if (sound) {
      // Blocks are reserved, so that a full disk cannot fault a store to the mapping (SIGBUS).
      if (const int error = ::posix_fallocate(old.get(), 0, info.st_size); error != 0) {
        errno = error;
        return refused(place.path, "reserve space for the ring");
      }
      auto ring = map(old.get(), place, file_bytes - header_bytes);
      if (!ring) return ring;
      Header& header = *(*ring)->header_;
      sound = header.plausible(file_bytes);
      if (sound) {
        std::uint64_t position = (*ring)->read_position();
        std::uint64_t last = 0;
        while (auto slot = (*ring)->at(position)) {
          if (slot->seq <= last) break;
          last = slot->seq;
          salvaged.emplace_back(slot->seq, slot->payload);
          position = slot->next;
        }
        sound = position == header.write.load(std::memory_order_relaxed) && header.next_seq.load() > last;
        first_seq = std::max({first_seq, last + 1, sound ? header.next_seq.load() : 0});
        capacity = salvaged.empty() ? wanted : std::max((*ring)->capacity_, wanted);
      }
      if (sound && (capacity == (*ring)->capacity_ || !salvaged.empty())) {
        header.index = place.index;
        (*ring)->write_ = header.write.load();
        (*ring)->seen_read_ = header.read.load();
        (*ring)->next_seq_ = header.next_seq.load();
        return ring;
      }
    }
    if (!sound) {
      std::string aside;
      for (int n = 1; n < 1000; ++n) {
        aside = place.path + ".damaged-" + std::to_string(n);
        if (::access(aside.c_str(), F_OK) != 0) break;
      }
      if (::rename(place.path.c_str(), aside.c_str()) != 0) return refused(place.path, "move the damaged ring aside");
      complain("THE RING " + place.path + " IS DAMAGED OR NOT A RING: moved to " + aside + ", " +
               std::to_string(salvaged.size()) + " sound events taken over");
    }
  }

  // Made under another name, so that no half-made ring is ever found.
  const std::string fresh = place.path + ".new";
  const Descriptor made(::open(fresh.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (made.get() < 0) return refused(fresh, "make the ring");
  if (const int error = ::posix_fallocate(made.get(), 0, static_cast<off_t>(header_bytes + capacity)); error != 0) {
    ::unlink(fresh.c_str());
    errno = error;
    return refused(fresh, "reserve space for the ring");
  }
  auto ring = map(made.get(), place, capacity);
  if (!ring) return ring;
  Header& header = *(*ring)->header_;
  std::memcpy(header.magic, magic, sizeof magic);
  header.version = layout_version;
  header.index = place.index;
  header.capacity = capacity;
  std::memset((*ring)->records_, 0, capacity);  // touched now, not on a request
  (*ring)->next_seq_ = first_seq;
  header.next_seq.store(first_seq);
  for (const auto& [seq, payload] : salvaged) (*ring)->put(payload, seq);
  if (::rename(fresh.c_str(), place.path.c_str()) != 0) return refused(place.path, "put the ring in place");
  return ring;
}

bool Ring::put(std::string_view payload, std::uint64_t seq) noexcept {
  const std::size_t need = space(payload.size());
  if (need > capacity_ - (write_ - seen_read_)) {
    seen_read_ = header_->read.load(std::memory_order_acquire);
    if (need > capacity_ - (write_ - seen_read_)) return false;
  }
  char* at = records_ + write_ % capacity_;
  const Frame frame{static_cast<std::uint32_t>(payload.size()), check_sum(payload, seq), seq};
  std::memcpy(at, &frame, sizeof frame);
  std::memcpy(at + sizeof frame, payload.data(), payload.size());
  write_ += need;
  header_->write.store(write_, std::memory_order_release);
  return true;
}

bool Ring::push(std::string_view payload) noexcept {
  const std::uint64_t seq = next_seq_++;
  header_->next_seq.store(next_seq_, std::memory_order_relaxed);
  const bool fits = payload.size() <= max_record && put(payload, seq);
  if (!fits) dropped_.fetch_add(1, std::memory_order_relaxed);
  if (write_ - seen_read_ > capacity_ / 2) {
    seen_read_ = header_->read.load(std::memory_order_acquire);
    const bool half_full = write_ - seen_read_ > capacity_ / 2;
    if (half_full && !woken_ && wake_fd_ >= 0) {
      const std::uint64_t one = 1;
      [[maybe_unused]] const ssize_t n = ::write(wake_fd_, &one, sizeof one);
    }
    woken_ = half_full;
  }
  return fits;
}

std::optional<Ring::Slot> Ring::at(std::uint64_t position) noexcept {
  const std::uint64_t end = header_->write.load(std::memory_order_acquire);
  damaged_ = false;
  if (position == end) return std::nullopt;
  Frame frame;
  const char* at = records_ + position % capacity_;
  std::memcpy(&frame, at, sizeof frame);
  const std::uint64_t left = end - position;
  damaged_ = left > capacity_ || frame.size > max_record || space(frame.size) > left;
  if (damaged_) return std::nullopt;
  const std::string_view payload(at + sizeof frame, frame.size);
  damaged_ = check_sum(payload, frame.seq) != frame.check;
  if (damaged_) return std::nullopt;
  return Slot{frame.seq, payload, position + space(frame.size)};
}

std::uint64_t Ring::read_position() const noexcept { return header_->read.load(std::memory_order_relaxed); }
std::uint64_t Ring::write_position() const noexcept { return header_->write.load(std::memory_order_acquire); }
void Ring::release(std::uint64_t position) noexcept { header_->read.store(position, std::memory_order_release); }

}  // namespace sallyport::events
