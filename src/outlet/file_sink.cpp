#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "outlet/sink.hpp"

namespace sallyport::outlet {
namespace {

class FileSink final : public Sink {
 public:
  explicit FileSink(std::string path) : path_(std::move(path)) {}

  Result<void> send(std::span<const Message> messages, const std::string&) override {
    std::string text;
    for (const Message& message : messages) (text += message.text) += '\n';
    const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) return std::unexpected(error("cannot open"));
    // All or nothing: half a batch would be there twice after it is sent again.
    const off_t before = ::lseek(file, 0, SEEK_END);
    const bool written =
        ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fdatasync(file) == 0;
    auto done = written ? Result<void>{} : Result<void>(std::unexpected(error("cannot write")));
    if (!written && before >= 0 && ::ftruncate(file, before) != 0) done = std::unexpected(error("cannot cut"));
    ::close(file);
    return done;
  }

 private:
  [[nodiscard]] Error error(const char* what) const {
    return {ErrorCode::unavailable, std::string(what) + ": " + std::strerror(errno), path_, {}, {}, true};
  }
  std::string path_;
};

}  // namespace

std::unique_ptr<Sink> file_sink(const std::string& path) { return std::make_unique<FileSink>(path); }

}  // namespace sallyport::outlet
