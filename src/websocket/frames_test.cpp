// Long because it has one test for each rule of RFC 6455 §5, §7.4 and §8.1, each in every split.
#include "websocket/frames.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "websocket/testing/frame_text.hpp"

namespace sallyport::websocket {
namespace {

using testing::close_payload;
using testing::Form;
using testing::frame;

constexpr unsigned continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10;
constexpr std::uint64_t large = 1u << 20;

struct Outcome {
  std::string passed;  // what went on
  std::string rule;    // of the violation, or empty
  CloseCode code = 0;
  bool closed = false;
  std::uint64_t messages = 0;
  bool boundary = true;
  std::uint32_t cost = 0;
};

Outcome feed(std::string_view bytes, std::size_t step, Sender sender = Sender::client, std::uint64_t limit = large) {
  FrameReader reader(sender, limit);
  Outcome outcome;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    const auto seen = reader.take(bytes.substr(at, step));
    outcome.passed += seen.before;
    outcome.passed += seen.go_on;
    outcome.cost += seen.cost;
    if (seen.violation.code != close_code::none || seen.closed) {
      outcome.rule = seen.violation.rule;
      outcome.code = seen.violation.code;
      outcome.closed = seen.closed;
      break;
    }
  }
  outcome.messages = reader.messages();
  outcome.boundary = reader.at_boundary();
  return outcome;
}

// The rule that is broken, or "" – the same in one piece and byte by byte.
std::string rule_of(std::string_view bytes, Sender sender = Sender::client, std::uint64_t limit = large) {
  const Outcome whole = feed(bytes, bytes.size(), sender, limit);
  for (const std::size_t step : {std::size_t{1}, std::size_t{3}, std::size_t{7}}) {
    const Outcome parts = feed(bytes, step, sender, limit);
    EXPECT_EQ(parts.rule, whole.rule) << "by " << step;
    EXPECT_EQ(parts.code, whole.code) << "by " << step;
    EXPECT_EQ(parts.closed, whole.closed) << "by " << step;
    EXPECT_EQ(parts.messages, whole.messages) << "by " << step;
    EXPECT_TRUE(bytes.starts_with(parts.passed)) << "by " << step;
  }
  EXPECT_TRUE(bytes.starts_with(whole.passed));
  if (whole.rule.empty()) EXPECT_EQ(whole.passed, bytes);
  return whole.rule;
}

CloseCode code_of(std::string_view bytes) { return feed(bytes, bytes.size()).code; }

std::string from_server(unsigned opcode, std::string_view payload, bool fin = true) {
  return frame(opcode, payload, {.fin = fin, .masked = false});
}

TEST(Frames, MessagesOfAllLengthsGoOnUnchanged) {
  for (const std::size_t size : {0, 1, 125, 126, 127, 128, 65'535, 65'536, 65'537}) {
    EXPECT_EQ(rule_of(frame(text, std::string(size, 'x'))), "") << size;
    EXPECT_EQ(rule_of(frame(binary, std::string(size, '\xff'))), "") << size;
    EXPECT_EQ(rule_of(from_server(binary, std::string(size, '\xff')), Sender::server), "") << size;
  }
}

TEST(Frames, TheExamplesOfTheStandard) {  // §5.7
  EXPECT_EQ(rule_of("\x81\x05Hello", Sender::server), "");
  EXPECT_EQ(rule_of("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), "");
  EXPECT_EQ(rule_of(from_server(text, "Hel", false) + from_server(continuation, "lo")), "not_masked");
  EXPECT_EQ(rule_of(from_server(text, "Hel", false) + from_server(continuation, "lo"), Sender::server), "");
  EXPECT_EQ(rule_of("\x89\x05Hello\x8a\x05Hello", Sender::server), "");
}

TEST(Frames, ClientsMaskAndServersDoNot) {  // §5.1
  EXPECT_EQ(rule_of(from_server(text, "hello")), "not_masked");
  EXPECT_EQ(rule_of(frame(text, "hello"), Sender::server), "masked");
  EXPECT_EQ(code_of(from_server(text, "hello")), close_code::protocol_error);
}

TEST(Frames, ReservedBitsAreRefused) {  // §5.2
  for (const unsigned bits : {1u, 2u, 4u, 7u}) {
    EXPECT_EQ(rule_of(frame(text, "x", {.reserved = bits})), "reserved_bit");
    EXPECT_EQ(rule_of(frame(ping, "", {.reserved = bits})), "reserved_bit");
  }
}

TEST(Frames, ReservedOpcodesAreRefused) {  // §5.2
  for (const unsigned opcode : {3u, 4u, 5u, 6u, 7u, 11u, 12u, 13u, 14u, 15u}) {
    EXPECT_EQ(rule_of(frame(opcode, "")), "reserved_opcode") << opcode;
    EXPECT_EQ(rule_of(frame(opcode, "x")), "reserved_opcode") << opcode;
  }
}

TEST(Frames, LengthsAreInTheirShortestForm) {  // §5.2
  EXPECT_EQ(rule_of(frame(binary, std::string(125, 'x'), {.length_size = 2})), "length_form");
  EXPECT_EQ(rule_of(frame(binary, std::string(126, 'x'), {.length_size = 2})), "");
  EXPECT_EQ(rule_of(frame(binary, std::string(126, 'x'), {.length_size = 8})), "length_form");
  EXPECT_EQ(rule_of(frame(binary, std::string(65'535, 'x'), {.length_size = 8})), "length_form");
  EXPECT_EQ(rule_of(frame(binary, std::string(65'536, 'x'), {.length_size = 8})), "");
}

TEST(Frames, TheHighestBitOfALengthIsZero) {  // §5.2
  const std::string huge =
      "\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff"
      "abcd";
  EXPECT_EQ(rule_of(huge, Sender::client, ~std::uint64_t{0}), "length_form");
}

TEST(Frames, ControlFramesAreShort) {  // §5.5
  for (const unsigned opcode : {ping, pong}) {
    EXPECT_EQ(rule_of(frame(opcode, std::string(125, 'p'))), "");
    EXPECT_EQ(rule_of(frame(opcode, std::string(126, 'p'))), "control_too_long");
  }
  EXPECT_EQ(rule_of(frame(close, close_payload(1000, std::string(123, 'r')))), "");
  EXPECT_EQ(rule_of(frame(close, close_payload(1000, std::string(124, 'r')))), "control_too_long");
}

TEST(Frames, ControlFramesAreNotFragmented) {  // §5.5
  for (const unsigned opcode : {close, ping, pong}) {
    EXPECT_EQ(rule_of(frame(opcode, "", {.fin = false})), "control_fragmented");
  }
}

TEST(Frames, ControlFramesMayStandWithinAMessage) {  // §5.4
  EXPECT_EQ(rule_of(frame(text, "a", {.fin = false}) + frame(ping, "1") + frame(continuation, "b", {.fin = false}) +
                    frame(pong, "2") + frame(continuation, "c")),
            "");
}

TEST(Frames, AContinuationNeedsAMessage) {  // §5.4
  EXPECT_EQ(rule_of(frame(continuation, "x")), "continuation");
  EXPECT_EQ(rule_of(frame(text, "x") + frame(continuation, "x")), "continuation");
  EXPECT_EQ(rule_of(frame(text, "x", {.fin = false}) + frame(continuation, "x") + frame(continuation, "x")),
            "continuation");
}

TEST(Frames, MessagesAreNotInterleaved) {  // §5.4
  EXPECT_EQ(rule_of(frame(text, "x", {.fin = false}) + frame(text, "y")), "message_interrupted");
  EXPECT_EQ(rule_of(frame(text, "x", {.fin = false}) + frame(binary, "y", {.fin = false})), "message_interrupted");
}

TEST(Frames, CountsMessagesNotFrames) {
  const std::string bytes = frame(text, "a", {.fin = false}) + frame(ping, "") + frame(continuation, "b") +
                            frame(binary, "") + frame(text, "c");
  EXPECT_EQ(feed(bytes, bytes.size()).messages, 3);
  EXPECT_EQ(feed(bytes, 1).messages, 3);
}

TEST(Frames, ATextIsUtf8) {  // §8.1, RFC 3629
  const std::vector<std::string> good = {"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5",
                                         "\xf0\x90\x80\x80",
                                         "\xf4\x8f\xbf\xbf",
                                         "\xed\x9f\xbf",
                                         "\xee\x80\x80",
                                         "\xef\xbf\xbf"};
  for (const auto& one : good) EXPECT_EQ(rule_of(frame(text, one)), "") << one;
  const std::vector<std::string> bad = {
      "\xce\xba\xed\xa0\x80",  // a surrogate
      "\xed\xbf\xbf",
      "\xc0\x80",  // overlong
      "\xc1\xbf",
      "\xe0\x80\x80",
      "\xe0\x9f\xbf",
      "\xf0\x80\x80\x80",
      "\xf0\x8f\xbf\xbf",
      "\xf4\x90\x80\x80",  // above U+10FFFF
      "\xf5\x80\x80\x80",
      "\xff",
      "\x80",
      "\xce",  // ends within a character
      "\xe1\xbd",
      "\xf0\x90\x80",
      "\xce\x41",
  };
  for (const auto& one : bad) {
    EXPECT_EQ(rule_of(frame(text, one)), "text_encoding");
    EXPECT_EQ(rule_of(from_server(text, one), Sender::server), "text_encoding");
    EXPECT_EQ(rule_of(frame(text, std::string(5000, 'x') + one)), "text_encoding");
    EXPECT_EQ(rule_of(frame(binary, one)), "") << "a binary message may hold anything";
  }
  EXPECT_EQ(code_of(frame(text, "\xff")), close_code::invalid_text);
}

TEST(Frames, ACharacterMayBeSplitBetweenFrames) {  // §5.6
  const std::string word = "\xce\xba\xe1\xbd\xb9\xf0\x90\x80\x80";
  for (std::size_t i = 0; i <= word.size(); ++i) {
    EXPECT_EQ(rule_of(frame(text, word.substr(0, i), {.fin = false}) + frame(ping, "\xff") +
                      frame(continuation, word.substr(i))),
              "");
  }
  EXPECT_EQ(rule_of(frame(text, "\xce", {.fin = false}) + frame(continuation, "")), "text_encoding");
  EXPECT_EQ(rule_of(frame(text, "\xce", {.fin = false}) + frame(continuation, "\x41")), "text_encoding");
}

TEST(Frames, EachTextBeginsAnew) {
  EXPECT_EQ(rule_of(frame(binary, "\xce") + frame(text, "ok") + frame(binary, "\xff")), "");
}

TEST(Frames, CloseCodesThatMayBeSent) {  // §7.4 and the IANA registry
  EXPECT_EQ(rule_of(frame(close, "")), "");
  for (const unsigned code : {1000u, 1001u, 1002u, 1003u, 1007u, 1008u, 1009u, 1010u, 1011u, 1012u, 1013u, 1014u, 3000u,
                              3999u, 4000u, 4999u}) {
    EXPECT_EQ(rule_of(frame(close, close_payload(code, "bye"))), "") << code;
  }
  for (const unsigned code : {0u, 999u, 1004u, 1005u, 1006u, 1015u, 1016u, 1100u, 2000u, 2999u, 5000u, 65'535u}) {
    EXPECT_EQ(rule_of(frame(close, close_payload(code))), "close_code") << code;
  }
  EXPECT_EQ(rule_of(frame(close, "\x03")), "close_length");
  EXPECT_EQ(rule_of(frame(close, close_payload(1000, "\xce\xba\xed"))), "text_encoding");
  EXPECT_EQ(rule_of(frame(close, close_payload(1000, "\xed\xa0\x80"))), "text_encoding");
}

TEST(Frames, NothingGoesOnBehindAClose) {  // §5.5.1
  const std::string end = frame(close, close_payload(4001));
  const std::string bytes = frame(text, "a") + end + frame(text, "b");
  FrameReader reader(Sender::client, large);
  const auto seen = reader.take(bytes);
  EXPECT_TRUE(seen.closed);
  EXPECT_EQ(seen.go_on, frame(text, "a") + end);
  EXPECT_EQ(reader.close_said(), 4001);
  EXPECT_TRUE(reader.at_boundary());
}

TEST(Frames, AMessageHasAtMostSoManyBytes) {
  EXPECT_EQ(rule_of(frame(binary, std::string(1000, 'x')), Sender::client, 1000), "");
  EXPECT_EQ(rule_of(frame(binary, std::string(1001, 'x')), Sender::client, 1000), "message_size");
  const auto split = [](std::size_t first, std::size_t second) {
    return frame(text, std::string(first, 'x'), {.fin = false}) + frame(continuation, std::string(second, 'x'));
  };
  EXPECT_EQ(rule_of(split(600, 400), Sender::client, 1000), "");
  EXPECT_EQ(rule_of(split(600, 401), Sender::client, 1000), "message_size");
  EXPECT_EQ(rule_of(split(0, 1001), Sender::client, 1000), "message_size");
  EXPECT_EQ(rule_of(split(600, 400) + split(600, 400), Sender::client, 1000), "") << "each message counts for itself";
  EXPECT_EQ(feed(frame(binary, std::string(1001, 'x')), 5000, Sender::client, 1000).code, close_code::too_big);
}

TEST(Frames, AnnouncedLengthsCannotOverflowTheLimit) {
  const std::string huge(
      "\x80\xff\x7f\xff\xff\xff\xff\xff\xff\xff"
      "abcd",
      14);
  EXPECT_EQ(rule_of(frame(text, "x", {.fin = false}) + huge, Sender::client, large), "message_size");
}

TEST(Frames, NothingOfARefusedFrameGoesOnWhenItsHeaderSaysIt) {
  const std::string good = frame(text, "good");
  for (const std::string& bad : {frame(binary, std::string(1001, 'x')), frame(text, "x", {.reserved = 1}),
                                 frame(close, close_payload(1005)), frame(ping, "x", {.fin = false})}) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{5}, good.size() + bad.size()}) {
      const Outcome outcome = feed(good + bad, step, Sender::client, 1000);
      EXPECT_EQ(outcome.passed, good);
      EXPECT_TRUE(outcome.boundary);
    }
  }
}

TEST(Frames, ATextThatTurnsOutBadWithinAPieceDoesNotGoOnAtAll) {
  const std::string good = frame(text, "good");
  const Outcome outcome = feed(good + frame(text, "bad\xff"), 1000);
  EXPECT_EQ(outcome.passed, good);
  EXPECT_TRUE(outcome.boundary);
}

TEST(Frames, ATextThatTurnsOutBadLaterLeavesAFrameUnfinished) {
  const std::string bytes = frame(text, std::string(100, 'x') + "\xff" + std::string(100, 'x'));
  const Outcome outcome = feed(bytes, 60);
  EXPECT_EQ(outcome.rule, "text_encoding");
  EXPECT_EQ(outcome.passed, bytes.substr(0, 60));
  EXPECT_FALSE(outcome.boundary);
}

TEST(Frames, AFrameUnderWayIsNoBoundary) {
  const std::string bytes = frame(binary, std::string(300, 'x'));
  FrameReader reader(Sender::client, large);
  EXPECT_TRUE(reader.at_boundary());
  static_cast<void>(reader.take(std::string_view(bytes).substr(0, 3)));
  EXPECT_TRUE(reader.at_boundary()) << "a header that is not whole did not go on";
  static_cast<void>(reader.take(std::string_view(bytes).substr(3, 200)));
  EXPECT_FALSE(reader.at_boundary());
  static_cast<void>(reader.take(std::string_view(bytes).substr(203)));
  EXPECT_TRUE(reader.at_boundary());
}

TEST(Frames, WhatCostsABackendSomethingIsCounted) {
  const auto cost = [](const std::string& bytes) {
    const Outcome whole = feed(bytes, bytes.size());
    EXPECT_EQ(feed(bytes, 3).cost, whole.cost);
    return whole.cost;
  };
  EXPECT_EQ(cost(frame(text, "a") + frame(binary, "b") + frame(ping, "") + frame(pong, "")), 4);
  const std::string large_piece(FrameReader::small_fragment, 'x');
  const std::string small_piece(FrameReader::small_fragment - 1, 'x');
  EXPECT_EQ(cost(frame(text, "a", {.fin = false}) + frame(continuation, large_piece, {.fin = false}) +
                 frame(continuation, "")),
            1);
  EXPECT_EQ(cost(frame(text, "a", {.fin = false}) + frame(continuation, small_piece, {.fin = false}) +
                 frame(continuation, "", {.fin = false}) + frame(continuation, "")),
            3);
}

TEST(Frames, OwnCloseFramesAreGood) {
  CloseFrame place{};
  const std::string to_client(write_close(place, close_code::going_away));
  EXPECT_EQ(to_client, from_server(close, close_payload(1001)));
  const std::string to_server(write_close(place, close_code::too_big, MaskKey{'\x37', '\xfa', '\x21', '\x3d'}));
  EXPECT_EQ(to_server, frame(close, close_payload(1009)));
}

TEST(Mask, IsTheSameByWordsAndByBytes) {
  std::string bytes(100, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7);
  const MaskKey key{'\x01', '\x80', '\x33', '\xff'};
  for (std::size_t offset = 0; offset < 9; ++offset) {
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
      std::string out(size, '\0');
      unmask(std::string_view(bytes).substr(0, size), key, offset, out.data());
      for (std::size_t i = 0; i < size; ++i) ASSERT_EQ(out[i], static_cast<char>(bytes[i] ^ key[(offset + i) % 4]));
    }
  }
}

}  // namespace
}  // namespace sallyport::websocket
