#include "discover/source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/address.hpp"
#include "discover/access_log.hpp"
#include "document/file.hpp"
#include "document/node.hpp"
#include "events/parse_line.hpp"
#include "http/path.hpp"

namespace sallyport::discover {
namespace {

constexpr std::size_t piece = 1u << 20;
constexpr std::size_t beginning = 4096;  // looked at to tell what a file is

enum class Kind : std::uint8_t { text, json, events, archive };

class File {
 public:
  explicit File(const std::string& path)
      : path_(path), fd_(path == "-" ? 0 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (fd_ > 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  [[nodiscard]] int descriptor() const { return fd_; }
  [[nodiscard]] std::uint64_t size() const {
    struct stat state{};
    return ::fstat(fd_, &state) == 0 && S_ISREG(state.st_mode) ? static_cast<std::uint64_t>(state.st_size) : 0;
  }
  // Appends up to `most` bytes; false at the end.
  Result<bool> more(std::string& to, std::size_t most) {
    if (fd_ < 0) return std::unexpected(error());
    const std::size_t had = to.size();
    to.resize(had + most);
    ssize_t got = 0;
    do {
      got = ::read(fd_, to.data() + had, most);
    } while (got < 0 && errno == EINTR);
    to.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0) return std::unexpected(error());
    return got > 0;
  }

 private:
  [[nodiscard]] Error error() const {
    return {ErrorCode::unavailable, std::string("cannot read the file: ") + std::strerror(errno), path_, {}};
  }
  std::string path_;
  int fd_;
};

Kind kind_of(std::string_view text) {
  const auto skip = [](std::string_view from) {
    return from.substr(std::min(from.find_first_not_of(" \t\r\n"), from.size()));
  };
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  text = skip(text);
  if (!text.starts_with('{')) return Kind::text;
  if (text.starts_with(R"({"v":)")) return Kind::events;
  if (skip(text.substr(1)).starts_with("\"log\"")) return Kind::archive;
  return Kind::json;
}

class Reader {
 public:
  Reader(const std::string& path, const Sink& sink) : path_(path), sink_(sink) {}

  void line(Kind kind, std::string_view text) {
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.empty()) return;
    ++number_;
    arena_.reset();
    bool good = false;
    switch (kind) {
      case Kind::text:
        good = log(parse_text_line(text));
        break;
      case Kind::json:
        good = log(parse_json_line(text, arena_));
        break;
      case Kind::events:
        good = event(text);
        break;
      case Kind::archive:
        break;
    }
    if (!good) ++report_.passed_over;
  }

  void archive(const document::Node& root) {
    const document::Node* const log = root.find("log");
    const document::Node* const entries = log != nullptr ? log->find("entries") : nullptr;
    if (entries == nullptr) return;
    for (const document::Node& one : entries->items()) {
      arena_.reset();
      if (!entry(one)) ++report_.passed_over;
    }
  }

  void too_long() { ++report_.passed_over; }
  [[nodiscard]] const SourceReport& report() const { return report_; }

 private:
  bool give(Sighting sighting, std::string_view target) {
    const auto split = split_target(target);
    if (!split || split->path == "*") return false;
    const auto path = http::canonical_path(split->path, arena_);
    if (!path) return false;
    sighting.path = path->text;
    sighting.query = split->query;
    ++report_.calls;
    sink_(sighting);
    return true;
  }

  bool log(const std::optional<LogLine>& line) {
    if (!line) return false;
    Sighting sighting;
    sighting.method = line->method;
    sighting.status = line->status;
    return give(sighting, line->target);
  }

  bool event(std::string_view text) {
    const auto parsed = events::parse_line(text, path_ + ":" + std::to_string(number_));
    if (!parsed) return false;
    const events::RecordView& record = parsed->record();
    if (record.method.empty() || !record.path.starts_with('/')) return false;
    Sighting sighting;
    sighting.method = record.method;
    // What the API said, not what we said in its place.
    sighting.status = record.upstream_status != 0 ? record.upstream_status : record.status;
    sighting.path = record.path;
    sighting.query = record.query;
    sighting.time_us = record.time_us;
    sighting.api = record.api;
    sighting.operation = record.operation;
    const std::string address = format_address(record.client);
    for (const std::string_view known : {record.actor.subject, record.actor.client, record.actor.key_id,
                                         record.credential, std::string_view(address)}) {
      if (sighting.caller.empty()) sighting.caller = known;
    }
    sighting.refused = record.outcome == Outcome::denied && !record.control.ends_with("_limit");
    ++report_.calls;
    sink_(sighting);
    return true;
  }

  static std::string_view text_at(const document::Node* of, std::string_view key) {
    const document::Node* const found = of != nullptr ? of->find(key) : nullptr;
    return found != nullptr ? found->text() : std::string_view();
  }

  bool entry(const document::Node& one) {
    const document::Node* const request = one.find("request");
    const document::Node* const response = one.find("response");
    if (request == nullptr) return false;
    Sighting sighting;
    sighting.method = text_at(request, "method");
    const std::string_view status = text_at(response, "status");
    std::from_chars(status.data(), status.data() + status.size(), sighting.status);
    const document::Node* const posted = request->find("postData");
    sighting.request_type = text_at(posted, "mimeType");
    sighting.request_body = text_at(posted, "text");
    const document::Node* const content = response != nullptr ? response->find("content") : nullptr;
    sighting.response_type = text_at(content, "mimeType");
    if (text_at(content, "encoding").empty()) sighting.response_body = text_at(content, "text");
    return give(sighting, text_at(request, "url"));
  }

  std::string path_;
  const Sink& sink_;
  Arena arena_;
  SourceReport report_;
  std::uint64_t number_ = 0;
};

}  // namespace

Result<SourceReport> read_source(const std::string& path, const Sink& sink, const Progress& progress) {
  File file(path);
  std::string text;
  while (text.size() < beginning) {
    const auto more = file.more(text, piece);
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
  }
  const Kind kind = kind_of(std::string_view(text).substr(0, beginning));
  Reader reader(path, sink);
  if (kind == Kind::archive) {
    auto rest = document::read_file(file.descriptor(), path, max_archive - std::min(text.size(), max_archive));
    if (!rest) return std::unexpected(std::move(rest.error()));
    const auto parsed = document::parse_json(text + *rest, path, {.bytes = max_archive, .scalar = 32u << 20});
    if (!parsed) return std::unexpected(parsed.error());
    reader.archive(parsed->root());
    return reader.report();
  }
  const std::uint64_t size = file.size();
  std::uint64_t done = 0;
  bool dropping = false;  // what is left of a line that was too long
  for (bool ended = false; !ended;) {
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
      if (!dropping && end - begin > max_log_line) reader.too_long();
      if (!dropping && end - begin <= max_log_line)
        reader.line(kind, std::string_view(text).substr(begin, end - begin));
      dropping = false;
    }
    done += begin;
    text.erase(0, begin);
    if (text.size() > max_log_line) {
      if (!dropping) reader.too_long();
      dropping = true;
      done += text.size();
      text.clear();
    }
    if (progress) progress(done, size);
    const auto more = file.more(text, piece);
    if (!more) return std::unexpected(more.error());
    ended = !*more;
  }
  if (!text.empty() && !dropping) reader.line(kind, text);
  return reader.report();
}

}  // namespace sallyport::discover
