#include "events/parse_line.hpp"

#include <gtest/gtest.h>

#include <random>

#include "events/json_line.hpp"
#include "events/recorder.hpp"
#include "events/scratch_test.hpp"

namespace sallyport::events {
namespace {

std::string line_of(const RecordView& record) {
  std::string line;
  append_line(line, record);
  return line;
}

// The event as the writer puts it into the log.
class Written {
 public:
  explicit Written(const Event& event) {
    size_ = encode_record(event, redactor_, sealer_, clean_, bytes_.get());
    EXPECT_TRUE(decode_record({bytes_.get(), size_}, parts_, view));
  }
  RecordView view;

 private:
  Scratch scratch_;
  Redactor redactor_{SipKey{1}};
  CleanFields clean_;
  Sealer sealer_ = std::move(*Sealer::open(scratch_.file("seal.key")));
  std::unique_ptr<char[]> bytes_ = std::make_unique<char[]>(max_record);
  RecordParts parts_;
  std::size_t size_ = 0;
};

void expect_round_trip(const RecordView& record) {
  const std::string line = line_of(record);
  const auto parsed = parse_line(line, "log:1");
  ASSERT_TRUE(parsed) << parsed.error().text() << "\n" << line;
  EXPECT_EQ(line_of(parsed->record()), line);
}

TEST(ParseLine, ReadsEachMemberOfACall) {
  Call call;
  call.event.notes[0] = {"header_hygiene", Note::Action::would_rewrite, {"spoofed_field", "forged"}};
  call.event.note_count = 1;
  call.event.notes_dropped = 2;
  call.event.engine_ns = 700;
  call.event.bytes_in = 12;
  call.event.bytes_uninspected = 99;
  call.event.control = "access";
  call.event.reason = {"rule", "shut by configuration"};
  call.event.sealed = "a body that was held back";
  call.request.port = 8443;
  Written written(call.event);
  written.view.ring = 1;
  written.view.seq = 18'446'744'073'709'551'615u;
  written.view.fields_cut = written.view.response_fields_cut = true;
  written.view.actor = {"jwt", "ada", "issuer", "app", "tenant", "key"};
  written.view.certificate = {"sha", "CN=billing", "CN=Root", "1001", "spiffe://a/b"};
  const auto parsed = parse_line(line_of(written.view), "log:1");
  ASSERT_TRUE(parsed) << parsed.error().text();
  const RecordView& a = written.view;
  const RecordView& b = parsed->record();
  EXPECT_EQ(b.ring, a.ring);
  EXPECT_EQ(b.seq, a.seq);
  EXPECT_EQ(b.id, a.id);
  EXPECT_EQ(b.time_us, a.time_us);
  EXPECT_EQ(b.client, a.client);
  EXPECT_EQ(b.client_port, a.client_port);
  EXPECT_EQ(b.tls, a.tls);
  EXPECT_EQ(b.tls_version, a.tls_version);
  EXPECT_EQ(b.sni, a.sni);
  EXPECT_EQ(b.certificate, a.certificate);
  EXPECT_EQ(b.credential, a.credential);
  EXPECT_EQ(b.actor, a.actor);
  EXPECT_EQ(b.api, a.api);
  EXPECT_EQ(b.route, a.route);
  EXPECT_EQ(b.operation, a.operation);
  EXPECT_EQ(b.operation_id, a.operation_id);
  EXPECT_EQ(b.path_template, a.path_template);
  EXPECT_EQ(b.method, a.method);
  EXPECT_EQ(b.https, a.https);
  EXPECT_EQ(b.host, a.host);
  EXPECT_EQ(b.port, a.port);
  EXPECT_EQ(b.path, a.path);
  EXPECT_EQ(b.query, a.query);
  EXPECT_EQ(b.http.minor, a.http.minor);
  EXPECT_TRUE(std::ranges::equal(b.fields, a.fields));
  EXPECT_TRUE(b.fields_cut && b.response_fields_cut);
  EXPECT_EQ(b.status, a.status);
  EXPECT_EQ(b.outcome, a.outcome);
  EXPECT_EQ(b.control, a.control);
  EXPECT_EQ(b.rule, a.rule);
  EXPECT_EQ(b.detail, a.detail);
  EXPECT_TRUE(std::ranges::equal(b.notes, a.notes));
  EXPECT_EQ(b.notes_dropped, 2u);
  EXPECT_EQ(b.duration_us, a.duration_us);
  EXPECT_EQ(b.upstream_us, a.upstream_us);
  EXPECT_EQ(b.engine_ns, 700u);
  EXPECT_EQ(b.upstream, a.upstream);
  EXPECT_EQ(b.upstream_status, 200);
  EXPECT_TRUE(std::ranges::equal(b.response_fields, a.response_fields));
  EXPECT_EQ(b.bytes_in, 12u);
  EXPECT_EQ(b.bytes_out, a.bytes_out);
  EXPECT_EQ(b.bytes_uninspected, 99u);
  EXPECT_EQ(b.seal_key, a.seal_key);
  EXPECT_EQ(b.sealed, a.sealed);
}

TEST(ParseLine, IsTheInverseOfTheWriter) {
  Call call;
  expect_round_trip(Written(call.event).view);
  Event connection_only;
  connection_only.control = "access";
  connection_only.outcome = Outcome::denied;
  expect_round_trip(Written(connection_only).view);
  call.request.path = {};
  call.request.target = "/%zz?token=x";
  call.request.fields.append("X-Odd", "\x01\xff\"\\\t\u00e9", FieldName::other);
  call.event.route = {};
  expect_round_trip(Written(call.event).view);
}

TEST(ParseLine, EveryWordOfTheSchemaComesBack) {
  RecordView record;
  for (unsigned i = 0; i <= static_cast<unsigned>(Outcome::aborted); ++i) {
    record.outcome = static_cast<Outcome>(i);
    expect_round_trip(record);
  }
  for (unsigned i = 0; i <= static_cast<unsigned>(RouteKind::no_api); ++i) {
    record.route = static_cast<RouteKind>(i);
    expect_round_trip(record);
  }
  for (unsigned i = 0; i <= static_cast<unsigned>(Note::Action::failed); ++i) {
    const NoteView note{"c", static_cast<Note::Action>(i), "r", ""};
    record.notes = {&note, 1};
    expect_round_trip(record);
  }
}

TEST(ParseLine, ReadsTheTimeToTheMicrosecond) {
  std::mt19937_64 dice(1);
  for (int i = 0; i < 500; ++i) {
    RecordView record;
    record.time_us = static_cast<std::int64_t>(dice() % 253'402'300'800'000'000u);  // up to the year 9999
    const auto parsed = parse_line(line_of(record), "log:1");
    ASSERT_TRUE(parsed) << line_of(record);
    EXPECT_EQ(parsed->record().time_us, record.time_us);
  }
}

TEST(ParseLine, PassesOverNamesItDoesNotKnow) {
  std::string line = line_of(RecordView{});
  line.insert(line.size() - 1, R"(,"later":{"deep":[1,null,true]})");
  EXPECT_TRUE(parse_line(line, "log:1"));
}

TEST(ParseLine, ViewsSurviveAMove) {
  Call call;
  const Written written(call.event);
  auto parsed = parse_line(line_of(written.view), "log:1");
  ASSERT_TRUE(parsed);
  const ParsedLine moved = std::move(*parsed);
  EXPECT_EQ(line_of(moved.record()), line_of(written.view));
}

struct Refused {
  const char* from;  // a part of a good line …
  const char* to;    // … and what stands there instead
  const char* error;
};

class ParseLineRefusal : public testing::TestWithParam<Refused> {};

TEST_P(ParseLineRefusal, NamesThePlace) {
  Call call;
  call.event.notes[0] = {"c", Note::Action::noted, {"r", ""}};
  call.event.note_count = 1;
  std::string line = line_of(Written(call.event).view);
  const std::size_t at = line.find(GetParam().from);
  ASSERT_NE(at, std::string::npos) << line;
  line.replace(at, std::string_view(GetParam().from).size(), GetParam().to);
  const auto parsed = parse_line(line, "log:7");
  ASSERT_FALSE(parsed);
  EXPECT_TRUE(parsed.error().where.starts_with("log:7")) << parsed.error().where;
  EXPECT_NE(parsed.error().message.find(GetParam().error), std::string::npos) << parsed.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    All, ParseLineRefusal,
    testing::Values(Refused{R"({"v":1)", R"({"v":2)", "schema version 1"}, Refused{R"("v":1,)", "", "schema version 1"},
                    Refused{R"({"v")", R"("v")", "JSON"}, Refused{R"(T00:)", "T24:", "`time`"},
                    Refused{"2026-11-24T", "2026-02-30T", "`time`"}, Refused{"2026-11-24T", "2026-11-24 ", "`time`"},
                    Refused{R"("id":"0190)", R"("id":"x190)", "`id`"}, Refused{R"("ring":0)", R"("ring":-1)", "`ring`"},
                    Refused{R"("ring":0)", R"("ring":4294967296)", "`ring`"},
                    Refused{R"("seq":0)", R"("seq":"0")", "`seq`"}, Refused{R"("seq":0)", R"("sequence":0)", "`seq`"},
                    Refused{"192.0.2.7", "192.0.2", "`ip`"}, Refused{R"("client":{)", R"("klient":{)", "`client`"},
                    Refused{R"("port":50123)", R"("port":65536)", "`port`"},
                    Refused{R"("route":"operation")", R"("route":"other")", "`route`"},
                    Refused{R"("outcome":"forwarded")", R"("outcome":1)", "`outcome`"},
                    Refused{R"("scheme":"https")", R"("scheme":"ftp")", "`scheme`"},
                    Refused{R"("http":"1.1")", R"("http":"1")", "`http`"},
                    Refused{R"(["Content-Length","512"])", R"(["Content-Length",512])", "a field is"},
                    Refused{R"(["Content-Length","512"])", R"(["Content-Length"])", "a field is"},
                    Refused{R"("action":"noted")", R"("action":"sang")", "`action`"},
                    Refused{R"("status":200)", R"("status":2e2)", "`status`"}));

TEST(ParseLine, ALineHasALimit) {
  std::string line = line_of(RecordView{});
  line.insert(line.size() - 1, R"(,"pad":"")");
  line.insert(line.size() - 2, std::string(max_line - line.size(), 'x'));
  ASSERT_EQ(line.size(), max_line);
  EXPECT_TRUE(parse_line(line, "log:1"));
  line.insert(line.size() - 2, "x");
  const auto parsed = parse_line(line, "log:1");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, ErrorCode::limit);
}

TEST(ParseLine, TheLargestRecordFitsIntoALine) {
  const std::string odd(max_record, '\x01');  // six letters each
  RecordView record;
  record.path = odd;
  EXPECT_LE(line_of(record).size(), max_line);
  expect_round_trip(record);
}

}  // namespace
}  // namespace sallyport::events
