// One call against a real server: what is sent, what is believed, and where it ends.
#include "fetch/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <thread>

#include "base/testing/scratch_folder.hpp"
#include "fetch/testing/scripted_server.hpp"

namespace sallyport::fetch {
namespace {

using ::testing::HasSubstr;
using testing::ScriptedServer;

Result<Answer> ask(const ScriptedServer& server, Options options = {}, const Call& more = {}) {
  Call call = more;
  call.url = *parse_url("http://127.0.0.1:" + server.port() + "/keys?a=b");
  const Interrupt interrupt;
  return Client::make(std::move(options))->call(call, interrupt);
}
std::string why(const Result<Answer>& answer) { return answer ? "it is good" : answer.error().message; }

TEST(Client, AsksPlainlyAndReadsByLength) {
  const ScriptedServer server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", ScriptedServer::After::hold);
  const auto answer = ask(server);
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "{}");
  EXPECT_EQ(server.heard(), "GET /keys?a=b HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() +
                                "\r\nUser-Agent: sallyport\r\nAccept: application/json\r\nConnection: close\r\n\r\n");
}

TEST(Client, SendsAForm) {
  const ScriptedServer server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(ask(server, {}, {{}, "a=1", "Basic eA=="}));
  EXPECT_THAT(server.heard(), HasSubstr("POST /keys"));
  EXPECT_THAT(server.heard(), HasSubstr("Authorization: Basic eA==\r\n"));
  EXPECT_THAT(server.heard(), HasSubstr("Content-Length: 3\r\n"));
}

TEST(Client, ReadsChunksAndToTheEnd) {
  const ScriptedServer chunked("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
                               ScriptedServer::After::hold);
  EXPECT_EQ(ask(chunked)->body, "abcde");
  const ScriptedServer until_close("HTTP/1.1 200 OK\r\n\r\nall of it");
  EXPECT_EQ(ask(until_close)->body, "all of it");
}

TEST(Client, PassesInterimAnswersOver) {
  const ScriptedServer server("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_EQ(ask(server)->body, "x");
  std::string many;
  for (int i = 0; i < 5; ++i) many += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_FALSE(ask(ScriptedServer(many + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")));
}

TEST(Client, OtherStatusesAreAnswersButRedirectsAreNot) {
  EXPECT_EQ(ask(ScriptedServer("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"))->status, 503);
  const ScriptedServer server("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(why(ask(server)), HasSubstr("points elsewhere"));
}

TEST(Client, ALongerAnswerThanAllowedIsAnError) {
  const std::string body(100, 'x');
  for (const std::string& framing :
       {"Content-Length: 100\r\n\r\n" + body, "Transfer-Encoding: chunked\r\n\r\n64\r\n" + body + "\r\n0\r\n\r\n",
        "\r\n" + body}) {
    const ScriptedServer server("HTTP/1.1 200 OK\r\n" + framing);
    EXPECT_EQ(ask(server, {.max_bytes = 100})->body, body);
    EXPECT_THAT(why(ask(server, {.max_bytes = 99})), HasSubstr("too long")) << framing;
  }
  EXPECT_FALSE(ask(ScriptedServer("HTTP/1.1 200 OK\r\nX: " + std::string(Client::max_head, 'x') + "\r\n\r\n")));
}

TEST(Client, WhatBreaksOffOrIsMalformedIsAnError) {
  EXPECT_THAT(why(ask(ScriptedServer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"))), HasSubstr("broke off"));
  EXPECT_THAT(why(ask(ScriptedServer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"))),
              HasSubstr("broke off"));
  EXPECT_THAT(why(ask(ScriptedServer(""))), HasSubstr("broke off"));
  EXPECT_THAT(why(ask(ScriptedServer("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"))),
              HasSubstr("malformed"));
  EXPECT_THAT(why(ask(ScriptedServer("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"))),
              HasSubstr("encoded"));
}

TEST(Client, OneDeadlineHoldsForAll) {
  const ScriptedServer silent("", ScriptedServer::After::hold);
  EXPECT_THAT(why(ask(silent, {.deadline = std::chrono::milliseconds(50)})), HasSubstr("in time"));
}

TEST(Client, AnInterruptEndsTheWait) {
  const ScriptedServer silent("", ScriptedServer::After::hold);
  Interrupt interrupt;
  std::thread stops([&] { interrupt.raise(); });
  const auto answer = Client::make({.deadline = std::chrono::minutes(1)})
                          ->call({*parse_url("http://127.0.0.1:" + silent.port() + "/"), {}, {}}, interrupt);
  stops.join();
  EXPECT_THAT(why(answer), HasSubstr("stopping"));
}

TEST(Client, NamesLeadToThisMachineOnlyWhenTheySaySo) {
  const ScriptedServer server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  const Interrupt interrupt;
  const Client client = *Client::make({});
  EXPECT_TRUE(client.call({*parse_url("http://localhost:" + server.port() + "/"), {}, {}}, interrupt));
  // As if somebody's name server answered 127.0.0.1: these names are this machine's by its hosts file or NSS.
  Url url = *parse_url("https://ip6-localhost/");
  EXPECT_FALSE(client.call({url, {}, {}}, interrupt));
  url = *parse_url("https://169.254.169.254/");
  EXPECT_THAT(why(client.call({url, {}, {}}, interrupt)), HasSubstr("no address that may be called"));
}

class Tls : public ::testing::Test {
 protected:
  static Result<Answer> ask_tls(const ScriptedServer& server, const std::string& host, const std::string& ca) {
    const Interrupt interrupt;
    const auto client = Client::make({.ca = ca});
    return client->call({*parse_url("https://" + host + ":" + server.port() + "/"), {}, {}}, interrupt);
  }
  ScratchFolder folder_;
  const std::string good_ = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
};

TEST_F(Tls, ATrustedCertificateForTheNameIsNeeded) {
  const std::string own = folder_.file("own.pem");
  const std::string others = folder_.file("others.pem");
  const ScriptedServer server(good_, ScriptedServer::After::close, "DNS:localhost", own);
  const ScriptedServer other(good_, ScriptedServer::After::close, "DNS:localhost", others);
  const auto answer = ask_tls(server, "localhost", own);
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(answer->body, "hi");
  EXPECT_THAT(why(ask_tls(server, "localhost", others)), HasSubstr("not trusted"));
  EXPECT_THAT(why(ask_tls(server, "localhost", "")), HasSubstr("not trusted"));
  EXPECT_THAT(why(ask_tls(server, "127.0.0.1", own)), HasSubstr("not trusted"));
}

TEST_F(Tls, AnAddressCanBeInTheCertificate) {
  const std::string own = folder_.file("own.pem");
  const ScriptedServer server(good_, ScriptedServer::After::close, "IP:127.0.0.1", own);
  EXPECT_TRUE(ask_tls(server, "127.0.0.1", own));
  EXPECT_FALSE(ask_tls(server, "localhost", own));
}

TEST_F(Tls, AnUnusableCaFileIsSaidAtOnce) { EXPECT_FALSE(Client::make({.ca = folder_.file("none.pem")})); }

}  // namespace
}  // namespace sallyport::fetch
