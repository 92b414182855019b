#include "outlet/log_tail.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

#include "events/parse_line.hpp"
#include "events/segments.hpp"

namespace sallyport::outlet {
namespace {

constexpr std::size_t piece = 256u << 10;

Error disk_error(const char* what, const std::string& path) {
  return {ErrorCode::unavailable, std::string(what) + ": " + std::strerror(errno), path, {}};
}

}  // namespace

Result<Cursor> LogTail::end() const {
  const auto segments = events::list_segments(directory_);
  if (!segments) return std::unexpected(segments.error());
  if (segments->empty()) return Cursor{};
  return Cursor{segments->back().number, segments->back().bytes};
}

Result<LogTail::Batch> LogTail::read(const Cursor& from, std::size_t most) {
  const auto segments = events::list_segments(directory_);
  if (!segments) return std::unexpected(segments.error());
  Batch batch{{}, from};
  auto at = std::ranges::find(*segments, from.segment, &events::Segment::number);
  if (at == segments->end()) {
    if (segments->empty()) return batch;
    at = std::ranges::find_if(*segments, [&](const events::Segment& one) { return one.number > from.segment; });
    if (at == segments->end()) at = segments->begin();  // the log began anew
    if (from.segment != 0) ++missed_;
    batch.next = {at->number, 0};
  }
  for (; at != segments->end() && batch.lines.size() < most; ++at) {
    if (at->number != batch.next.segment) batch.next = {at->number, 0};
    std::ifstream file(at->path, std::ios::binary);
    if (!file) return std::unexpected(disk_error("cannot read", at->path));
    file.seekg(static_cast<std::streamoff>(batch.next.offset));
    std::string text;
    bool ended = false;
    while (batch.lines.size() < most && !ended) {
      const std::size_t had = text.size();
      text.resize(had + piece);
      file.read(text.data() + had, static_cast<std::streamsize>(piece));
      text.resize(had + static_cast<std::size_t>(file.gcount()));
      ended = file.gcount() == 0;
      std::size_t begin = 0;
      for (std::size_t end = 0; batch.lines.size() < most && (end = text.find('\n', begin)) != std::string::npos;
           begin = end + 1) {
        batch.lines.push_back(text.substr(begin, end - begin));
        batch.next.offset += end + 1 - begin;
      }
      text.erase(0, begin);
      // A line of ours is never that long: the file is something else.
      if (text.size() > events::max_line && !text.contains('\n')) {
        return fail(ErrorCode::invalid, "a line of the event log is too long", at->path);
      }
    }
    // A line that is still being written ends the newest segment; older ones are complete.
  }
  return batch;
}

Result<std::optional<Cursor>> load_cursor(const std::string& path) {
  std::ifstream file(path);
  if (!file && errno == ENOENT) return std::nullopt;
  Cursor cursor;
  file >> cursor.segment >> cursor.offset;
  if (!file) return fail(ErrorCode::invalid, "this is no place in an event log", path, "delete it to begin at the end");
  return cursor;
}

Result<void> save_cursor(const std::string& path, const Cursor& cursor) {
  const std::string fresh = path + ".new";
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return std::unexpected(disk_error("cannot open", fresh));
  const std::string text = fmt::format("{} {}\n", cursor.segment, cursor.offset);
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(file);
  if (!written || std::rename(fresh.c_str(), path.c_str()) != 0)
    return std::unexpected(disk_error("cannot write", path));
  return {};
}

}  // namespace sallyport::outlet
