#include "websocket/frames.hpp"

#include <algorithm>
#include <cstring>

namespace sallyport::websocket {
namespace {

constexpr std::uint8_t continuation = 0, text = 1, binary = 2, close = 8, pong = 10;  // RFC 6455 §5.2

constexpr bool is_control(std::uint8_t opcode) { return opcode >= close; }

Violation protocol(std::string_view rule, std::string_view detail) {
  return {close_code::protocol_error, rule, detail};
}

Violation not_text() { return {close_code::invalid_text, "text_encoding", "a text that is not UTF-8"}; }

std::uint64_t big_endian(const char* at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8u | static_cast<unsigned char>(at[i]);
  return value;
}

}  // namespace

// Copies into head_ until it has that many bytes; false when the piece ends before.
bool FrameReader::gather(std::string_view piece, std::size_t& at, std::size_t wanted) {
  const std::size_t taken = std::min(wanted - std::min(wanted, head_size_), piece.size() - at);
  std::memcpy(head_.data() + head_size_, piece.data() + at, taken);
  head_size_ += taken;
  at += taken;
  return head_size_ >= wanted;
}

// By the first two bytes.
FrameReader::Header FrameReader::start() const {
  const auto first = static_cast<std::uint8_t>(head_[0]);
  const auto second = static_cast<std::uint8_t>(head_[1]);
  Header header;
  header.fin = (first & 0x80u) != 0;
  header.opcode = first & 0x0fu;
  header.length = second & 0x7fu;
  header.length_size = header.length == 126 ? 2 : header.length == 127 ? 8 : 0;
  header.size = 2 + header.length_size + ((second & 0x80u) != 0 ? 4 : 0);
  return header;
}

Violation FrameReader::check_start(const Header& header) const {
  const bool masked = (static_cast<std::uint8_t>(head_[1]) & 0x80u) != 0;
  if ((static_cast<std::uint8_t>(head_[0]) & 0x70u) != 0) {
    return protocol("reserved_bit", "a reserved bit without an extension that gives it a meaning");
  }
  if (masked != (sender_ == Sender::client)) {
    return sender_ == Sender::client ? protocol("not_masked", "a frame from a client without a mask")
                                     : protocol("masked", "a frame from a server with a mask");
  }
  if ((header.opcode > binary && header.opcode < close) || header.opcode > pong) {
    return protocol("reserved_opcode", "an opcode that has no meaning");
  }
  if (is_control(header.opcode)) {
    if (!header.fin) return protocol("control_fragmented", "a control frame in fragments");
    if (header.length > max_control) return protocol("control_too_long", "a control frame of more than 125 bytes");
    return {};
  }
  if (header.opcode == continuation && !in_message_) {
    return protocol("continuation", "a continuation of no message");
  }
  if (header.opcode != continuation && in_message_) {
    return protocol("message_interrupted", "a message within another");
  }
  return {};
}

// §5.2: in the shortest form, and the highest bit is 0.
Violation FrameReader::read_length(Header& header) const {
  if (header.length_size != 0) {
    header.length = big_endian(head_.data() + 2, header.length_size);
    const std::uint64_t least = header.length_size == 2 ? 126 : 65'536;
    if (header.length < least) return protocol("length_form", "a length that is not in its shortest form");
    if ((header.length >> 63u) != 0) return protocol("length_form", "a length with its highest bit set");
  }
  if (!is_control(header.opcode)) {
    const std::uint64_t so_far = in_message_ ? message_size_ : 0;
    if (header.length > max_message_ || so_far > max_message_ - header.length) {
      return {close_code::too_big, "message_size", "a message longer than max_message"};
    }
  }
  return {};
}

Violation FrameReader::begin_data(const Header& header) {
  if (header.opcode != continuation) {
    in_message_ = true;
    text_ = header.opcode == text;
    message_size_ = 0;
    check_.reset();
  }
  message_size_ += header.length;
  fin_ = header.fin;
  payload_left_ = header.length;
  payload_at_ = 0;
  return payload_left_ == 0 ? end_frame() : Violation{};
}

Violation FrameReader::read_control(const Header& header) {
  if (header.opcode != close) return {};
  std::array<char, max_control> payload{};
  const std::string_view sent{head_.data() + header.size, static_cast<std::size_t>(header.length)};
  unmask(sent, key_, 0, payload.data());
  if (sent.empty()) return {};
  if (sent.size() == 1) return protocol("close_length", "a Close frame with one byte");
  close_said_ = static_cast<CloseCode>(big_endian(payload.data(), 2));
  if (!may_be_sent(close_said_)) return protocol("close_code", "a close code that may not be sent");
  TextCheck reason;
  if (!reason.take({payload.data() + 2, sent.size() - 2}) || !reason.complete()) return not_text();
  return {};
}

Violation FrameReader::read_payload(std::string_view bytes) {
  const std::uint64_t offset = payload_at_;
  payload_at_ += bytes.size();
  payload_left_ -= bytes.size();
  if (text_) {
    if (sender_ == Sender::server) {
      if (!check_.take(bytes)) return not_text();
    } else {
      std::array<char, 2048> plain;
      for (std::size_t at = 0; at < bytes.size(); at += plain.size()) {
        const std::string_view block = bytes.substr(at, plain.size());
        unmask(block, key_, offset + at, plain.data());
        if (!check_.take({plain.data(), block.size()})) return not_text();
      }
    }
  }
  return payload_left_ == 0 ? end_frame() : Violation{};
}

Violation FrameReader::end_frame() {
  if (!fin_) return {};
  in_message_ = false;
  if (text_ && !check_.complete()) return not_text();
  ++messages_;
  return {};
}

FrameReader::Seen FrameReader::take(std::string_view piece) {
  Seen seen;
  const std::size_t held = head_size_;
  std::memcpy(before_.data(), head_.data(), held);
  std::size_t at = 0;
  // Up to here the piece ends with a whole frame. When its first frame began in an earlier piece, nothing
  // of it is one yet.
  std::size_t whole = 0;
  bool from_before = payload_left_ != 0;  // something of the frame under way went on already
  const auto refuse = [&](const Violation& violation) {
    seen.violation = violation;
    seen.go_on = piece.substr(0, whole);
    seen.whole = whole;
    if (whole != 0) seen.before = {before_.data(), held};
    cut_ = from_before;
    payload_left_ = 0;
    return seen;
  };
  while (at < piece.size()) {
    if (payload_left_ == 0) {
      if (!gather(piece, at, 2)) break;
      Header header = start();
      if (const Violation wrong = check_start(header); wrong.code != close_code::none) return refuse(wrong);
      if (!gather(piece, at, header.size)) break;
      if (const Violation wrong = read_length(header); wrong.code != close_code::none) return refuse(wrong);
      key_ = {};
      if (sender_ == Sender::client) std::memcpy(key_.data(), head_.data() + header.size - key_.size(), key_.size());
      if (is_control(header.opcode)) {
        if (!gather(piece, at, header.size + static_cast<std::size_t>(header.length))) break;
        if (const Violation wrong = read_control(header); wrong.code != close_code::none) return refuse(wrong);
        ++seen.cost;
        head_size_ = 0;
        whole = at;
        if (header.opcode != close) continue;
        seen.closed = true;
        break;
      }
      const bool needless = header.opcode == continuation && !header.fin && header.length < small_fragment;
      if (header.opcode != continuation || needless) ++seen.cost;
      head_size_ = 0;
      if (const Violation wrong = begin_data(header); wrong.code != close_code::none) return refuse(wrong);
    }
    const std::string_view payload =
        piece.substr(at, static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, piece.size() - at)));
    if (!payload.empty()) {
      at += payload.size();
      if (const Violation wrong = read_payload(payload); wrong.code != close_code::none) return refuse(wrong);
    }
    if (payload_left_ != 0) break;
    whole = at;
    from_before = false;
  }
  // A frame that is still held is not part of what goes on; one whose payload is under way is.
  seen.go_on = piece.substr(0, head_size_ != 0 ? whole : at);
  seen.whole = whole;
  if (!seen.go_on.empty()) seen.before = {before_.data(), held};
  return seen;
}

std::string_view write_close(CloseFrame& out, CloseCode code) {
  out = {static_cast<char>(0x88), 2, static_cast<char>(code >> 8u), static_cast<char>(code & 0xffu)};
  return {out.data(), 4};
}

std::string_view write_close(CloseFrame& out, CloseCode code, const MaskKey& key) {
  const std::array<char, 2> payload{static_cast<char>(code >> 8u), static_cast<char>(code & 0xffu)};
  out = {static_cast<char>(0x88), static_cast<char>(0x82)};
  std::memcpy(out.data() + 2, key.data(), key.size());
  unmask({payload.data(), payload.size()}, key, 0, out.data() + 6);
  return {out.data(), out.size()};
}

}  // namespace sallyport::websocket
