#include "events/segments.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>
#include <utility>

namespace sallyport::events {
namespace {

// events-20261123T101500-7.jsonl
bool parse_name(std::string_view name, Segment& out) {
  if (!name.starts_with("events-") || !name.ends_with(".jsonl") || name.size() < 30 || name[22] != '-') return false;
  std::tm parts{};
  const std::string stamp(name.substr(7, 15));
  if (::strptime(stamp.c_str(), "%Y%m%dT%H%M%S", &parts) == nullptr) return false;
  const std::string_view number = name.substr(23, name.size() - 29);
  const auto read = std::from_chars(number.data(), number.data() + number.size(), out.number);
  out.started_us = static_cast<std::int64_t>(::timegm(&parts)) * 1'000'000;
  return read.ec == std::errc{} && read.ptr == number.data() + number.size();
}

// Cuts the file after its last line feed.
void cut_torn_line(int fd, Segment& segment) {
  std::array<char, 4096> block{};
  std::uint64_t end = segment.bytes;
  while (end > 0) {
    const std::uint64_t start = end > block.size() ? end - block.size() : 0;
    const ssize_t got = ::pread(fd, block.data(), end - start, static_cast<off_t>(start));
    if (got <= 0) return;
    const std::string_view text(block.data(), static_cast<std::size_t>(got));
    if (const std::size_t line = text.rfind('\n'); line != std::string_view::npos) {
      end = start + line + 1;
      break;
    }
    end = start;
  }
  if (end != segment.bytes && ::ftruncate(fd, static_cast<off_t>(end)) == 0) segment.bytes = end;
}

}  // namespace

DiskCalls DiskCalls::system() {
  return {[](int fd, const char* data, std::size_t size) { return ::write(fd, data, size); },
          [](int fd) { return ::fdatasync(fd); }};
}

Result<std::vector<Segment>> list_segments(const std::string& directory) {
  DIR* const handle = ::opendir(directory.c_str());
  if (handle == nullptr)
    return fail(ErrorCode::not_found, std::string("cannot list: ") + std::strerror(errno), directory);
  std::vector<Segment> found;
  while (const dirent* entry = ::readdir(handle)) {
    Segment segment;
    if (!parse_name(entry->d_name, segment)) continue;
    segment.path = directory + "/" + entry->d_name;
    struct stat status{};
    if (::stat(segment.path.c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
      segment.bytes = static_cast<std::uint64_t>(status.st_size);
      found.push_back(std::move(segment));
    }
  }
  ::closedir(handle);
  std::ranges::sort(found, {}, &Segment::number);
  return found;
}

Segments::Segments(const Options& options, DiskCalls calls)
    : directory_(options.directory),
      segment_bytes_(options.segment_bytes),
      segment_age_us_(options.segment_age.count() * std::int64_t{1'000'000}),
      retention_bytes_(options.retention_bytes),
      retention_age_us_(options.retention_age.count() * std::int64_t{1'000'000}),
      clock_(options.clock),
      calls_(std::move(calls)) {}

Segments::Segments(Segments&& other) noexcept
    : directory_(std::move(other.directory_)),
      segment_bytes_(other.segment_bytes_),
      segment_age_us_(other.segment_age_us_),
      retention_bytes_(other.retention_bytes_),
      retention_age_us_(other.retention_age_us_),
      clock_(std::move(other.clock_)),
      calls_(std::move(other.calls_)),
      all_(std::move(other.all_)),
      next_number_(other.next_number_),
      removed_(other.removed_),
      fd_(std::exchange(other.fd_, -1)),
      dirty_(other.dirty_) {}

Segments::~Segments() { close_current(); }

Result<Segments> Segments::open(const Options& options, DiskCalls calls) {
  auto listed = list_segments(options.directory);
  if (!listed) return std::unexpected(listed.error());
  Segments segments(options, std::move(calls));
  segments.all_ = std::move(*listed);
  if (!segments.all_.empty()) {
    Segment& newest = segments.all_.back();
    segments.next_number_ = newest.number + 1;
    segments.fd_ = ::open(newest.path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC);
    if (segments.fd_ < 0)
      return fail(ErrorCode::unavailable, std::string("cannot open: ") + std::strerror(errno), newest.path);
    cut_torn_line(segments.fd_, newest);
  }
  return segments;
}

bool Segments::begin(std::int64_t now_us) {
  close_current();
  const std::time_t seconds = now_us / 1'000'000;
  std::tm parts{};
  static_cast<void>(::gmtime_r(&seconds, &parts));
  std::array<char, 20> stamp{};
  static_cast<void>(std::strftime(stamp.data(), stamp.size(), "%Y%m%dT%H%M%S", &parts));
  Segment segment;
  segment.number = next_number_;
  segment.started_us = seconds * std::int64_t{1'000'000};
  segment.path = fmt::format("{}/events-{}-{}.jsonl", directory_, stamp.data(), next_number_);
  fd_ = ::open(segment.path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd_ < 0) return false;
  ++next_number_;
  all_.push_back(std::move(segment));
  return true;
}

void Segments::close_current() {
  if (fd_ < 0) return;
  if (dirty_) calls_.sync(fd_);
  ::close(fd_);
  fd_ = -1;
  dirty_ = false;
}

bool Segments::append(std::string_view lines, std::size_t& done) {
  if (fd_ < 0) {
    if (!begin(clock_())) return false;
    // The segment before may end with a torn line: here it begins anew.
    if (done != 0) done = lines.rfind('\n', done - 1) + 1;  // npos + 1 is 0
  }
  while (done < lines.size()) {
    const ssize_t written = calls_.write(fd_, lines.data() + done, lines.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      if (written == 0) errno = EIO;
      return false;
    }
    done += static_cast<std::size_t>(written);
    all_.back().bytes += static_cast<std::uint64_t>(written);
    dirty_ = true;
  }
  return true;
}

void Segments::abandon(std::string_view lines, std::size_t done) {
  if (fd_ < 0) return;
  const std::size_t whole = done == 0 ? 0 : lines.rfind('\n', done - 1) + 1;  // npos + 1 is 0
  const std::uint64_t torn = done - whole;
  if (torn == 0) return;
  if (::ftruncate(fd_, static_cast<off_t>(all_.back().bytes - torn)) == 0) {
    all_.back().bytes -= torn;
  } else {
    close_current();
  }
}

bool Segments::sync() {
  if (!dirty_) return true;
  if (calls_.sync(fd_) == 0) {
    dirty_ = false;
    return true;
  }
  const int error = errno;
  dirty_ = false;
  close_current();
  errno = error;
  return false;
}

void Segments::rotate(std::size_t more, std::int64_t now_us) {
  if (fd_ >= 0 && all_.back().bytes > 0) {
    const bool full = all_.back().bytes + more > segment_bytes_;
    const bool old = now_us - all_.back().started_us >= segment_age_us_;
    if (full || old) begin(now_us);
  }
  retain(now_us);
}

void Segments::retain(std::int64_t now_us) {
  std::uint64_t total = 0;
  for (const Segment& segment : all_) total += segment.bytes;
  while (all_.size() > 1) {
    const Segment& oldest = all_.front();
    const bool too_old = now_us - all_[1].started_us > retention_age_us_;  // its last event is no younger
    if (total <= retention_bytes_ && !too_old) break;
    ::unlink(oldest.path.c_str());
    total -= oldest.bytes;
    ++removed_;
    all_.erase(all_.begin());
  }
}

}  // namespace sallyport::events
