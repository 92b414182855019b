#include "gateway/grpc.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::gateway {
namespace {

bool is_grpc_with(std::string_view type, std::uint8_t major = 2) {
  Request request;
  request.clear();
  request.version = {major, 0};
  request.fields.append("content-type", type);
  return is_grpc(request);
}

TEST(Grpc, IsKnownByItsMediaType) {
  EXPECT_TRUE(is_grpc_with("application/grpc"));
  EXPECT_TRUE(is_grpc_with("application/grpc+proto"));
  EXPECT_TRUE(is_grpc_with("Application/GRPC; x=1"));
}

TEST(Grpc, OtherTypesAreNot) {
  EXPECT_FALSE(is_grpc_with("application/grpc-web"));
  EXPECT_FALSE(is_grpc_with("application/grpc-web+proto"));
  EXPECT_FALSE(is_grpc_with("application/json"));
  EXPECT_FALSE(is_grpc_with("application/grp"));
  EXPECT_FALSE(is_grpc_with(""));
  EXPECT_FALSE(is_grpc(Request{}));
}

TEST(Grpc, NeedsHttp2) { EXPECT_FALSE(is_grpc_with("application/grpc", 1)); }

TEST(Grpc, StatusOfWhatTheGatewaySays) {
  EXPECT_EQ(grpc_status(400), "3");
  EXPECT_EQ(grpc_status(401), "16");
  EXPECT_EQ(grpc_status(403), "7");
  EXPECT_EQ(grpc_status(404), "12");
  EXPECT_EQ(grpc_status(405), "12");
  EXPECT_EQ(grpc_status(413), "8");
  EXPECT_EQ(grpc_status(429), "8");
  EXPECT_EQ(grpc_status(500), "13");
  EXPECT_EQ(grpc_status(502), "14");
  EXPECT_EQ(grpc_status(503), "14");
  EXPECT_EQ(grpc_status(504), "4");
  EXPECT_EQ(grpc_status(418), "2");
  EXPECT_EQ(grpc_status(599), "13");
}

TEST(Grpc, MessagesAreEncoded) {
  Arena arena;
  EXPECT_EQ(grpc_message("Not here", arena), "Not here");
  EXPECT_EQ(grpc_message("100%\r\n\xc3\xbc~", arena), "100%25%0D%0A%C3%BC~");
  EXPECT_EQ(grpc_message("", arena), "");
}

}  // namespace
}  // namespace sallyport::gateway
