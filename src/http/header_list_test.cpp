// One test for each rule of RFC 9113 §8 that a list can break, and that what passes is the same
// message as HTTP/1.1 would have brought.
#include "http/header_list.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace sallyport::http {
namespace {

using List = std::vector<std::pair<std::string, std::string>>;

struct Read {
  Arena arena;
  Request request;
  std::string rule;
  std::uint16_t status = 0;
};

void read(Read& out, const List& list, bool end_stream = true, bool https = true, HeadLimits limits = {}) {
  RequestList reader;
  reader.start(https, limits, out.arena, out.request);
  for (const auto& [name, value] : list) reader.add(name, value);
  const auto done = reader.finish(end_stream);
  out.rule = done ? "" : std::string(done.error().rule);
  out.status = done ? 0 : done.error().status;
}

const List plain{{":method", "GET"}, {":scheme", "https"}, {":authority", "a.example"}, {":path", "/x?q=1"}};

List with(std::pair<std::string, std::string> more) {
  List list = plain;
  list.push_back(std::move(more));
  return list;
}

List without(const std::string& name, const std::string& instead = {}) {
  List list;
  for (const auto& [key, value] : plain) {
    if (key != name) list.emplace_back(key, value);
    if (key == name && !instead.empty()) list.emplace_back(key, instead);
  }
  return list;
}

std::string rule_of(const List& list, bool end_stream = true, bool https = true) {
  Read out;
  read(out, list, end_stream, https);
  return out.rule;
}

TEST(RequestList, PlainGet) {
  Read out;
  read(out, plain);
  EXPECT_EQ(out.rule, "");
  EXPECT_EQ(out.request.method, Method::get);
  EXPECT_EQ(out.request.host, "a.example");
  EXPECT_EQ(out.request.path, "/x");
  EXPECT_EQ(out.request.query, "q=1");
  EXPECT_EQ(out.request.framing, Framing::none);
  EXPECT_EQ(out.request.version.major, 2);
  ASSERT_NE(out.request.fields.find(FieldName::host), nullptr);
  EXPECT_EQ(out.request.fields.find(FieldName::host)->value, "a.example");
}

// RFC 8441 §4: what it asks for is what a handshake by HTTP/1.1 asks for.
TEST(RequestList, ExtendedConnectBecomesAHandshake) {
  const auto ask = [](const std::string& method, const std::string& protocol, const List& more = {},
                      bool end_stream = false) {
    List list{{":method", method},
              {":protocol", protocol},
              {":scheme", "https"},
              {":authority", "a.example"},
              {":path", "/x"}};
    list.insert(list.end(), more.begin(), more.end());
    auto out = std::make_unique<Read>();
    RequestList reader;
    reader.start(true, {}, out->arena, out->request, true);
    for (const auto& [name, value] : list) reader.add(name, value);
    const auto done = reader.finish(end_stream);
    out->rule = done ? "" : std::string(done.error().rule);
    out->status = done ? 0 : done.error().status;
    return out;
  };
  const auto good = ask("CONNECT", "websocket");
  EXPECT_EQ(good->rule, "");
  EXPECT_EQ(good->request.method, Method::get);
  EXPECT_EQ(good->request.method_token, "GET");
  EXPECT_EQ(good->request.path, "/x");
  EXPECT_EQ(good->request.framing, Framing::none);
  EXPECT_EQ(good->request.fields.find(FieldName::upgrade), nullptr) << "marked as removed: it is never forwarded";
  const auto asked = [&](FieldName name) {
    return std::ranges::any_of(good->request.fields.all(), [&](const Field& field) { return field.known == name; });
  };
  EXPECT_TRUE(asked(FieldName::upgrade));
  EXPECT_TRUE(asked(FieldName::connection));
  EXPECT_EQ(ask("GET", "websocket")->rule, "pseudo_unknown");
  EXPECT_EQ(ask("CONNECT", "connect-udp")->rule, "connect_protocol");
  EXPECT_EQ(ask("CONNECT", "connect-udp")->status, 501);
  EXPECT_EQ(ask("CONNECT", "websocket", {{"content-length", "0"}})->rule, "connect_body");
  EXPECT_EQ(ask("CONNECT", "websocket", {}, true)->rule, "connect_body");
  EXPECT_EQ(ask("CONNECT", "websocket", {{"upgrade", "websocket"}})->rule, "field_of_connection");
  EXPECT_EQ(ask("CONNECT", "websocket", {{":protocol", "websocket"}})->rule, "pseudo_repeated");
}

TEST(RequestList, CookieCrumbsAreJoined) {
  List list = plain;
  list.insert(list.end(), {{"cookie", "a=1"}, {"x", "y"}, {"cookie", "b=2"}, {"cookie", "c=3"}});
  Read out;
  read(out, list);
  ASSERT_EQ(out.rule, "");
  EXPECT_EQ(out.request.fields.find(FieldName::cookie)->value, "a=1; b=2; c=3");
}

TEST(RequestList, PseudoFields) {
  for (const char* missing : {":method", ":scheme", ":path"}) EXPECT_EQ(rule_of(without(missing)), "pseudo_missing");
  for (const char* twice : {":method", ":scheme", ":path", ":authority"}) {
    EXPECT_EQ(rule_of(with({twice, "/x"})), "pseudo_repeated") << twice;
  }
  EXPECT_EQ(rule_of(with({":protocol", "websocket"})), "pseudo_unknown");
  EXPECT_EQ(rule_of(with({":", "x"})), "pseudo_unknown");
  List behind{{"x", "y"}};
  behind.insert(behind.end(), plain.begin(), plain.end());
  EXPECT_EQ(rule_of(behind), "pseudo_order");
}

TEST(RequestList, MethodsAreTokens) {
  for (const char* method : {"GET\r\nX: y", " ", "GE T", "get"}) {
    EXPECT_NE(rule_of(without(":method", method)), "") << method;
  }
  EXPECT_EQ(rule_of(without(":method", "CONNECT")), "method_connect");
}

TEST(RequestList, SchemeIsThatOfThePort) {
  EXPECT_EQ(rule_of(without(":scheme", "http")), "scheme");
  EXPECT_EQ(rule_of(without(":scheme", "ftp")), "scheme");
  EXPECT_EQ(rule_of(without(":scheme", "http"), true, false), "");
  EXPECT_EQ(rule_of(plain, true, false), "");  // behind a TLS terminator
}

TEST(RequestList, Paths) {
  for (const char* path : {" ", "x", "/a b", "/\t", "/a\r\nX: y", "https://a.example/", "/a#b", "*", "/%zz"}) {
    EXPECT_NE(rule_of(without(":path", path)), "") << path;
  }
  Read dots;
  read(dots, without(":path", "/a/../b//c"));
  EXPECT_EQ(dots.request.path, "/b/c");
  Read longest;
  read(longest, without(":path", "/" + std::string(8 * 1024 - 1, 'a')));
  EXPECT_EQ(longest.rule, "");
  Read longer;
  read(longer, without(":path", "/" + std::string(8 * 1024, 'a')));
  EXPECT_EQ(longer.status, 414);
}

TEST(RequestList, AsteriskIsForOptions) {
  List list = without(":path", "*");
  list[0].second = "OPTIONS";
  Read out;
  read(out, list);
  EXPECT_EQ(out.rule, "");
  EXPECT_EQ(out.request.path, "*");
}

TEST(RequestList, Authorities) {
  for (const char* authority : {"a.example\r\nX: y", "a.example/x", "user@a.example", "a b", "a.example,b.example"}) {
    EXPECT_NE(rule_of(without(":authority", authority)), "") << authority;
  }
  EXPECT_EQ(rule_of(without(":authority")), "host_missing");
  List only_host = without(":authority");
  only_host.emplace_back("host", "B.example:8443");
  Read out;
  read(out, only_host);
  EXPECT_EQ(out.rule, "");
  EXPECT_EQ(out.request.host, "b.example");
  EXPECT_EQ(out.request.port, 8443);
  List injected = without(":authority");
  injected.insert(injected.begin(), {":authority", "[::" + std::string(1, '\0') + "\r\nx-role: admin\r\n\r\n]"});
  EXPECT_EQ(rule_of(injected), "host_syntax");
  EXPECT_EQ(rule_of(with({"host", "A.example"})), "");
  EXPECT_EQ(rule_of(with({"host", "b.example"})), "authority_mismatch");
  EXPECT_EQ(rule_of(with({"host", "a.example:444"})), "authority_mismatch");
}

TEST(RequestList, FieldNamesAndValues) {
  for (const char* name : {"X-Upper", "a b", "", "x\r\ny", "x:y", "transfer_encoding"}) {
    EXPECT_NE(rule_of(with({name, "v"})), "") << name;
  }
  for (const char* value : {"a\nb", "a\r\n\r\nGET / HTTP/1.1", "a\rb", " a", "a ", "\ta"}) {
    EXPECT_EQ(rule_of(with({"x", value})), "field_value") << value;
  }
  EXPECT_EQ(rule_of(with({"x", std::string("a\0b", 3)})), "field_value");
  EXPECT_EQ(rule_of(with({"x", ""})), "");
}

TEST(RequestList, FieldsOfTheConnection) {
  for (const char* name : {"connection", "keep-alive", "proxy-connection", "upgrade", "http2-settings"}) {
    EXPECT_EQ(rule_of(with({name, "x"})), "field_of_connection") << name;
  }
  EXPECT_EQ(rule_of(with({"transfer-encoding", "chunked"})), "field_of_connection");
  EXPECT_EQ(rule_of(with({"te", "gzip"})), "field_of_connection");
  Read te;
  read(te, with({"te", "trailers"}));
  EXPECT_EQ(te.rule, "");
  EXPECT_EQ(te.request.fields.find(FieldName::te), nullptr);  // taken out: of the hop
}

TEST(RequestList, Lengths) {
  const auto framing = [](const List& list, bool end) {
    Read out;
    read(out, list, end);
    return out.rule.empty() ? std::pair(out.request.framing, out.request.content_length)
                            : std::pair(Framing::until_close, std::uint64_t{0});
  };
  using enum Framing;
  EXPECT_EQ(framing(with({"content-length", "5"}), false), std::pair(length, std::uint64_t{5}));
  EXPECT_EQ(framing(plain, false), std::pair(chunked, std::uint64_t{0}));
  EXPECT_EQ(framing(without(":method", "POST"), true), std::pair(length, std::uint64_t{0}));
  EXPECT_EQ(rule_of(with({"content-length", "5"})), "content_length_sum");
  EXPECT_EQ(rule_of(with({"content-length", "5, 5"}), false), "content_length");
  List twice = with({"content-length", "5"});
  twice.emplace_back("content-length", "6");
  EXPECT_EQ(rule_of(twice, false), "field_repeated");
}

TEST(RequestList, Expectations) {
  Read out;
  read(out, with({"expect", "100-continue"}), false);
  EXPECT_TRUE(out.request.expect_continue);
  EXPECT_EQ(rule_of(with({"expect", "200-ok"})), "expect");
}

TEST(RequestList, Limits) {
  List list = plain;
  for (int i = 0; i < 100; ++i) list.emplace_back("x" + std::to_string(i), "v");
  EXPECT_EQ(rule_of(list), "");
  list.emplace_back("y", "v");
  Read fields;
  read(fields, list);
  EXPECT_EQ(fields.status, 431);

  const auto of_size = [](std::size_t size) {
    std::size_t used = 0;
    for (const auto& [name, value] : plain) used += name.size() + value.size() + field_overhead;
    return with({"x", std::string(size - used - 1 - field_overhead, 'v')});
  };
  EXPECT_EQ(rule_of(of_size(60 * 1024)), "");
  Read longer;
  read(longer, of_size(60 * 1024 + 1));
  EXPECT_EQ(longer.status, 431);
}

TEST(RequestList, WhatIsRefusedIsStillRecorded) {
  Read out;
  read(out, with({"Bad", "v"}));
  EXPECT_EQ(out.rule, "field_case");
  EXPECT_EQ(out.request.method_token, "GET");
  EXPECT_EQ(out.request.target, "/x?q=1");
}

std::string response_rule(const List& list, Response& out, Arena& arena, Method method = Method::get,
                          bool end = false) {
  ResponseList reader;
  reader.start({}, arena, out);
  for (const auto& [name, value] : list) reader.add(name, value);
  const auto done = reader.finish(end, method);
  return done ? "" : std::string(done.error().rule);
}

TEST(ResponseList, Framing) {
  Arena arena;
  Response out;
  EXPECT_EQ(response_rule({{":status", "200"}, {"content-length", "3"}}, out, arena), "");
  EXPECT_EQ(out.framing, Framing::length);
  EXPECT_EQ(response_rule({{":status", "200"}}, out, arena), "");
  EXPECT_EQ(out.framing, Framing::until_close);
  EXPECT_EQ(response_rule({{":status", "204"}}, out, arena, Method::get, true), "");
  EXPECT_EQ(out.framing, Framing::none);
  EXPECT_EQ(response_rule({{":status", "200"}, {"content-length", "3"}}, out, arena, Method::head, true), "");
  EXPECT_EQ(out.framing, Framing::none);
  EXPECT_EQ(response_rule({{":status", "200"}, {"content-length", "3"}}, out, arena, Method::get, true),
            "content_length_sum");
}

TEST(ResponseList, Refusals) {
  Arena arena;
  Response out;
  EXPECT_EQ(response_rule({{"x", "y"}}, out, arena), "status_code");
  for (const char* status : {"101", "99", "2000", "abc", "600"}) {
    EXPECT_EQ(response_rule({{":status", status}}, out, arena), "status_code") << status;
  }
  EXPECT_EQ(response_rule({{":status", "200"}, {":status", "200"}}, out, arena), "status_code");
  EXPECT_EQ(response_rule({{"x", "y"}, {":status", "200"}}, out, arena), "status_code");
  EXPECT_EQ(response_rule({{":status", "200"}, {"connection", "close"}}, out, arena), "field_of_connection");
  EXPECT_EQ(response_rule({{":status", "200"}, {"x", "a\r\nb"}}, out, arena), "field_value");
}

TEST(Trailers, Rules) {
  EXPECT_TRUE(check_trailer("grpc-status", "0"));
  EXPECT_FALSE(check_trailer(":status", "200"));
  EXPECT_FALSE(check_trailer("x", "a\r\nb"));
  EXPECT_FALSE(check_trailer("content-length", "3"));
  EXPECT_FALSE(check_trailer("authorization", "x"));
  EXPECT_FALSE(check_trailer("Upper", "x"));
}

TEST(Trailers, AreCopiedInOrder) {
  Arena arena;
  Trailers trailers;
  trailers.start(arena);
  EXPECT_TRUE(trailers.fields().empty());
  std::string value = "0";
  EXPECT_TRUE(trailers.add("grpc-status", value));
  value = "9";
  EXPECT_TRUE(trailers.add("x-sum", "abc"));
  ASSERT_EQ(trailers.fields().size(), 2u);
  EXPECT_EQ(trailers.fields()[0].name, "grpc-status");
  EXPECT_EQ(trailers.fields()[0].value, "0");
  EXPECT_EQ(trailers.fields()[1].value, "abc");
}

TEST(Trailers, WhatBreaksTheRulesIsRefused) {
  Arena arena;
  Trailers trailers;
  trailers.start(arena);
  EXPECT_FALSE(trailers.add(":status", "200"));
  EXPECT_FALSE(trailers.add("content-length", "1"));
  EXPECT_FALSE(trailers.add("x", "1\r\ny: 2"));
  EXPECT_FALSE(trailers.add("X-Upper", "1"));
  EXPECT_TRUE(trailers.fields().empty());
}

TEST(Trailers, LimitOfFields) {
  Arena arena;
  Trailers trailers;
  trailers.start(arena);
  for (std::size_t i = 0; i < Trailers::max_fields; ++i) EXPECT_TRUE(trailers.add("x", "1"));
  EXPECT_FALSE(trailers.add("x", "1"));
}

TEST(Trailers, LimitOfBytes) {
  Arena arena;
  Trailers fitting;
  fitting.start(arena);
  EXPECT_TRUE(fitting.add("x", std::string(Trailers::max_bytes - field_overhead - 1, 'y')));
  Trailers longer;
  longer.start(arena);
  EXPECT_FALSE(longer.add("x", std::string(Trailers::max_bytes - field_overhead, 'y')));
}

}  // namespace
}  // namespace sallyport::http
