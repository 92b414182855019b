#include "replay/input.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "document/file.hpp"

namespace sallyport::replay {
namespace {

constexpr std::size_t piece = 64u << 10;
constexpr std::string_view event_start = R"({"v":)";

Error io_error(const std::string& path) {
  return {ErrorCode::unavailable, "cannot read the file: " + std::generic_category().message(errno), path, {}};
}

std::string_view skip_space(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

}  // namespace

Result<Format> format_of(std::string_view beginning) {
  if (beginning.starts_with("\xef\xbb\xbf")) beginning.remove_prefix(3);
  const std::string_view text = skip_space(beginning);
  if (text.empty()) return fail(ErrorCode::invalid, "it is empty: there is nothing to replay");
  const bool object = text.starts_with('{');
  if (object && skip_space(text.substr(1)).starts_with("\"log\"")) return Format::har;
  // A damaged first line must not hide that the others are events.
  for (std::string_view rest = text; !rest.empty();) {
    if (rest.starts_with(event_start)) return Format::events;
    rest = rest.substr(std::min(rest.find('\n'), rest.size() - 1) + 1);
  }
  if (object) return Format::har;
  return fail(ErrorCode::invalid, "it is neither an HTTP archive (HAR) nor an event log of Sallyport");
}

Result<Input> Input::open(const std::string& path) {
  Input input(path);
  input.descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (input.descriptor_ < 0) return std::unexpected(io_error(path));
  if (auto read = input.read_more(); !read) return std::unexpected(std::move(read.error()));
  const auto format = format_of(input.buffer_);
  if (!format) return fail(format.error().code, format.error().message, path);
  input.format_ = *format;
  return input;
}

Input::Input(Input&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      format_(other.format_),
      buffer_(std::move(other.buffer_)),
      begin_(other.begin_),
      scanned_(other.scanned_),
      lines_(other.lines_),
      ended_(other.ended_) {}

Input::~Input() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

// Fills up to a whole piece, so that what is looked at first does not depend on a pipe's writer.
Result<void> Input::read_more() {
  buffer_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
  const std::size_t had = buffer_.size();
  buffer_.resize(had + piece);
  std::size_t size = had;
  while (size < buffer_.size() && !ended_) {
    const ssize_t got = ::read(descriptor_, buffer_.data() + size, buffer_.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(io_error(path_));
    ended_ = got == 0;
    size += static_cast<std::size_t>(got);
  }
  buffer_.resize(size);
  return {};
}

Result<bool> Input::next(Line& line, std::size_t limit) {
  line = {{}, lines_ + 1, false};
  while (true) {
    const std::size_t end = buffer_.find('\n', scanned_);
    if (end != std::string::npos || (ended_ && begin_ < buffer_.size())) {
      const std::size_t stop = std::min(end, buffer_.size());
      // Of a line that was too long only its end is left here.
      if (!line.too_long) line.text = std::string_view(buffer_).substr(begin_, stop - begin_);
      if (line.text.size() > limit) line = {line.text.substr(0, limit), line.number, true};
      begin_ = scanned_ = std::min(stop + 1, buffer_.size());
      ++lines_;
      return true;
    }
    if (ended_) {
      if (!line.too_long) return false;
      ++lines_;
      return true;
    }
    scanned_ = buffer_.size();
    if (buffer_.size() - begin_ > limit) {
      line.too_long = true;
      begin_ = buffer_.size();
    }
    if (auto read = read_more(); !read) return std::unexpected(std::move(read.error()));
  }
}

Result<std::string> Input::whole(std::size_t limit) {
  std::string text = std::move(buffer_);
  buffer_.clear();
  const auto too_long = [&] {
    return fail(ErrorCode::limit, "the file has more than " + std::to_string(limit) + " bytes", path_);
  };
  if (text.size() > limit) return too_long();
  auto rest = document::read_file(descriptor_, path_, limit - text.size());
  if (!rest && rest.error().code == ErrorCode::limit) return too_long();
  if (!rest) return std::unexpected(std::move(rest.error()));
  return text + *rest;
}

}  // namespace sallyport::replay
