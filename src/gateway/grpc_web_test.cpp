#include "gateway/grpc_web.hpp"

#include <gtest/gtest.h>

namespace sallyport::gateway {
namespace {

GrpcWeb of(std::string_view type, Method method = Method::post) {
  Request request;
  request.method = method;
  request.fields.append("Content-Type", type);
  return grpc_web_of(request);
}

TEST(GrpcWeb, IsKnownByItsContentType) {
  Arena arena;
  EXPECT_EQ(of("application/grpc-web").form, GrpcWeb::Form::binary);
  EXPECT_EQ(of("application/grpc-web-text").form, GrpcWeb::Form::text);
  EXPECT_EQ(of("Application/gRPC-Web+proto; charset=utf-8").form, GrpcWeb::Form::binary);
  EXPECT_EQ(of("application/grpc-web-text+thrift").format, "+thrift");
  EXPECT_EQ(of("application/grpc-web-text+proto ; x=y").client_type(arena), "application/grpc-web-text+proto");
  EXPECT_EQ(of("application/grpc-web+proto").client_type(arena), "application/grpc-web+proto");
  EXPECT_EQ(of("application/grpc-web-text").upstream_type(arena), "application/grpc");
  EXPECT_EQ(of("application/grpc-web-text+proto").upstream_type(arena), "application/grpc+proto");
  for (const char* other : {"application/grpc", "application/grpc+proto", "application/grpc-webx",
                            "application/grpc-web-texts", "application/json", ""}) {
    EXPECT_FALSE(of(other)) << other;
  }
  EXPECT_FALSE(of("application/grpc-web", Method::get));
  EXPECT_FALSE(of("application/grpc-web", Method::options));
}

TEST(GrpcWeb, OnlyAnswersOfGrpcAreTranslated) {
  const auto answers = [](std::string_view type) {
    Response response;
    response.fields.append("content-type", type);
    return answers_grpc(response);
  };
  EXPECT_TRUE(answers("application/grpc"));
  EXPECT_TRUE(answers("application/grpc+proto"));
  EXPECT_FALSE(answers("application/grpc-web"));
  EXPECT_FALSE(answers("text/html"));
  EXPECT_FALSE(answers_grpc(Response{}));
}

TEST(GrpcWeb, TextsMayHaveBeenEncodedInParts) {
  Arena arena;
  const auto decoded = [&](std::string_view text) {
    const auto bytes = decode_grpc_web_text(text, arena);
    return bytes ? std::string(*bytes) : std::string("none");
  };
  EXPECT_EQ(decoded(""), "");
  EXPECT_EQ(decoded("aGVsbG8="), "hello");
  EXPECT_EQ(decoded("aGVsbG8=d29ybGQh"), "helloworld!");
  EXPECT_EQ(decoded("aA==aQ==ag=="), "hij");
  for (const char* bad : {"aGVsbG8", "aGVsb===", "=", "aGVs bG8=", "aGVsbG8=\n", "a-_="})
    EXPECT_EQ(decoded(bad), "none") << bad;
}

TEST(GrpcWeb, TrailersAreOneFrame) {
  const std::array<Field, 2> trailers{Field{"grpc-status", "0"}, Field{"Grpc-Message", "fine"}};
  const std::string text = "grpc-status: 0\r\ngrpc-message: fine\r\n";
  EXPECT_EQ(grpc_web_trailers(trailers), std::string("\x80\0\0\0", 4) + static_cast<char>(text.size()) + text);
  EXPECT_EQ(grpc_web_trailers({}), std::string("\x80\0\0\0\0", 5));
}

}  // namespace
}  // namespace sallyport::gateway
