#include "shared/resp.hpp"

#include <charconv>
#include <utility>

namespace sallyport::shared {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] std::size_t used() const { return at_; }

  RespRead value(Reply& out, unsigned depth) {
    if (depth > RespLimits::depth) return RespRead::malformed;
    std::string_view line;
    if (const RespRead read = this->line(line); read != RespRead::complete) return read;
    if (line.empty()) return RespRead::malformed;
    const std::string_view rest = line.substr(1);
    switch (line[0]) {
      case '+':
      case ',':
      case '(':
        out.kind = Reply::Kind::text;
        out.text = rest;
        return RespRead::complete;
      case '-':
        out.kind = Reply::Kind::error;
        out.text = rest;
        return RespRead::complete;
      case ':':
        out.kind = Reply::Kind::integer;
        return number(rest, out.integer) ? RespRead::complete : RespRead::malformed;
      case '#':
        out.kind = Reply::Kind::integer;
        out.integer = rest == "t" ? 1 : 0;
        return rest == "t" || rest == "f" ? RespRead::complete : RespRead::malformed;
      case '_':
        out.kind = Reply::Kind::null;
        return rest.empty() ? RespRead::complete : RespRead::malformed;
      case '$':
      case '=':
        return text(rest, out, Reply::Kind::text);
      case '!':
        return text(rest, out, Reply::Kind::error);
      case '*':
      case '~':
        return list(rest, out, depth, 1);
      case '%':
        return list(rest, out, depth, 2);
      case '>':
        out.pushed = true;
        return list(rest, out, depth, 1);
      default:
        return RespRead::malformed;
    }
  }

 private:
  static bool number(std::string_view text, std::int64_t& out) {
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size();
  }

  RespRead line(std::string_view& out) {
    const std::string_view left = bytes_.substr(at_);
    const std::size_t end = left.find('\r');
    if (end == std::string_view::npos || end + 1 == left.size()) {
      return left.size() > RespLimits::text ? RespRead::malformed : RespRead::more;
    }
    if (left[end + 1] != '\n' || end > RespLimits::text) return RespRead::malformed;
    out = left.substr(0, end);
    at_ += end + 2;
    return RespRead::complete;
  }

  RespRead text(std::string_view size_text, Reply& out, Reply::Kind kind) {
    std::int64_t size = 0;
    if (!number(size_text, size)) return RespRead::malformed;
    if (size == -1) {  // RESP2's null
      out.kind = Reply::Kind::null;
      return RespRead::complete;
    }
    if (size < 0 || static_cast<std::uint64_t>(size) > RespLimits::text) return RespRead::malformed;
    const auto length = static_cast<std::size_t>(size);
    const std::string_view left = bytes_.substr(at_);
    if (left.size() < length + 2) return RespRead::more;
    if (left.substr(length, 2) != "\r\n") return RespRead::malformed;
    out.kind = kind;
    out.text = left.substr(0, length);
    at_ += length + 2;
    return RespRead::complete;
  }

  RespRead list(std::string_view size_text, Reply& out, unsigned depth, std::size_t each) {
    std::int64_t size = 0;
    if (!number(size_text, size)) return RespRead::malformed;
    if (size == -1) {
      out.kind = Reply::Kind::null;
      return RespRead::complete;
    }
    if (size < 0 || static_cast<std::uint64_t>(size) > RespLimits::items) return RespRead::malformed;
    const std::size_t count = static_cast<std::size_t>(size) * each;
    items_ += count;
    if (items_ > RespLimits::items) return RespRead::malformed;
    out.kind = Reply::Kind::list;
    out.items.clear();
    for (std::size_t i = 0; i < count; ++i) {
      if (const RespRead read = value(out.items.emplace_back(), depth + 1); read != RespRead::complete) return read;
    }
    return RespRead::complete;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::size_t items_ = 0;
};

void append_size(std::string& out, char mark, std::size_t size) {
  out += mark;
  out += std::to_string(size);
  out += "\r\n";
}

}  // namespace

RespRead read_reply(std::string_view bytes, Reply& out, std::size_t& used) {
  Reader reader(bytes);
  out = Reply{};
  const RespRead read = reader.value(out, 0);
  used = read == RespRead::complete ? reader.used() : 0;
  return read;
}

RespRead ReplyBuffer::next(Reply& out) {
  std::size_t used = 0;
  out = {};
  const RespRead read = read_reply(std::string_view(bytes_).substr(at_), out, used);
  if (read == RespRead::complete) {
    at_ += used;
  } else {
    bytes_.erase(0, std::exchange(at_, 0));
  }
  return read;
}

void append_command(std::string& out, std::span<const std::string_view> words) {
  append_size(out, '*', words.size());
  for (const std::string_view word : words) {
    append_size(out, '$', word.size());
    out += word;
    out += "\r\n";
  }
}

}  // namespace sallyport::shared
