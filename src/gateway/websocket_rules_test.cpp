// Who may open a WebSocket, and what each side of the handshake may say (RFC 6455 §4).
#include "gateway/websocket_rules.hpp"

#include <gtest/gtest.h>

#include <string>

#include "http/head.hpp"

namespace sallyport::gateway {
namespace {

struct Asked {
  explicit Asked(const std::string& more = {}, const std::string& line = "GET /ws", bool https = true) {
    head = line + " HTTP/1.1\r\nHost: api.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" + more + "\r\n";
    EXPECT_TRUE(http::read_request_head(head, https, {}, arena, request));
  }
  std::string head;
  Arena arena;
  Request request;
};

settings::WebSocket section() {
  settings::WebSocket from;
  from.paths = {"/ws", "/rooms/*/live"};
  return from;
}

std::string verdict_of(const settings::WebSocket& from, Asked& asked) {
  const auto rules = WebSocketRules::build(from);
  WebSocketHandshake handshake;
  handshake.begin(*rules);
  const Verdict verdict = handshake.take_request(asked.request, asked.arena);
  if (const auto* denied = std::get_if<Deny>(&verdict)) return std::string(denied->reason.rule);
  return std::holds_alternative<Pass>(verdict) ? "pass" : "something else";
}

TEST(WebSocketRules, PathsAreMatchedBySegments) {
  const auto rules = WebSocketRules::build(section());
  for (const char* path : {"/ws", "/rooms/7/live"}) EXPECT_TRUE(rules->declares(path)) << path;
  for (const char* path : {"/", "/ws/", "/ws/x", "/WS", "/rooms/live", "/rooms/7/8/live", "/rooms/7/live/x"}) {
    EXPECT_FALSE(rules->declares(path)) << path;
  }
}

TEST(WebSocketRules, OriginsAreThoseOfTheApiAndThoseThatAreNamed) {  // CWE-1385
  settings::WebSocket from = section();
  from.origins = {"https://app.test", "https://dev.test:8443"};
  const auto rules = WebSocketRules::build(from);
  Asked secure;
  for (const char* good : {"https://app.test", "https://dev.test:8443", "https://api.test", "https://api.test:443"}) {
    EXPECT_TRUE(rules->allows_origin(good, secure.request)) << good;
  }
  for (const char* bad :
       {"http://app.test", "https://app.test:8443", "https://dev.test", "http://api.test", "https://api.test:444",
        "https://api.test.evil", "https://api.test:443.evil", "https://api.tes", "https://xapi.test", "null", "",
        "api.test", "https://api.test/", "ftp://api.test"}) {
    EXPECT_FALSE(rules->allows_origin(bad, secure.request)) << bad;
  }
  Asked plain("", "GET /ws", false);
  EXPECT_TRUE(rules->allows_origin("http://api.test", plain.request));
  EXPECT_TRUE(rules->allows_origin("https://api.test", plain.request)) << "TLS may end before the gateway";
  from.origins = {"*"};
  EXPECT_TRUE(WebSocketRules::build(from)->allows_origin("https://any.test", secure.request));
}

TEST(WebSocketRules, ARequestWithoutOriginNeedsNone) {
  Asked asked;
  EXPECT_EQ(verdict_of(section(), asked), "pass");
  Asked from_elsewhere("Origin: https://evil.test\r\n");
  EXPECT_EQ(verdict_of(section(), from_elsewhere), "origin");
}

TEST(WebSocketRules, OnlyWhatTheStandardCallsAHandshakeIsOne) {
  Asked asked;
  EXPECT_TRUE(asks_for_websocket(asked.request));
  Asked head("", "HEAD /ws");
  EXPECT_FALSE(asks_for_websocket(head.request));
  Asked post("Content-Length: 0\r\n", "POST /ws");
  EXPECT_FALSE(asks_for_websocket(post.request));
  asked.request.version = {1, 0};
  EXPECT_FALSE(asks_for_websocket(asked.request));
}

TEST(WebSocketRules, SubprotocolsAreThoseThatAreNamed) {
  settings::WebSocket from = section();
  from.subprotocols = {"chat.v2", "chat.v1"};
  Asked none;
  EXPECT_EQ(verdict_of(from, none), "subprotocol");
  Asked other("Sec-WebSocket-Protocol: chat.v3, CHAT.V2\r\n");
  EXPECT_EQ(verdict_of(from, other), "subprotocol");
  Asked some("Sec-WebSocket-Protocol: chat.v3, chat.v1\r\nSec-WebSocket-Protocol: chat.v2\r\n");
  EXPECT_EQ(verdict_of(from, some), "pass");
  const Field* offered = some.request.fields.find("Sec-WebSocket-Protocol");
  ASSERT_NE(offered, nullptr);
  EXPECT_EQ(offered->value, "chat.v1, chat.v2");
}

TEST(WebSocketRules, TheApiGetsAKeyOfOurOwnAndNoExtensions) {
  Asked asked("Sec-WebSocket-Extensions: permessage-deflate\r\n");
  const auto rules = WebSocketRules::build(section());
  WebSocketHandshake handshake;
  handshake.begin(*rules);
  ASSERT_TRUE(std::holds_alternative<Pass>(handshake.take_request(asked.request, asked.arena)));
  EXPECT_EQ(asked.request.fields.find("Sec-WebSocket-Extensions"), nullptr);
  const Field* key = asked.request.fields.find("Sec-WebSocket-Key");
  ASSERT_NE(key, nullptr);
  EXPECT_TRUE(websocket::is_key(key->value));
  EXPECT_NE(key->value, "dGhlIHNhbXBsZSBub25jZQ==");
}

class Answered : public ::testing::Test {
 protected:
  Answered() {
    handshake.begin(*rules);
    EXPECT_TRUE(std::holds_alternative<Pass>(handshake.take_request(asked.request, asked.arena)));
    const auto accept = websocket::accept_for(asked.request.fields.find("Sec-WebSocket-Key")->value);
    accept_line = "Sec-WebSocket-Accept: " + std::string(accept.data(), accept.size()) + "\r\n";
  }
  std::string rule_of(const std::string& fields) {
    head = "HTTP/1.1 101 x\r\n" + fields + "\r\n";
    EXPECT_TRUE(http::read_response_head(head, Method::get, {}, response));
    return std::string(handshake.take_answer(response));
  }
  const std::string upgrade = "Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n";
  std::shared_ptr<const WebSocketRules> rules = WebSocketRules::build(section());
  Asked asked{"Sec-WebSocket-Protocol: a, b\r\n"};
  WebSocketHandshake handshake;
  std::string accept_line;
  std::string head;
  Response response;
};

TEST_F(Answered, ClientsHearTheAcceptOfTheirOwnKey) {
  EXPECT_EQ(rule_of(upgrade + accept_line), "");
  EXPECT_EQ(response.fields.find("Sec-WebSocket-Accept")->value, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(rule_of(upgrade + accept_line + "Sec-WebSocket-Protocol: b\r\n"), "");
}

TEST_F(Answered, WhatAnApiMayNotSay) {
  EXPECT_EQ(rule_of("Upgrade: h2c\r\nConnection: Upgrade\r\n" + accept_line), "websocket_upgrade");
  EXPECT_EQ(rule_of("Connection: Upgrade\r\n" + accept_line), "websocket_upgrade");
  EXPECT_EQ(rule_of("Upgrade: websocket\r\n" + accept_line), "websocket_upgrade");
  EXPECT_EQ(rule_of(upgrade), "websocket_accept");
  EXPECT_EQ(rule_of(upgrade + accept_line + accept_line), "websocket_accept");
  EXPECT_EQ(rule_of(upgrade + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), "websocket_accept");
  EXPECT_EQ(rule_of(upgrade + accept_line + "Sec-WebSocket-Extensions: permessage-deflate\r\n"), "websocket_extension");
  for (const char* chosen : {"c", "a, b", "A", ""}) {
    EXPECT_EQ(rule_of(upgrade + accept_line + "Sec-WebSocket-Protocol: " + chosen + "\r\n"), "websocket_subprotocol")
        << chosen;
  }
  EXPECT_EQ(rule_of(upgrade + accept_line + "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: a\r\n"),
            "websocket_subprotocol");
}

}  // namespace
}  // namespace sallyport::gateway
