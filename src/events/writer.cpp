#include "events/writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/random.hpp"
#include "events/json_line.hpp"
#include "events/key_file.hpp"

namespace sallyport::events {
namespace {

constexpr std::size_t batch_limit = 256 * 1024;        // bytes of lines that one write() takes
constexpr int busy_poll_ms = 5;                        // rest after a round that found records
constexpr int idle_poll_ms = 20;                       // and after one that did not
constexpr std::int64_t upkeep_us = 60'000'000;         // between looks at age and retention when idle
constexpr std::int64_t message_pause_us = 10'000'000;  // between two complaints
constexpr std::size_t tail_segments = 3;               // looked through for what is already written

Result<SipKey> fingerprint_key(const std::string& path) {
  SipKey key{};
  const auto text = read_or_make(path, [&]() -> Result<std::string> {
    if (auto filled = fill_random(key); !filled) return std::unexpected(filled.error());
    return std::string(key.begin(), key.end());
  });
  if (!text) return std::unexpected(text.error());
  if (text->size() != key.size()) return fail(ErrorCode::invalid, "the fingerprint key has not 16 bytes", path);
  std::ranges::copy(*text, key.begin());
  return key;
}

Result<void> make_directory(const std::string& path) {
  std::error_code error;
  const bool made = std::filesystem::create_directories(path, error);
  if (error) return fail(ErrorCode::unavailable, "cannot make the events directory: " + error.message(), path);
  if (made && ::chmod(path.c_str(), 0700) != 0)
    return fail(ErrorCode::unavailable,
                std::string("cannot close the events directory to others: ") + std::strerror(errno), path);
  return {};
}

}  // namespace

Writer::Writer(const Options& options, DiskCalls calls) : options_(options), calls_(std::move(calls)) {
  if (options_.ring_directory.empty()) options_.ring_directory = options_.directory;
}

Writer::~Writer() {
  stop();
  recorders_.clear();
  sources_.clear();
  if (wake_fd_ >= 0) ::close(wake_fd_);
  if (lock_fd_ >= 0) ::close(lock_fd_);
}

Result<std::unique_ptr<Writer>> Writer::open(const Options& options, std::size_t cores, DiskCalls calls) {
  std::unique_ptr<Writer> writer(new Writer(options, std::move(calls)));
  if (auto prepared = writer->prepare(cores); !prepared) return std::unexpected(prepared.error());
  return writer;
}

Result<void> Writer::prepare(std::size_t cores) {
  for (const std::string& path : {options_.directory, options_.ring_directory}) {
    if (auto made = make_directory(path); !made) return made;
  }
  const std::string lock = options_.directory + "/lock";
  lock_fd_ = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_fd_ < 0) return fail(ErrorCode::unavailable, std::string("cannot open: ") + std::strerror(errno), lock);
  if (::flock(lock_fd_, LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::unavailable, "another process writes to this directory", options_.directory,
                "each gateway needs an events directory of its own");
  }
  const auto key = fingerprint_key(options_.directory + "/fingerprint.key");
  if (!key) return std::unexpected(key.error());
  redactor_ = std::make_unique<Redactor>(*key, options_.redact);
  auto sealer =
      Sealer::open(options_.seal_key_file.empty() ? options_.directory + "/seal.key" : options_.seal_key_file);
  if (!sealer) return std::unexpected(sealer.error());
  sealer_ = std::make_unique<Sealer>(std::move(*sealer));
  auto segments = Segments::open(options_, calls_);
  if (!segments) return std::unexpected(segments.error());
  segments_ = std::make_unique<Segments>(std::move(*segments));
  wake_fd_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (wake_fd_ < 0) return fail(ErrorCode::unavailable, "no eventfd");
  if (auto rings = open_rings(cores); !rings) return rings;
  skip_written();
  return {};
}

Result<void> Writer::open_rings(std::size_t cores) {
  // Rings of an earlier run with more cores are recovered, too.
  std::size_t count = cores;
  while (std::filesystem::exists(fmt::format("{}/ring-{}.bin", options_.ring_directory, count))) ++count;
  for (std::size_t i = 0; i < count; ++i) {
    Ring::Place place;
    place.path = fmt::format("{}/ring-{}.bin", options_.ring_directory, i);
    place.index = static_cast<std::uint32_t>(i);
    place.capacity = options_.ring_bytes;
    place.wake_fd = wake_fd_;
    // A new ring must not use numbers that are in the log already.
    place.first_seq = static_cast<std::uint64_t>(options_.clock());
    auto ring = Ring::open(place, options_.complain);
    if (!ring) return std::unexpected(ring.error());
    sources_.push_back({std::move(*ring), 0});
    sources_.back().position = sources_.back().ring->read_position();
    if (i < cores) recorders_.push_back(std::make_unique<Recorder>(*sources_.back().ring, *redactor_, *sealer_));
  }
  return {};
}

// What a killed process had written but not released from its rings is passed over.
void Writer::skip_written() {
  std::map<std::uint32_t, std::uint64_t> last;
  const auto& all = segments_->all();
  const std::size_t first = all.size() > tail_segments ? all.size() - tail_segments : 0;
  bool waiting = false;
  for (const Source& source : sources_) waiting |= source.ring->read_position() != source.ring->write_position();
  if (!waiting) return;
  for (std::size_t i = first; i < all.size(); ++i) {
    std::ifstream file(all[i].path);
    std::string line;
    while (std::getline(file, line)) {
      if (const auto key = parse_line_key(line)) {
        std::uint64_t& seq = last[key->ring];
        seq = std::max(seq, key->seq);
      }
    }
  }
  for (Source& source : sources_) {
    const auto written = last.find(source.ring->index());
    for (std::uint64_t at = source.position; const auto slot = source.ring->at(at); at = slot->next) {
      counters_.recovered.fetch_add(1, std::memory_order_relaxed);
      if (written == last.end() || slot->seq > written->second) continue;
      counters_.repeated.fetch_add(1, std::memory_order_relaxed);
      source.position = slot->next;
    }
    source.ring->release(source.position);
  }
}

void Writer::add_consumer(Consumer consumer) { consumers_.push_back(std::move(consumer)); }

void Writer::start() {
  thread_ = std::thread([this] { run(); });
}

void Writer::stop() {
  if (!thread_.joinable()) return;
  stopping_.store(true, std::memory_order_release);
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_fd_, &one, sizeof one);
  thread_.join();
}

void Writer::run() {
  while (true) {
    const bool last = stopping_.load(std::memory_order_acquire);
    const bool busy = step();
    if (last && !busy && batch_.empty()) break;
    if (busy && (last || batch_was_full_)) continue;
    // Records gather while it rests, so that a write() carries many; a ring half full ends the rest.
    pollfd wait{wake_fd_, POLLIN, 0};
    if (!last) ::poll(&wait, 1, busy ? busy_poll_ms : idle_poll_ms);
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t got = ::read(wake_fd_, &count, sizeof count);
  }
  group_commit(true);
}

bool Writer::step() {
  collect();
  const bool work = !batch_.empty();
  const bool flushed = flush();
  group_commit(false);
  return work && flushed && batch_.empty() && batch_lines_ != 0;
}

void Writer::collect() {
  if (!batch_.empty()) return;  // the disk has not taken the last one yet
  batch_lines_ = 0;
  for (Source& source : sources_) {
    while (batch_.size() < batch_limit) {
      const auto slot = source.ring->at(source.position);
      if (!slot) {
        if (source.ring->damaged()) {
          counters_.damaged.fetch_add(1, std::memory_order_relaxed);
          options_.complain(fmt::format("ring {} is damaged: its records are passed over", source.ring->index()));
          source.position = source.ring->write_position();
          source.ring->release(source.position);
        }
        break;
      }
      RecordView record;
      if (decode_record(slot->payload, parts_, record)) {
        record.ring = source.ring->index();
        record.seq = slot->seq;
        const std::size_t begin = batch_.size();
        append_line(batch_, record);
        record.line = std::string_view(batch_).substr(begin);
        for (const Consumer& consumer : consumers_) consumer(record);
        batch_ += '\n';
        ++batch_lines_;
      } else {
        counters_.damaged.fetch_add(1, std::memory_order_relaxed);
      }
      source.position = slot->next;
    }
  }
  batch_was_full_ = batch_.size() >= batch_limit;
}

bool Writer::flush() {
  const std::int64_t time = options_.clock();
  if (batch_.empty()) {
    // Records that no line came of are given back, too.
    for (Source& source : sources_) source.ring->release(source.position);
    if (time - last_upkeep_us_ >= upkeep_us) {
      segments_->rotate(0, time);
      last_upkeep_us_ = time;
    }
    return true;
  }
  if (batch_done_ == 0) segments_->rotate(batch_.size(), time);  // never within a batch
  if (segments_->append(batch_, batch_done_)) {
    counters_.written.fetch_add(batch_lines_, std::memory_order_relaxed);
    counters_.written_bytes.fetch_add(batch_.size(), std::memory_order_relaxed);
    if (failing_since_us_ != 0) options_.complain("the disk takes events again");
    failing_since_us_ = 0;
    counters_.degraded.store(false, std::memory_order_relaxed);
  } else {
    const std::int64_t now = options_.clock();
    note_failure("cannot write", errno);
    if (failing_since_us_ == 0) failing_since_us_ = now;
    bool filling = false;
    for (const Source& source : sources_) {
      filling |= source.ring->write_position() - source.ring->read_position() > source.ring->capacity() / 4 * 3;
    }
    const std::int64_t patience_us = options_.retry_for.count() * 1000;
    if (now - failing_since_us_ < patience_us && !filling && !stopping_.load(std::memory_order_relaxed)) return false;
    shed();
  }
  batch_.clear();
  batch_done_ = 0;
  for (Source& source : sources_) source.ring->release(source.position);
  return true;
}

void Writer::shed() {
  segments_->abandon(batch_, batch_done_);
  const auto whole = static_cast<std::uint64_t>(std::ranges::count(batch_.substr(0, batch_done_), '\n'));
  counters_.written.fetch_add(whole, std::memory_order_relaxed);
  counters_.shed.fetch_add(batch_lines_ - whole, std::memory_order_relaxed);
}

void Writer::note_failure(const char* what, int error) {
  counters_.disk_errors.fetch_add(1, std::memory_order_relaxed);
  counters_.degraded.store(true, std::memory_order_relaxed);
  const std::int64_t now = options_.clock();
  if (last_message_us_ != 0 && now - last_message_us_ < message_pause_us) return;
  last_message_us_ = now;
  options_.complain(fmt::format("{}: {} ({} events given up so far)", what, std::strerror(error),
                                counters_.shed.load(std::memory_order_relaxed)));
}

void Writer::group_commit(bool now) {
  const std::int64_t time = options_.clock();
  if (!now && time - last_sync_us_ < options_.sync.count() * 1000) return;
  last_sync_us_ = time;
  if (!segments_->sync()) note_failure("cannot sync", errno);
}

WriterStats Writer::stats() const {
  WriterStats stats;
  const auto read = [](const auto& counter) { return counter.load(std::memory_order_relaxed); };
  stats.written = read(counters_.written);
  stats.written_bytes = read(counters_.written_bytes);
  stats.shed = read(counters_.shed);
  stats.damaged = read(counters_.damaged);
  stats.disk_errors = read(counters_.disk_errors);
  stats.recovered = read(counters_.recovered);
  stats.repeated = read(counters_.repeated);
  stats.degraded = read(counters_.degraded);
  for (const Source& source : sources_) stats.dropped += source.ring->dropped();
  return stats;
}

}  // namespace sallyport::events
