#include "config/endpoint.hpp"

#include <gtest/gtest.h>

#include <sys/un.h>

namespace sallyport::config {
namespace {

TEST(EndpointText, ParsesAndFormats) {
  for (const char* text : {"127.0.0.1:8443", "0.0.0.0:0", "[::1]:9443", "[2001:db8::1]:65535", "unix:/run/s.sock"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(format_endpoint(*endpoint), text);
  }
  EXPECT_EQ(parse_endpoint("[::1]:9443")->port, 9443);
  EXPECT_TRUE(parse_endpoint("unix:/a")->is_unix());
}

TEST(EndpointText, RefusesWithAHint) {
  struct Case {
    const char* text;
    const char* hint;
  };
  for (const auto& [text, hint] :
       {Case{"", ""}, Case{"127.0.0.1", "add a port"},
        Case{"localhost:80", "give the address of an interface, not a name"}, Case{":80", ""},
        Case{"::1:80", "put the IPv6 address in brackets"}, Case{"[127.0.0.1]:80", "brackets are for IPv6 only"},
        Case{"127.0.0.1:65536", "a port is a number from 0 to 65535"},
        Case{"127.0.0.1:", "a port is a number from 0 to 65535"},
        Case{"127.0.0.1:-1", "a port is a number from 0 to 65535"},
        Case{"127.0.0.1:8o", "a port is a number from 0 to 65535"},
        Case{"unix:run", "the path of a socket is absolute"}, Case{"unix:", "the path of a socket is absolute"}}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_FALSE(endpoint) << text;
    EXPECT_EQ(endpoint.error().hint, hint) << text;
  }
}

TEST(EndpointText, SocketPathsFitTheSystem) {
  const std::string longest = "unix:/" + std::string(sizeof(sockaddr_un::sun_path) - 2, 'a');
  EXPECT_TRUE(parse_endpoint(longest));
  EXPECT_FALSE(parse_endpoint(longest + "a"));
}

}  // namespace
}  // namespace sallyport::config
