// FrameReader: looks at the frames that one side of a WebSocket sends (RFC 6455 §5), piece by piece
// and without I/O, and says which bytes may go on to the other side as they are. It changes none:
// what is masked stays masked.
//
// Headers and control frames are held back until they are whole, so that nothing of a frame goes on
// that is refused by its header, and what went on can nearly always be followed by a Close frame of
// our own (at_boundary()). Payloads are not held. It allocates nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "websocket/close_code.hpp"
#include "websocket/mask.hpp"
#include "websocket/text_check.hpp"

namespace sallyport::websocket {

enum class Sender : std::uint8_t { client, server };  // a client masks, a server must not (§5.1)

struct Violation {
  CloseCode code = close_code::none;  // what its sender is to be told; none: nothing is wrong
  std::string_view rule;
  std::string_view detail;
};

class FrameReader {
 public:
  static constexpr std::size_t max_header = 14;
  static constexpr std::size_t max_control = 125;        // bytes of payload, §5.5
  static constexpr std::uint64_t small_fragment = 1024;  // a shorter one is no help to anybody

  // `max_message`: bytes of payload of all frames of a message.
  FrameReader(Sender sender, std::uint64_t max_message) : sender_(sender), max_message_(max_message) {}

  struct Seen {
    std::string_view before;  // of earlier pieces, held back until now; valid until the next take()
    std::string_view go_on;   // the part of the piece, from its start, that may go on behind that
    std::size_t whole = 0;    // so many bytes of that end with a whole frame; 0: none ends there
    Violation violation;      // of what comes then: nothing more may be taken
    bool closed = false;      // what goes on ends with a Close frame: nothing more may be taken
    std::uint32_t cost = 0;   // messages, control frames and needlessly small fragments that began
  };
  [[nodiscard]] Seen take(std::string_view piece);

  // Does what went on so far end with a whole frame?
  [[nodiscard]] bool at_boundary() const { return payload_left_ == 0 && !cut_; }
  [[nodiscard]] std::uint64_t messages() const { return messages_; }  // that are complete
  [[nodiscard]] CloseCode close_said() const { return close_said_; }  // by the Close frame; none without a code

 private:
  struct Header {
    bool fin = false;
    std::uint8_t opcode = 0;
    std::size_t size = 0;         // of the header itself
    std::size_t length_size = 0;  // of the extended length
    std::uint64_t length = 0;     // of the payload
  };
  [[nodiscard]] bool gather(std::string_view piece, std::size_t& at, std::size_t wanted);
  [[nodiscard]] Header start() const;
  [[nodiscard]] Violation check_start(const Header& header) const;
  [[nodiscard]] Violation read_length(Header& header) const;
  [[nodiscard]] Violation begin_data(const Header& header);
  [[nodiscard]] Violation read_control(const Header& header);
  [[nodiscard]] Violation read_payload(std::string_view bytes);
  [[nodiscard]] Violation end_frame();

  Sender sender_;
  std::uint64_t max_message_;
  std::array<char, max_header + max_control> head_{};    // of the frame that is not whole yet
  std::array<char, max_header + max_control> before_{};  // what Seen::before shows
  std::size_t head_size_ = 0;
  MaskKey key_{};
  std::uint64_t payload_left_ = 0;  // of the data frame that is under way
  std::uint64_t payload_at_ = 0;    // its bytes so far, for the mask
  std::uint64_t message_size_ = 0;
  std::uint64_t messages_ = 0;
  TextCheck check_;
  CloseCode close_said_ = close_code::none;
  bool in_message_ = false;
  bool text_ = false;
  bool fin_ = false;
  bool cut_ = false;  // refused within a frame of which something went on
};

// A Close frame with that code: to a server it has to be masked.
using CloseFrame = std::array<char, 8>;
[[nodiscard]] std::string_view write_close(CloseFrame& out, CloseCode code);
[[nodiscard]] std::string_view write_close(CloseFrame& out, CloseCode code, const MaskKey& key);

}  // namespace sallyport::websocket
