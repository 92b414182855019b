#include "replay/har.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/address.hpp"

namespace sallyport::replay {
namespace {

struct Archive {
  std::vector<Call> calls;
  std::vector<Call> elsewhere;
  std::vector<std::string> errors;
};

Archive read(std::string text, const HarOptions& options = {}) {
  Archive out;
  const auto document = document::parse(std::move(text), "a.har", har_limits);
  if (!document) {
    out.errors.push_back(document.error().text());
    return out;
  }
  const auto done = read_har(
      document->root(), options,
      [&out](const Call& first, const Call* second) {
        out.calls.push_back(first);
        if (second != nullptr) out.elsewhere.push_back(*second);
      },
      [&out](const Error& error) { out.errors.push_back(error.text()); });
  if (!done) out.errors.push_back(done.error().text());
  return out;
}

Archive read_entry(const std::string& entry, const HarOptions& options = {}) {
  return read(R"({"log":{"entries":[)" + entry + "]}}", options);
}

std::string entry(const std::string& request, const std::string& more = "") {
  return R"({"startedDateTime":"2026-11-24T10:00:00Z","request":)" + request + more + "}";
}

Call only_call(const std::string& request, const std::string& more = "", const HarOptions& options = {}) {
  const Archive archive = read_entry(entry(request, more), options);
  EXPECT_EQ(archive.errors, std::vector<std::string>{});
  EXPECT_EQ(archive.calls.size(), 1u);
  return archive.calls.empty() ? Call{} : archive.calls[0];
}

std::string first_error(const std::string& text) {
  const Archive archive = read(text);
  return archive.errors.empty() ? "" : archive.errors[0];
}

TEST(Har, ACallIsTheHeadThatWouldHaveBeenSent) {
  const Call call = only_call(
      R"({"method":"POST","url":"https://user@api.example:8443/orders?x=1#part","httpVersion":"HTTP/1.1",
          "headers":[{"name":"Host","value":"api.example:8443"},{"name":"Content-Length","value":"2"}],
          "bodySize":2,"postData":{"mimeType":"application/json","text":"{}"}})");
  ASSERT_TRUE(call.head);
  EXPECT_EQ(*call.head, "POST /orders?x=1 HTTP/1.1\r\nHost: api.example:8443\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(call.body, "{}");
  EXPECT_EQ(call.body_bytes, 2u);
  EXPECT_TRUE(call.tls);
  EXPECT_EQ(call.sni, "api.example");
  EXPECT_EQ(call.time_us, 1795514400000000);
  EXPECT_FALSE(call.recorded) << "there is no answer";
}

TEST(Har, LaterVersionsBecomeOneAndOne) {
  const Call call = only_call(
      R"({"method":"GET","url":"https://[::1]","httpVersion":"h2","headers":[
          {"name":":authority","value":"api.example"},{"name":":path","value":"/"},{"name":"accept","value":"*/*"}]})");
  EXPECT_EQ(*call.head, "GET / HTTP/1.1\r\nHost: api.example\r\naccept: */*\r\n\r\n");
  EXPECT_EQ(call.sni, "") << "an address is no server name";
  const Call posted = only_call(
      R"({"method":"POST","url":"http://a/","httpVersion":"http/2.0","headers":[],"postData":{"text":"abc"}})");
  EXPECT_EQ(*posted.head, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(*only_call(R"({"method":"GET","url":"http://a/","httpVersion":"HTTP/0.9"})").head,
            "GET / HTTP/0.9\r\nHost: a\r\n\r\n")
      << "what is no version is the gateway's to refuse";
}

TEST(Har, AmbiguityIsKeptForTheGatewayToRefuse) {
  const Call call = only_call(
      R"({"method":"POST","url":"http://a/","headers":[{"name":"Content-Length","value":"1"},
          {"name":"Transfer-Encoding","value":"chunked"},{"name":"X","value":"a\r\nY: b"}]})");
  ASSERT_FALSE(call.head);
  EXPECT_EQ(call.head.error().rule, "field_value");
}

TEST(Har, AnswersAreTakenWhenTheyAreWhole) {
  const std::string request = R"({"method":"GET","url":"http://a/"})";
  const Call whole =
      only_call(request, R"(,"response":{"status":200,"headers":[{"name":"set-cookie","value":"a=1\nb=2"}],
      "content":{"size":5,"text":"aGVsbG8=","encoding":"base64"}})");
  EXPECT_EQ(whole.answer_head, "HTTP/1.1 200\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n\r\n");
  EXPECT_EQ(whole.answer, "hello");
  ASSERT_TRUE(whole.recorded);
  EXPECT_EQ(whole.recorded->status, 200);
  const Call cut = only_call(request, R"(,"response":{"status":200,"content":{"size":9,"text":"hello"}})");
  EXPECT_FALSE(cut.answer) << "a text that is shorter than its size was cut";
  const Call blocked = only_call(request, R"(,"response":{"status":0,"content":{}})");
  EXPECT_TRUE(blocked.answer_head.empty());
  EXPECT_FALSE(blocked.recorded);
}

TEST(Har, WhoCalledIsNotInAnArchive) {
  const std::string one = entry(R"({"method":"GET","url":"http://a/"})");
  const Archive both = read_entry(one);
  ASSERT_EQ(both.elsewhere.size(), 1u);
  EXPECT_NE(both.calls[0].client, both.elsewhere[0].client);
  EXPECT_EQ(both.calls[0].stand_ins, std::vector<std::string>{"client address"});
  const Archive told = read_entry(one, {.client = parse_address("203.0.113.7"), .host = ""});
  EXPECT_TRUE(told.elsewhere.empty());
  EXPECT_EQ(told.calls[0].client, *parse_address("203.0.113.7"));
  EXPECT_TRUE(told.calls[0].stand_ins.empty());
}

TEST(Har, AnotherHostReplacesTheOneOfTheArchive) {
  const Call call =
      only_call(R"({"method":"GET","url":"https://staging/","headers":[{"name":"host","value":"staging"}]})", "",
                {.client = {}, .host = "api.example"});
  EXPECT_EQ(*call.head, "GET / HTTP/1.1\r\nHost: api.example\r\n\r\n");
  EXPECT_EQ(call.sni, "api.example");
}

TEST(Har, OtherSchemesAreNoCallsForTheGateway) {
  EXPECT_EQ(only_call(R"({"method":"GET","url":"wss://a/"})").unjudgeable, "the gateway does not serve this scheme");
  EXPECT_EQ(only_call(R"({"method":"GET","url":"data:text/plain;base64,c2VjcmV0"})").target, "data:")
      << "not its content";
}

TEST(Har, BrokenEntriesAreErrorsWithTheirPlace) {
  EXPECT_EQ(first_error("{}"), "a.har:1:1: no HTTP archive: it has no log.entries");
  EXPECT_EQ(first_error("{\"log\":{\"entries\":[\n7]}}"), "a.har:2:1: an entry that is no object");
  EXPECT_EQ(first_error("{\"log\":{\"entries\":[\n{}]}}"), "a.har:2:1: no `request`");
  const auto broken = [](const std::string& request) {
    return first_error(R"({"log":{"entries":[)" + entry(request) + "]}}");
  };
  EXPECT_TRUE(broken(R"({"url":"http://a/"})").ends_with("no `method`"));
  EXPECT_TRUE(broken(R"({"method":"GET"})").ends_with("no `url`"));
  EXPECT_TRUE(broken(R"({"method":"GET","url":"/relative"})").ends_with("`url` is not absolute"));
  EXPECT_TRUE(broken(R"({"method":"GET","url":"http:a"})").ends_with("`url` has no host"));
  EXPECT_TRUE(broken(R"({"method":"GET","url":"http://a/","headers":[1]})").ends_with("a header that is no object"));
  EXPECT_TRUE(
      broken(R"({"method":"GET","url":"http://a/","bodySize":"2"})").ends_with("`bodySize` is no whole number"));
  EXPECT_TRUE(broken(R"({"method":"GET","url":"http://a/","postData":{"text":"*","encoding":"base64"}})")
                  .ends_with("`text` is no base64"));
  EXPECT_TRUE(broken(R"({"method":"GET","url":"http://a/","postData":{"text":"=","encoding":"gzip"}})")
                  .ends_with("an encoding that is not base64"));
  const Archive mixed = read_entry("{}," + entry(R"({"method":"GET","url":"http://a/"})"));
  EXPECT_EQ(mixed.errors.size(), 1u);
  EXPECT_EQ(mixed.calls.size(), 1u) << "the good ones are replayed";
}

TEST(HarTime, ReadsWhatToolsWrite) {
  EXPECT_EQ(parse_har_time("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_har_time("1970-01-01T00:00:01.5Z"), 1'500'000);
  EXPECT_EQ(parse_har_time("1970-01-01T01:00:00.0000004+01:00"), 0);
  EXPECT_EQ(parse_har_time("2024-02-29T12:00:00-02:30"), 1709217000000000);
  for (const char* bad : {"", "1970-01-01", "1970-01-01T00:00:00", "1970-13-01T00:00:00Z", "2023-02-29T00:00:00Z",
                          "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01T00:00:00.Z",
                          "1970-01-01T00:00:00Zx", "1970-01-01T00:00:00+1:00", "x970-01-01T00:00:00Z"}) {
    EXPECT_FALSE(parse_har_time(bad)) << bad;
  }
}

}  // namespace
}  // namespace sallyport::replay
