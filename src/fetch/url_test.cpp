#include "fetch/url.hpp"

#include <gtest/gtest.h>

#include "base/address.hpp"
#include "fetch/reach.hpp"

namespace sallyport::fetch {
namespace {

TEST(Url, IsReadIntoItsParts) {
  const auto url = parse_url("https://ID.Example.com:8443/keys?x=1");
  ASSERT_TRUE(url) << url.error().text();
  EXPECT_EQ(url->host, "id.example.com");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/keys?x=1");
  EXPECT_EQ(url->authority(), "id.example.com:8443");
  EXPECT_EQ(url->text(), "https://id.example.com:8443/keys?x=1");
  EXPECT_EQ(parse_url("https://a")->text(), "https://a/");
  EXPECT_EQ(parse_url("https://a?b")->target, "/?b");
  EXPECT_EQ(parse_url("https://[::1]:444/")->authority(), "[::1]:444");
  EXPECT_EQ(parse_url("https://[::1]/")->host, "::1");
}

TEST(Url, HttpIsForThisMachineAlone) {
  EXPECT_TRUE(parse_url("http://localhost:80/"));
  EXPECT_TRUE(parse_url("http://127.0.0.9/"));
  EXPECT_TRUE(parse_url("http://[::1]/"));
  EXPECT_FALSE(parse_url("http://id.example.com/"));
  EXPECT_FALSE(parse_url("http://10.0.0.1/"));
  EXPECT_FALSE(parse_url("http://localhost.example.com/"));
}

TEST(Url, WhatIsNotOneIsRefused) {
  for (const char* text :
       {"", "ftp://a/", "https://", "https://u:p@a/", "https://a/#part", "https://a/b c", "https://a/\r\nX: y",
        "https://a:/", "https://a:99999/", "https:///x", "//a/", "https://a/\x80"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
  const std::string most = "https://a/" + std::string(Url::max_bytes - 10, 'x');
  EXPECT_TRUE(parse_url(most));
  EXPECT_FALSE(parse_url(most + "x"));
}

TEST(Url, AnOriginIsSchemeHostAndPort) {
  const Url one = *parse_url("https://a/x");
  EXPECT_TRUE(one.same_origin(*parse_url("https://a:443/y")));
  EXPECT_FALSE(one.same_origin(*parse_url("https://a:444/x")));
  EXPECT_FALSE(one.same_origin(*parse_url("https://b/x")));
  EXPECT_FALSE(parse_url("https://localhost:80/")->same_origin(*parse_url("http://localhost:80/")));
}

TEST(Reach, EveryAddressHasItsPlace) {
  const auto reach = [](const char* text) { return reach_of(*parse_address(text)); };
  for (const char* text : {"8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "192.167.1.1",
                           "2606:4700::1", "2a00::1", "64:ff9b::808:808"}) {
    EXPECT_EQ(reach(text), Reach::open_net) << text;
  }
  for (const char* text : {"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "fc00::1",
                           "fd12::1", "64:ff9b::a00:1", "2002:a00:1::1", "::ffff:10.0.0.1"}) {
    EXPECT_EQ(reach(text), Reach::private_net) << text;
  }
  for (const char* text : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"}) {
    EXPECT_EQ(reach(text), Reach::this_machine) << text;
  }
  for (const char* text : {"0.0.0.0", "0.1.2.3", "169.254.169.254", "224.0.0.1", "255.255.255.255", "192.0.2.1",
                           "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.0.0.1", "::", "fe80::1", "ff02::1",
                           "2001:db8::1", "2001::1", "::7f00:1", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::"}) {
    EXPECT_EQ(reach(text), Reach::nowhere) << text;
  }
}

}  // namespace
}  // namespace sallyport::fetch
