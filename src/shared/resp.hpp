// RESP, the protocol of Redis, versions 2 and 3 (redis.io/docs/latest/develop/reference/protocol-spec):
// commands as they are sent, replies as they arrive. No I/O.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::shared {

struct Reply {
  enum class Kind : std::uint8_t { text, error, integer, null, list } kind = Kind::null;
  std::int64_t integer = 0;  // also of a boolean
  std::string text;          // also of doubles and big numbers, as sent
  std::vector<Reply> items;  // a map is a list of keys and values in turn
  bool pushed = false;       // a push message of RESP3: nobody asked for it
};

enum class RespRead : std::uint8_t { complete, more, malformed };

// Bounds of one reply; a server that sends more is not what we asked.
struct RespLimits {
  static constexpr std::size_t text = 64 * 1024;
  static constexpr std::size_t items = 1024;  // of all lists together
  static constexpr unsigned depth = 6;
};

// Reads one reply from the start of `bytes`. When complete, `used` says how many bytes it had.
[[nodiscard]] RespRead read_reply(std::string_view bytes, Reply& out, std::size_t& used);

// Replies of one connection as they arrive, in pieces.
class ReplyBuffer {
 public:
  void add(std::string_view bytes) { bytes_.append(bytes); }
  // The next one. `more`: what is left is kept until more was added.
  [[nodiscard]] RespRead next(Reply& out);
  [[nodiscard]] bool empty() const { return bytes_.size() == at_; }

 private:
  std::string bytes_;
  std::size_t at_ = 0;  // read until here
};

// Appends a command: an array of bulk strings.
void append_command(std::string& out, std::span<const std::string_view> words);
inline void append_command(std::string& out, std::initializer_list<std::string_view> words) {
  append_command(out, std::span<const std::string_view>(words.begin(), words.size()));
}

}  // namespace sallyport::shared
