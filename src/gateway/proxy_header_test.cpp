#include "gateway/proxy_header.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/address.hpp"

namespace sallyport::gateway {
namespace {

std::string said(std::string_view bytes) {
  const auto header = read_proxy_header(bytes);
  if (!header) return "refused";
  if (header->size == 0) return "more";
  const std::string rest = " +" + std::to_string(bytes.size() - header->size);
  return header->own ? "own" + rest : format_address(header->client) + " " + std::to_string(header->client_port) + rest;
}

std::string v2(char command, char family, const std::string& body) {
  std::string out("\r\n\r\n\0\r\nQUIT\n", 12);
  out += command;
  out += family;
  out += static_cast<char>(body.size() >> 8);
  out += static_cast<char>(body.size());
  return out + body;
}
const std::string four("\xc0\x00\x02\x07\xc6\x33\x64\x01\xc3\xcb\x01\xbb", 12);
const std::string six =
    std::string("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07", 16) + std::string(16, '\1') + "\xc3\xcb\1\1";

TEST(ProxyHeader, ALine) {
  EXPECT_EQ(said("PROXY TCP4 192.0.2.7 198.51.100.1 50123 443\r\n"), "192.0.2.7 50123 +0");
  EXPECT_EQ(said("PROXY TCP4 192.0.2.7 198.51.100.1 0 65535\r\nGET"), "192.0.2.7 0 +3");
  EXPECT_EQ(said("PROXY TCP6 2001:db8::7 ::1 50123 443\r\n\x16"), "2001:db8::7 50123 +1");
  EXPECT_EQ(said("PROXY UNKNOWN\r\n"), "own +0");
  EXPECT_EQ(said("PROXY UNKNOWN ffff::1 whatever it says\r\nGET"), "own +3");
}

TEST(ProxyHeader, ALineThatIsNotWhole) {
  const std::string line = "PROXY TCP4 192.0.2.7 198.51.100.1 50123 443\r\n";
  for (std::size_t end = 0; end < line.size(); ++end) EXPECT_EQ(said(line.substr(0, end)), "more") << end;
}

TEST(ProxyHeader, ALineThatIsNone) {
  for (const char* bad : {"PROXY TCP4 192.0.2.7 198.51.100.1 50123 443\n",
                          "PROXY TCP4  192.0.2.7 198.51.100.1 50123 443\r\n",
                          "PROXY TCP4 192.0.2.7 198.51.100.1 50123 443 \r\n",
                          "PROXY TCP4 192.0.2.7 198.51.100.1 50123\r\n",
                          "PROXY TCP4 192.0.2.7 198.51.100.1 50123 65536\r\n",
                          "PROXY TCP4 192.0.2.7 198.51.100.1 050123 443\r\n",
                          "PROXY TCP4 192.0.2.7 198.51.100.1 -1 443\r\n",
                          "PROXY TCP4 192.0.2.7 198.51.100.1 50123 \r\n",
                          "PROXY TCP4 192.0.2.07 198.51.100.1 50123 443\r\n",
                          "PROXY TCP4 192.0.2.7 2001:db8::1 50123 443\r\n",
                          "PROXY TCP4 2001:db8::7 2001:db8::1 50123 443\r\n",
                          "PROXY TCP6 192.0.2.7 198.51.100.1 50123 443\r\n",
                          "PROXY UDP4 192.0.2.7 198.51.100.1 50123 443\r\n",
                          "PROXY tcp4 192.0.2.7 198.51.100.1 50123 443\r\n",
                          "PROXY UNKNOWNS\r\n",
                          "PROXY \r\n",
                          "PROXY\tTCP4 ",
                          "proxy ",
                          "GET / HTTP/1.1\r\n",
                          "\x16\x03\x01",
                          "\n"}) {
    EXPECT_EQ(said(bad), "refused") << bad;
  }
}

TEST(ProxyHeader, ALineHasALimit) {
  const std::string begin = "PROXY UNKNOWN ";
  EXPECT_EQ(said(begin + std::string(105 - begin.size(), 'a') + "\r\n"), "own +0");
  EXPECT_EQ(said(begin + std::string(106 - begin.size(), 'a') + "\r\n"), "refused");
  EXPECT_EQ(said(begin + std::string(106 - begin.size(), 'a')), "more");
  EXPECT_EQ(said(begin + std::string(107 - begin.size(), 'a')), "refused");
}

TEST(ProxyHeader, Version2) {
  EXPECT_EQ(said(v2(0x21, 0x11, four)), "192.0.2.7 50123 +0");
  EXPECT_EQ(said(v2(0x21, 0x21, six) + "\x16\x03"), "2001:db8::7 50123 +2");
  EXPECT_EQ(said(v2(0x20, 0x11, four)), "own +0") << "LOCAL: the addresses are skipped";
  EXPECT_EQ(said(v2(0x20, 0x00, "")), "own +0");
  EXPECT_EQ(said(v2(0x20, 0x31, std::string(300, 'x')) + "a"), "own +1") << "whatever stands in it";
  EXPECT_EQ(said(v2(0x21, 0x00, std::string("abc"))), "own +0") << "UNSPEC";
  const std::string whole = v2(0x21, 0x11, four);
  for (std::size_t end = 0; end < whole.size(); ++end) EXPECT_EQ(said(whole.substr(0, end)), "more") << end;
}

TEST(ProxyHeader, Version2ThatIsNone) {
  EXPECT_EQ(said(v2(0x11, 0x11, four)), "refused") << "version 1 in the form of version 2";
  EXPECT_EQ(said(v2(0x31, 0x11, four)), "refused");
  EXPECT_EQ(said(v2(0x22, 0x11, four)), "refused") << "a command that does not exist";
  EXPECT_EQ(said(v2(0x21, 0x12, four)), "refused") << "UDP";
  EXPECT_EQ(said(v2(0x21, 0x31, std::string(216, 'x'))), "refused") << "a Unix socket";
  EXPECT_EQ(said(v2(0x21, 0x11, four.substr(1))), "refused");
  EXPECT_EQ(said(v2(0x21, 0x21, four)), "refused");
  EXPECT_EQ(said(std::string("\r\n\r\n\0\r\nQUIT\r", 12)), "refused");
}

TEST(ProxyHeader, TlvsFillTheirRoom) {
  const auto with = [](const std::string& tlvs) { return said(v2(0x21, 0x11, four + tlvs)); };
  EXPECT_EQ(with(std::string("\x04\0\0", 3)), "192.0.2.7 50123 +0");
  EXPECT_EQ(with(std::string("\x04\0\2ab\x20\0\1c", 9)), "192.0.2.7 50123 +0");
  EXPECT_EQ(with(std::string("\x04\0\2a", 4)), "refused");
  EXPECT_EQ(with(std::string("\x04\0", 2)), "refused");
  EXPECT_EQ(with(std::string("\x04\0\0\x04", 4)), "refused");
}

TEST(ProxyHeader, Version2HasALimit) {
  EXPECT_EQ(said(v2(0x20, 0x00, std::string(max_proxy_header - 16, 'x'))), "own +0");
  EXPECT_EQ(said(v2(0x20, 0x00, std::string(max_proxy_header - 15, 'x')).substr(0, 16)), "refused")
      << "by its length alone";
}

}  // namespace
}  // namespace sallyport::gateway
