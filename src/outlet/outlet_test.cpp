// Long because formats, the reading of the log and the sinks are tested with the same few events.
#include "outlet/outlet.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "base/testing/scratch_folder.hpp"
#include "document/node.hpp"
#include "events/json_line.hpp"

namespace sallyport::outlet {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

events::RecordView record() {
  events::RecordView r;
  r.id.bytes[15] = 7;
  r.time_us = 1'700'000'000'123'456;
  r.client.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};
  r.client_port = 4711;
  r.api = "shop";
  r.route = RouteKind::operation;
  r.operation = "GET /a/{id}";
  r.path_template = "/a/{id}";
  r.method = "GET";
  r.host = "api.example";
  r.path = "/a/1|2=\\";
  r.query = "q=x";
  r.https = true;
  r.http = {1, 1};
  r.status = 200;
  r.outcome = Outcome::forwarded;
  r.duration_us = 2500;
  r.actor.how = "jwt";
  r.actor.subject = "ana \"x\"";
  return r;
}

events::RecordView attack() {
  events::RecordView r = record();
  r.outcome = Outcome::denied;
  r.status = 403;
  r.control = "waf";
  r.rule = "sql";
  r.detail = "query q";
  return r;
}

document::Document parsed(Format format, const events::RecordView& r) {
  std::string out;
  append_message(out, format, r, "");
  auto read = document::parse_json(out, "message");
  EXPECT_TRUE(read) << out;
  return std::move(*read);
}

std::string at(const document::Document& from, std::string_view path) {
  const document::Node* node = &from.root();
  while (node != nullptr && !path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    node = node->find(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return node == nullptr ? "nothing" : std::string(node->text());
}

TEST(Formats, OcsfApiActivity) {
  const auto event = parsed(Format::ocsf, record());
  EXPECT_EQ(at(event, "class_uid"), "6003");
  EXPECT_EQ(at(event, "category_uid"), "6");
  EXPECT_EQ(at(event, "activity_id"), "2") << "Read";
  EXPECT_EQ(at(event, "type_uid"), "600302");
  EXPECT_EQ(at(event, "time"), "1700000000123");
  EXPECT_EQ(at(event, "severity_id"), "1");
  EXPECT_EQ(at(event, "metadata.version"), "1.1.0");
  EXPECT_EQ(at(event, "metadata.product.vendor_name"), "Sallyport");
  EXPECT_EQ(at(event, "actor.user.uid"), "ana \"x\"");
  EXPECT_EQ(at(event, "src_endpoint.ip"), "192.0.2.1");
  EXPECT_EQ(at(event, "api.operation"), "GET /a/{id}");
  EXPECT_EQ(at(event, "http_response.code"), "200");
  for (const auto& [method, activity] : {std::pair("POST", "1"), std::pair("PUT", "3"), std::pair("PATCH", "3"),
                                         std::pair("DELETE", "4"), std::pair("BREW", "99")}) {
    auto r = record();
    r.method = method;
    EXPECT_EQ(at(parsed(Format::ocsf, r), "activity_id"), activity) << method;
  }
}

TEST(Formats, OcsfDetectionFinding) {
  const auto event = parsed(Format::ocsf, attack());
  EXPECT_EQ(at(event, "class_uid"), "2004");
  EXPECT_EQ(at(event, "category_uid"), "2");
  EXPECT_EQ(at(event, "type_uid"), "200401");
  EXPECT_EQ(at(event, "severity_id"), "4");
  EXPECT_EQ(at(event, "finding_info.title"), "waf stopped sql");
  EXPECT_NE(at(event, "finding_info.uid"), "nothing");
}

TEST(Formats, Ecs) {
  const auto event = parsed(Format::ecs, attack());
  EXPECT_EQ(at(event, "@timestamp"), "2023-11-14T22:13:20.123456Z");
  EXPECT_EQ(at(event, "event.kind"), "alert");
  EXPECT_EQ(at(event, "event.outcome"), "failure");
  EXPECT_EQ(at(event, "source.ip"), "192.0.2.1");
  EXPECT_EQ(at(event, "http.response.status_code"), "403");
  EXPECT_EQ(at(event, "url.path"), "/a/1|2=\\");
  EXPECT_EQ(at(event, "user.id"), "ana \"x\"");
  EXPECT_EQ(at(event, "rule.name"), "sql");
  EXPECT_EQ(at(parsed(Format::ecs, record()), "event.outcome"), "success");
}

TEST(Formats, CefEscapesItsOwnCharacters) {
  std::string out;
  auto r = attack();
  r.detail = "a\nb";
  append_message(out, Format::cef, r, "");
  EXPECT_THAT(out, StartsWith("CEF:0|Sallyport|Sallyport|"));
  EXPECT_THAT(out, HasSubstr("|waf:sql|GET /a/1\\|2=\\\\: denied|8|"));
  EXPECT_THAT(out, HasSubstr(" request=/a/1|2\\=\\\\?q\\=x "));
  EXPECT_THAT(out, HasSubstr(" reason=a\\nb "));
  EXPECT_FALSE(out.contains('\n')) << "one line";
}

TEST(Formats, SyslogIsCountedByOctets) {
  const std::string frame = syslog_frame({"hällo", 1'700'000'000'000'001, 8}, "gate");
  const std::size_t space = frame.find(' ');
  EXPECT_EQ(std::stoul(frame.substr(0, space)), frame.size() - space - 1);
  EXPECT_THAT(frame, HasSubstr(" <132>1 2023-11-14T22:13:20.000001Z gate sallyport "));
  EXPECT_TRUE(frame.ends_with(" call - hällo"));
}

TEST(Formats, TheSignatureCoversTimeAndBody) {
  // printf 5.body | openssl dgst -sha256 -hmac key
  EXPECT_EQ(webhook_signature("key", 5, "body"),
            "t=5,v1=bc1f25bceb7d997f3c5bcc30f038121e37fa6b8b279055e8a68e16b3a1c13f6d");
}

TEST(Urls, Parts) {
  const auto url = parse_url("https://[::1]:8443/a?b");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/a?b");
  EXPECT_EQ(parse_url("tls://siem")->port, 0);
  EXPECT_EQ(parse_url("https://h?x")->path, "/?x");
  for (const char* bad : {"siem", "://h", "tls://", "tls://h:0", "tls://h:x", "tls://h:65536", "tls://u:p@h",
                          "tls://[::1", "http://h/a b", "http://h/\r\nX: y"}) {
    EXPECT_FALSE(parse_url(bad)) << bad;
  }
}

class OutletTest : public ::testing::Test {
 protected:
  void write(int segment, int from, int to) {
    std::ofstream log(folder.file("events-20260101T000000-" + std::to_string(segment) + ".jsonl"), std::ios::app);
    for (int i = from; i <= to; ++i) {
      events::RecordView r = record();
      const std::string path = "/" + std::to_string(i);
      r.path = path;
      std::string line;
      events::append_line(line, r);
      log << line << "\n";
    }
  }
  std::unique_ptr<Outlet> open(std::unique_ptr<Sink> sink) {
    auto opened = Outlet::open(
        {.name = "siem", .directory = folder.path(), .format = Format::ecs, .complain = [](std::string_view) {}},
        std::move(sink));
    EXPECT_TRUE(opened) << opened.error().text();
    return opened ? std::move(*opened) : nullptr;
  }
  // Takes batches, or refuses them.
  struct Taken {
    std::vector<std::string> paths;
    std::vector<std::string> batches;
    bool refuses = false;
  };
  class Taker final : public Sink {
   public:
    explicit Taker(Taken& to) : to_(to) {}
    Result<void> send(std::span<const Message> messages, const std::string& batch) override {
      to_.batches.push_back(batch);
      if (to_.refuses) return fail(ErrorCode::unavailable, "away");
      for (const Message& message : messages) {
        const auto read = document::parse_json(message.text, "message");
        to_.paths.push_back(at(*read, "url.path"));
      }
      return {};
    }

   private:
    Taken& to_;
  };
  std::unique_ptr<Sink> taker() { return std::make_unique<Taker>(taken); }

  ScratchFolder folder;
  Taken taken;
};

TEST_F(OutletTest, BeginsAtTheEndAndGoesOnOverSegmentsAndRestarts) {
  write(1, 1, 3);
  auto outlet = open(taker());
  EXPECT_EQ(*outlet->step(), 0u) << "what was there before is not sent";
  write(1, 4, 5);
  write(2, 6, 6);
  EXPECT_EQ(*outlet->step(), 3u);
  write(2, 7, 7);
  outlet = open(taker());
  EXPECT_EQ(*outlet->step(), 1u);
  EXPECT_EQ(taken.paths, (std::vector<std::string>{"/4", "/5", "/6", "/7"}));
}

TEST_F(OutletTest, ALogThatHadNothingYetIsReadFromItsBeginningAlsoAfterARestart) {
  open(taker());
  write(1, 1, 2);
  EXPECT_EQ(*open(taker())->step(), 2u);
}

TEST_F(OutletTest, WhatIsRefusedIsSentAgainUnderTheSameName) {
  write(1, 1, 1);
  auto outlet = open(taker());
  write(1, 2, 3);
  taken.refuses = true;
  EXPECT_FALSE(outlet->step());
  outlet = open(taker());
  EXPECT_FALSE(outlet->step());
  taken.refuses = false;
  EXPECT_EQ(*outlet->step(), 2u);
  EXPECT_EQ(taken.paths, (std::vector<std::string>{"/2", "/3"}));
  EXPECT_EQ(taken.batches[0], taken.batches[2]);
}

TEST_F(OutletTest, ALineThatIsStillWrittenWaits) {
  write(1, 1, 1);
  auto outlet = open(taker());
  std::string line;
  events::append_line(line, record());
  std::ofstream log(folder.file("events-20260101T000000-1.jsonl"), std::ios::app);
  log << line.substr(0, 40) << std::flush;
  EXPECT_EQ(*outlet->step(), 0u);
  log << line.substr(40) << "\nnoise\n" << std::flush;
  EXPECT_EQ(*outlet->step(), 1u);
  EXPECT_EQ(outlet->stats().unreadable, 1u);
}

TEST_F(OutletTest, WhatRetentionTookIsCountedAsMissed) {
  write(1, 1, 1);
  auto outlet = open(taker());
  write(1, 2, 2);
  write(2, 3, 3);
  write(3, 4, 4);
  std::filesystem::remove(folder.file("events-20260101T000000-1.jsonl"));
  EXPECT_EQ(*outlet->step(), 2u);
  EXPECT_EQ(outlet->stats().missed, 1u);
  EXPECT_EQ(taken.paths, (std::vector<std::string>{"/3", "/4"}));
}

TEST_F(OutletTest, ABatchIsBounded) {
  write(1, 0, 0);
  auto outlet = open(taker());
  write(1, 1, static_cast<int>(Outlet::max_batch) + 1);
  EXPECT_EQ(*outlet->step(), Outlet::max_batch);
  EXPECT_EQ(*outlet->step(), 1u);
}

TEST_F(OutletTest, ABrokenCursorIsAnError) {
  std::ofstream(folder.file("outlet-siem.cursor")) << "nonsense";
  EXPECT_FALSE(Outlet::open({.name = "siem", .directory = folder.path()}, taker()));
}

TEST_F(OutletTest, AFileGetsLinesForItsOwnerAlone) {
  const std::string path = folder.file("out.jsonl");
  write(1, 1, 1);
  auto outlet = open(file_sink(path));
  write(1, 2, 3);
  outlet->start();
  outlet->stop();  // a last batch
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  EXPECT_EQ(lines.size(), 2u);
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0600));
  EXPECT_EQ(outlet->stats().delivered, 2u);
  EXPECT_FALSE(file_sink(folder.path())->send(std::array{Message{"x", 0, 0}}, "b")) << "a directory";
}

class Listener {
 public:
  Listener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(fd_, 4), 0);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~Listener() { ::close(fd_); }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] int accept() const { return ::accept(fd_, nullptr, nullptr); }

 private:
  int fd_;
  std::uint16_t port_ = 0;
};

std::string read_until(int fd, std::string_view end) {
  std::string out;
  char buffer[4096];
  while (!out.contains(end)) {
    const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
    if (got <= 0) break;
    out.append(buffer, static_cast<std::size_t>(got));
  }
  return out;
}

TEST(SyslogSink, ConnectsAnewWhenTheServerWentAway) {
  Listener listener;
  auto sink = syslog_sink({"127.0.0.1", listener.port(), false, {}});
  auto first = std::async(std::launch::async, [&] {
    const int fd = listener.accept();
    std::string got = read_until(fd, "one");
    ::close(fd);
    return got;
  });
  // The server may have closed before the sink looked: then it would be sent again.
  static_cast<void>(sink->send(std::array{Message{"one", 0, 0}}, "b"));
  EXPECT_THAT(first.get(), HasSubstr("<134>1 1970-01-01T00:00:00.000000Z "));
  auto second = std::async(std::launch::async, [&] {
    const int fd = listener.accept();
    std::string got = read_until(fd, "two");
    char byte = 0;
    while (::recv(fd, &byte, 1, 0) > 0) {
    }
    ::close(fd);
    return got;
  });
  EXPECT_TRUE(sink->send(std::array{Message{"two", 0, 0}}, "b"));
  sink.reset();
  EXPECT_THAT(second.get(), HasSubstr("two"));
}

TEST(SyslogSink, NobodyThereIsAnError) {
  std::uint16_t port = 0;
  {
    Listener gone;
    port = gone.port();
  }
  const auto sent = syslog_sink({"127.0.0.1", port, false, {}})->send(std::array{Message{"one", 0, 0}}, "b");
  ASSERT_FALSE(sent);
  EXPECT_TRUE(sent.error().retryable);
}

TEST(WebhookSink, PostsSignedLinesAndWantsA2xx) {
  for (const auto& [answer, good] : {std::pair("HTTP/1.1 204 No Content\r\n\r\n", true),
                                     std::pair("HTTP/1.1 503 Busy\r\n\r\n", false), std::pair("noise\r\n", false)}) {
    Listener listener;
    const auto sink = webhook_sink({"127.0.0.1", listener.port(), false, {}}, "/hook?x", "key");
    auto server = std::async(std::launch::async, [&] {
      const int fd = listener.accept();
      std::string got = read_until(fd, "two\n");
      ::send(fd, answer, std::char_traits<char>::length(answer), MSG_NOSIGNAL);
      ::close(fd);
      return got;
    });
    const bool sent = sink->send(std::array{Message{"one", 0, 0}, Message{"two", 0, 0}}, "siem-1-2").has_value();
    EXPECT_EQ(sent, good) << answer;
    const std::string request = server.get();
    EXPECT_THAT(request, StartsWith("POST /hook?x HTTP/1.1\r\n"));
    EXPECT_THAT(request, HasSubstr("Content-Length: 8\r\n"));
    EXPECT_THAT(request, HasSubstr("Sallyport-Delivery: siem-1-2\r\n"));
    const std::size_t sign = request.find("Sallyport-Signature: t=") + 23;
    const std::int64_t time_s = std::stoll(request.substr(sign));
    EXPECT_THAT(request, HasSubstr("Sallyport-Signature: " + webhook_signature("key", time_s, "one\ntwo\n") + "\r\n"));
    EXPECT_TRUE(request.ends_with("\r\n\r\none\ntwo\n"));
  }
}

}  // namespace
}  // namespace sallyport::outlet
