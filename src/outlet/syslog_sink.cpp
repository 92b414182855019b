#include <unistd.h>

#include <array>

#include <fmt/format.h>

#include "base/time_text.hpp"
#include "outlet/sink.hpp"

namespace sallyport::outlet {
namespace {

constexpr unsigned local0 = 16;

// RFC 5424 §6.2.1: 4 warning, 5 notice, 3 error, 6 informational.
unsigned level_of(unsigned severity) {
  if (severity >= 8) return 4;
  if (severity >= 5) return 5;
  return severity >= 3 ? 3 : 6;
}

std::string own_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "-";
  return name[0] == '\0' ? "-" : std::string(name.data());
}

class SyslogSink final : public Sink {
 public:
  explicit SyslogSink(Peer peer) : peer_(std::move(peer)), host_(own_name()) {}

  Result<void> send(std::span<const Message> messages, const std::string&) override {
    auto done = attempt(messages);
    if (!done) stream_.reset();
    return done;
  }

 private:
  Result<void> attempt(std::span<const Message> messages) {
    if (!stream_ || !stream_->settle()) {
      auto opened = Stream::connect(peer_);
      if (!opened) return std::unexpected(std::move(opened.error()));
      stream_ = std::move(*opened);
    }
    std::string bytes;
    for (const Message& message : messages) bytes += syslog_frame(message, host_);
    if (auto written = stream_->write(bytes); !written) return written;
    return stream_->settle();
  }

  Peer peer_;
  std::string host_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace

std::string syslog_frame(const Message& message, std::string_view host) {
  const std::string text =
      fmt::format("<{}>1 {} {} sallyport {} call - {}", local0 * 8 + level_of(message.severity),
                  rfc3339(message.time_us, Fraction::microseconds), host, ::getpid(), message.text);
  return fmt::format("{} {}", text.size(), text);
}

std::unique_ptr<Sink> syslog_sink(const Peer& peer) { return std::make_unique<SyslogSink>(peer); }

}  // namespace sallyport::outlet
