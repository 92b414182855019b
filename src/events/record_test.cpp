#include "events/record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "events/json_line.hpp"
#include "events/recorder.hpp"
#include "events/scratch_test.hpp"

#include <sallyport/certificate.hpp>

namespace sallyport::events {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Rig {
  Scratch scratch;
  Redactor redactor{SipKey{1}};
  CleanFields clean;
  Sealer sealer = std::move(*Sealer::open(scratch.file("seal.key")));
  std::unique_ptr<char[]> bytes = std::make_unique<char[]>(max_record);
  RecordParts parts;
  RecordView view;

  const RecordView& round_trip(const Event& event) {
    size = encode_record(event, redactor, sealer, clean, bytes.get());
    EXPECT_TRUE(decode_record({bytes.get(), size}, parts, view));
    return view;
  }
  [[nodiscard]] std::string line() const {
    std::string out;
    append_line(out, view);
    return out;
  }
  std::size_t size = 0;
};

TEST(Record, KeepsACallAndNoneOfItsCredentials) {
  Rig rig;
  const Call call;
  const RecordView& record = rig.round_trip(call.event);
  EXPECT_EQ(record.id, call.event.id);
  EXPECT_EQ(record.api, "shop");
  EXPECT_EQ(record.operation, "GET /v1/orders/{orderId}");
  EXPECT_EQ(record.operation_id, "getOrder");
  EXPECT_EQ(record.path, "/v1/orders/4711");
  EXPECT_EQ(record.query, "page=2&sort=name");
  EXPECT_EQ(record.fields.size(), 8u);
  EXPECT_EQ(record.fields[1].value, call.request.fields.all()[1].value);
  EXPECT_EQ(record.response_fields.size(), 2u);
  EXPECT_THAT(std::string(record.credential), testing::MatchesRegex("bearer:[0-9a-f]{16}"));
  EXPECT_EQ(record.fields[4].value, record.credential);
  EXPECT_EQ(record.fields[5].value, "sid=[redacted]; theme=[redacted]");
  const std::string_view bytes(rig.bytes.get(), rig.size);
  for (const char* secret : {"eyJ", "31d4d96e", "dark"})
    EXPECT_EQ(bytes.find(secret), std::string_view::npos) << secret;
}

TEST(Record, SaysWhoCalled) {
  Rig rig;
  Call call;
  Actor actor;
  actor.how = Authentication::jwt;
  actor.subject = "ada";
  actor.issuer = "https://id.test/";
  actor.client = "app";
  actor.tenant = std::string_view("north");
  call.event.actor = &actor;
  const std::string longest(max_name, 'k');
  const std::string longer = longest + "k";
  actor.key_id = longer;
  EXPECT_EQ(rig.round_trip(call.event).actor, (ActorView{"jwt", "ada", "https://id.test/", "app", "north", longest}));
  EXPECT_THAT(rig.line(),
              HasSubstr(R"("actor":{"how":"jwt","subject":"ada","issuer":"https://id.test/","client":"app",)"
                        R"("tenant":"north","key":"k)"));
  actor = {};
  EXPECT_EQ(rig.round_trip(call.event).actor, ActorView{});
  EXPECT_THAT(rig.line(), Not(HasSubstr("\"actor\"")));
}

TEST(Record, SaysWhichCertificateTheClientShowed) {
  Rig rig;
  Call call;
  ClientCertificate shown{.subject = "CN=billing",
                          .issuer = "CN=Root",
                          .serial = "1001",
                          .thumbprint = "thumb",
                          .dns = {"b.test"},
                          .uris = {"spiffe://a/b"},
                          .spiffe = "spiffe://a/b"};
  call.connection.certificate = &shown;
  const RecordView& record = rig.round_trip(call.event);
  EXPECT_TRUE(record.tls);
  EXPECT_EQ(record.certificate, (CertificateView{"thumb", "CN=billing", "CN=Root", "1001", "spiffe://a/b"}));
  EXPECT_EQ(record.api, "shop") << "what follows is where it was";
  EXPECT_THAT(rig.line(), HasSubstr(R"("certificate":{"sha256":"thumb","subject":"CN=billing","issuer":"CN=Root",)"
                                    R"("serial":"1001","name":"spiffe://a/b"}})"));
  shown.spiffe = "";
  shown.uris = {};
  shown.subject.assign(max_name + 1, 's');
  EXPECT_EQ(rig.round_trip(call.event).certificate.name, "b.test");
  EXPECT_EQ(rig.view.certificate.subject.size(), max_name);
  call.connection.certificate = nullptr;
  EXPECT_EQ(rig.round_trip(call.event).certificate, CertificateView{});
  EXPECT_THAT(rig.line(), Not(HasSubstr("\"certificate\"")));
}

// Credentials that a control took out for the API are still those the client came with.
TEST(Record, CredentialsThatWereTakenOutAreRecorded) {
  Rig rig;
  Call call;
  call.request.fields.remove(FieldName::authorization);
  EXPECT_THAT(std::string(rig.round_trip(call.event).credential), testing::MatchesRegex("bearer:[0-9a-f]{16}"));
  EXPECT_EQ(std::string_view(rig.bytes.get(), rig.size).find("eyJ"), std::string_view::npos);
}

TEST(Record, TheLineIsTheSchema) {
  Rig rig;
  const Call call;
  rig.round_trip(call.event);
  rig.view.ring = 3;
  rig.view.seq = 77;
  EXPECT_THAT(
      rig.line(),
      testing::StartsWith(
          R"({"v":1,"time":"2026-11-24T00:00:00.123456Z","id":"0190e5a0-7b1c-7c3e-8a55-0123456789ab","ring":3,"seq":77,)"
          R"("client":{"ip":"192.0.2.7","port":50123,"tls":"TLSv1.3","sni":"shop.example.com"},"credential":"bearer:)"));
  EXPECT_THAT(rig.line(),
              HasSubstr(R"(,"path":"/v1/orders/4711","query":"page=2&sort=name","http":"1.1","fields":[["Host",)"));
  EXPECT_THAT(rig.line(), Not(HasSubstr("\"notes\"")));
  const auto key = parse_line_key(rig.line());
  ASSERT_TRUE(key);
  EXPECT_EQ(key->ring, 3u);
  EXPECT_EQ(key->seq, 77u);
}

TEST(Record, ACallWithoutARequestHasALine) {
  Rig rig;
  Event event;
  event.control = "http";
  event.reason = {"bad_line", "no request line"};
  event.outcome = Outcome::denied;
  const RecordView& record = rig.round_trip(event);
  EXPECT_EQ(record.rule, "bad_line");
  EXPECT_EQ(record.http.major, 0);
  EXPECT_THAT(rig.line(), Not(HasSubstr("\"http\":")));
}

TEST(Record, ARefusedTargetIsRedactedToo) {
  Rig rig;
  Call call;
  call.event.route = {};
  call.request.path = {};
  call.request.query = {};
  call.request.target = "http://joe:zq7marker@h/%zz?token=zq7marker";
  call.event.reason.detail = "bad target /%zz?token=zq7marker";
  rig.round_trip(call.event);
  EXPECT_THAT(rig.line(), Not(HasSubstr("zq7marker")));
}

TEST(Record, NotesAreKeptInOrder) {
  Rig rig;
  Call call;
  for (int i = 0; i < 16; ++i)
    call.event.notes[static_cast<std::size_t>(i)] = {"contract", static_cast<Note::Action>(i % 6), {"rule", "because"}};
  call.event.note_count = 16;
  call.event.notes_dropped = 4;
  const RecordView& record = rig.round_trip(call.event);
  ASSERT_EQ(record.notes.size(), 16u);
  EXPECT_EQ(record.notes[3].action, Note::Action::would_deny);
  EXPECT_EQ(record.notes_dropped, 4u);
  EXPECT_THAT(rig.line(),
              HasSubstr(R"({"control":"contract","action":"would_deny","rule":"rule","detail":"because"})"));
}

TEST(Record, ValuesAndTheirSumAreBounded) {
  Rig rig;
  Call call;
  call.request.fields.clear();
  const std::string words = [] {
    std::string text;
    while (text.size() < 3000) text += "word ";
    return text;
  }();
  call.request.fields.append("X-A", words, FieldName::other);
  EXPECT_EQ(rig.round_trip(call.event).fields[0].value.size(), max_value);
  EXPECT_TRUE(rig.view.fields_cut);
  for (int i = 0; i < 100; ++i) call.request.fields.append("X-B", words, FieldName::other);
  std::size_t sum = 0;
  for (const auto& [name, value] : rig.round_trip(call.event).fields) sum += name.size() + value.size();
  EXPECT_LE(sum, max_fields + max_value);
}

TEST(Record, TheLargestEventFits) {
  Rig rig;
  Call call;
  const std::string words = [] {
    std::string text;
    while (text.size() < 60'000) text += "word ";
    return text;
  }();
  call.request.method_token = words;
  call.request.host = words;
  call.request.path = words;
  call.request.query = words;
  call.connection.sni = words;
  for (int i = 0; i < 150; ++i) call.request.fields.append("X-B", words, FieldName::other);
  for (int i = 0; i < 150; ++i) call.response.fields.append("X-B", words, FieldName::other);
  for (auto& note : call.event.notes) note = {"contract", Note::Action::noted, {"rule", words}};
  call.event.note_count = Event::max_notes;
  call.event.reason.detail = words;
  call.event.sealed = words;
  const RecordView& record = rig.round_trip(call.event);
  EXPECT_EQ(record.sealed.size(), max_sealed + Sealer::overhead);
  EXPECT_EQ(record.notes.size() + record.notes_dropped, Event::max_notes);
  EXPECT_EQ(record.upstream, "10.0.0.5:8080");
}

TEST(Record, ASealedBodyStandsInTheLineAsBase64) {
  Rig rig;
  Call call;
  call.event.sealed = "Traceback: secret of the inside";
  const RecordView& record = rig.round_trip(call.event);
  EXPECT_EQ(rig.sealer.unseal(record.id, record.seal_key, record.sealed), call.event.sealed);
  EXPECT_THAT(rig.line(), HasSubstr("\"sealed\":{\"key\":\"" + std::string(rig.sealer.key_id()) + "\",\"data\":\""));
  EXPECT_THAT(rig.line(), Not(HasSubstr("Traceback")));
}

TEST(Record, NoBytesAreTooHostileToDecode) {
  Rig rig;
  const Call call;
  rig.round_trip(call.event);
  const std::string good(rig.bytes.get(), rig.size);
  RecordView view;
  for (std::size_t i = 0; i < good.size(); ++i)
    EXPECT_FALSE(decode_record(std::string(good, 0, i), rig.parts, view)) << i;
  std::mt19937 random(3);
  for (int round = 0; round < 20'000; ++round) {
    auto bad = good;
    for (int i = 0; i < 3; ++i) bad[random() % bad.size()] = static_cast<char>(random());
    if (!decode_record(bad, rig.parts, view)) continue;
    std::string line;
    append_line(line, view);
  }
}

}  // namespace
}  // namespace sallyport::events
