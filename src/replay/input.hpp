// A file to replay: which format it has, and its lines one by one or its text as a whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <sallyport/result.hpp>

namespace sallyport::replay {

enum class Format : std::uint8_t {
  events,  // lines of the event log
  har,     // an HTTP archive
};

class Input {
 public:
  struct Line {
    std::string_view text;     // without its line feed; valid until the next call
    std::uint64_t number = 0;  // from 1
    bool too_long = false;     // more than the limit: text is its beginning, the rest is passed over
  };

  // Opens it and looks at its beginning. An error for an empty file and one of neither format.
  [[nodiscard]] static Result<Input> open(const std::string& path);
  Input(Input&& other) noexcept;
  Input& operator=(Input&&) = delete;
  ~Input();

  [[nodiscard]] Format format() const { return format_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  // False at the end of the file. A last line without line feed is a line.
  [[nodiscard]] Result<bool> next(Line& line, std::size_t limit);
  // All of it. An error when it has more than `limit` bytes.
  [[nodiscard]] Result<std::string> whole(std::size_t limit);

 private:
  explicit Input(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] Result<void> read_more();

  std::string path_;
  int descriptor_ = -1;
  Format format_ = Format::events;
  std::string buffer_;
  std::size_t begin_ = 0;    // of what was not given yet
  std::size_t scanned_ = 0;  // no line feed between begin_ and here
  std::uint64_t lines_ = 0;
  bool ended_ = false;
};

// What the beginning of a file says about it; an error when that is nothing we know. HAR begins
// with its member `log`; each event line with `{"v":`.
[[nodiscard]] Result<Format> format_of(std::string_view beginning);

}  // namespace sallyport::replay
