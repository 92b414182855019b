#include "gateway/http2_inbox.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::gateway {
namespace {

TEST(Http2Inbox, HoldsAWindowAndNotOneByteMore) {
  BufferPool pool;
  Http2Inbox inbox;
  const std::string window(Http2Inbox::window, 'w');
  EXPECT_FALSE(inbox.add(window + "x", pool));
  EXPECT_TRUE(inbox.empty());
  EXPECT_TRUE(inbox.add(window, pool));
  EXPECT_FALSE(inbox.add("x", pool));
  EXPECT_EQ(inbox.bytes(), window);
}

TEST(Http2Inbox, RefusesByWhatIsHeldNotByTheRoomThatIsLeft) {
  BufferPool pool;
  Http2Inbox inbox;
  ASSERT_TRUE(inbox.add(std::string(Http2Inbox::window - 10, 'a'), pool));
  EXPECT_FALSE(inbox.add(std::string(11, 'b'), pool));
  inbox.drop(1);
  EXPECT_TRUE(inbox.add(std::string(11, 'b'), pool));
  EXPECT_FALSE(inbox.add("c", pool));
  EXPECT_EQ(inbox.bytes(), std::string(Http2Inbox::window - 11, 'a') + std::string(11, 'b'));
}

TEST(Http2Inbox, KeepsTheOrderWhileItMovesAndGrows) {
  BufferPool pool;
  Http2Inbox inbox;
  std::string sent, read;
  for (int round = 0; round < 400; ++round) {
    const std::string piece(static_cast<std::size_t>(1 + round * 37 % 5000), static_cast<char>('a' + round % 26));
    if (inbox.add(piece, pool)) {
      sent += piece;
    } else {
      EXPECT_GT(inbox.size() + piece.size(), Http2Inbox::window);
    }
    const std::size_t taken = inbox.size() / 3;
    read += inbox.bytes().substr(0, taken);
    inbox.drop(taken);
  }
  read += inbox.bytes();
  inbox.release();
  EXPECT_TRUE(inbox.empty());
  EXPECT_EQ(read, sent);
  EXPECT_TRUE(inbox.add("again", pool));
  EXPECT_EQ(inbox.bytes(), "again");
}

}  // namespace
}  // namespace sallyport::gateway
