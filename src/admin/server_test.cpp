#include "admin/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <filesystem>
#include <fstream>

#include "admin/assets.hpp"
#include "admin/control_socket.hpp"
#include "admin/exchange.hpp"
#include "admin/password.hpp"
#include "base/testing/scratch_folder.hpp"
#include "document/node.hpp"

namespace sallyport::admin {
namespace {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using testing::HasSubstr;
using testing::StartsWith;
using Reply = http::response<http::string_body>;
using Extra = std::vector<std::pair<std::string, std::string>>;

config::Endpoint local(std::string_view text = "127.0.0.1:0") { return *config::parse_endpoint(text); }

class AdminServer : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = store::open_sqlite(":memory:");
    ASSERT_TRUE(opened) << opened.error().text();
    database = std::move(*opened);
    ASSERT_TRUE(store::migrate(*database, 1));
    auto log = store::AuditLog::open(*database, folder.path());
    ASSERT_TRUE(log) << log.error().text();
    audit.emplace(std::move(*log));
    events::RecordView record;
    record.id.bytes[0] = 1;
    record.method = "GET";
    record.path = "/<script>\"";
    record.line = R"({"v":1,"id":"x"})";
    record.seal_key = "k1";
    record.sealed = "secret";
    record.route = RouteKind::no_api;
    record.outcome = Outcome::denied;
    inventory.add(record);
    auto started = Server::start(
        {.address = local(), .password_file = folder.file("password"), .socket_path = folder.file("control.sock")},
        sources());
    ASSERT_TRUE(started) << started.error().text();
    server = std::move(*started);
  }

  Sources sources() {
    return {.inventory = inventory,
            .metrics = metrics,
            .config = [] { return ConfigState{"sallyport.yaml", 3, 0}; },
            .connections = [] { return std::uint64_t{12}; },
            .log = [] { return events::WriterStats{}; },
            .unready = [this] { return reasons; },
            .unseal = [](const CallId&, std::string_view key, std::string_view sealed) -> Result<std::string> {
              return std::string(key) + ":" + std::string(sealed);
            },
            .reload = [this]() -> Result<std::string> {
              if (reload_fails) return fail(ErrorCode::invalid, "no such file", "a.yaml");
              return std::string("generation 4");
            },
            .status = [] { return std::string(R"({"pid":1})"); },
            .own_keys = [] { return std::string(R"({"keys":[]})"); },
            .revoke = [this](const RevokeOrder& order) -> Result<std::string> {
              if (order.kind.empty()) return fail(ErrorCode::invalid, "no such kind");
              if (audit_fails) return fail(ErrorCode::unavailable, "the audit log cannot be written");
              return "{\"did\":\"" + order.kind + " " + order.value + " " + order.duration + " by " + order.by + "\"}";
            },
            .revocations = [] { return std::string(R"({"revocations":[]})"); },
            .store = database.get(),
            .audit = &*audit};
  }

  Reply send(http::verb verb, const std::string& target, const std::string& body = {}, const Extra& extra = {}) {
    const std::string address = server->bound_address();
    boost::asio::io_context context;
    tcp::socket socket(context);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"),
                    static_cast<unsigned short>(std::stoi(address.substr(address.rfind(':') + 1)))});
    http::request<http::string_body> request(verb, target, 11);
    request.set(http::field::host, address);
    for (const auto& [name, value] : extra) request.set(name, value);
    request.body() = body;
    request.prepare_payload();
    boost::beast::error_code error;
    http::write(socket, request, error);
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.skip(verb == http::verb::head);
    http::read(socket, buffer, parser, error);
    return parser.release();
  }

  Reply login(const std::string& password) {
    return send(http::verb::post, "/api/v1/login", R"({"password":")" + password + "\"}",
                {{"X-Sallyport-Request", "1"}});
  }

  std::string cookie() {
    const Reply reply = login(*server->first_password());
    const std::string set(reply[http::field::set_cookie]);
    return set.substr(0, set.find(';'));
  }

  ScratchFolder folder;
  inventory::Inventory inventory;
  std::unique_ptr<store::Database> database;
  std::optional<store::AuditLog> audit;
  events::Metrics metrics;
  std::vector<std::string> reasons;
  bool reload_fails = false;
  bool audit_fails = false;
  std::unique_ptr<Server> server;
};

TEST_F(AdminServer, NothingOfTheApiWithoutLogin) {
  for (const char* path : {"session", "summary", "calls", "calls/01000000-0000-0000-0000-000000000000", "operations",
                           "shadow", "endpoints", "endpoints.csv", "data", "findings", "nothing"}) {
    const Reply reply = send(http::verb::get, std::string("/api/v1/") + path);
    EXPECT_EQ(reply.result_int(), 401u) << path;
    EXPECT_EQ(reply[http::field::content_type], "application/problem+json");
    EXPECT_THAT(reply.body(), HasSubstr(R"("status":401)"));
  }
}

TEST_F(AdminServer, LoginFlow) {
  EXPECT_EQ(login("wrong").result_int(), 401u);
  const Reply reply = login(*server->first_password());
  EXPECT_EQ(reply.result_int(), 204u);
  const std::string set(reply[http::field::set_cookie]);
  EXPECT_THAT(set, testing::AllOf(StartsWith("sallyport_session="), HasSubstr("; HttpOnly; SameSite=Strict; Path=/")));
  const Extra with{{"Cookie", set.substr(0, set.find(';'))}, {"X-Sallyport-Request", "1"}};
  const Reply session = send(http::verb::get, "/api/v1/session", {}, with);
  EXPECT_EQ(session.body(), R"({"user":"admin"})");
  EXPECT_EQ(session[http::field::cache_control], "no-store");
  EXPECT_EQ(send(http::verb::post, "/api/v1/logout", {}, with).result_int(), 204u);
  EXPECT_EQ(send(http::verb::get, "/api/v1/session", {}, with).result_int(), 401u);
}

TEST_F(AdminServer, TheApiIsJsonOfTheContract) {
  const Extra with{{"Cookie", cookie()}};
  for (const char* path : {"summary", "calls?limit=5", "calls?after=0&limit=5", "operations", "shadow",
                           "endpoints?state=shadow", "data", "calls/01000000-0000-0000-0000-000000000000"}) {
    const Reply reply = send(http::verb::get, std::string("/api/v1/") + path, {}, with);
    EXPECT_EQ(reply.result_int(), 200u) << path;
    EXPECT_EQ(reply[http::field::content_type], "application/json");
    EXPECT_TRUE(document::parse(reply.body(), path)) << reply.body();
  }
  const auto body = [&](const char* path) { return send(http::verb::get, path, {}, with).body(); };
  EXPECT_THAT(body("/api/v1/summary"), testing::AllOf(HasSubstr(R"("generation":3)"), HasSubstr(R"("connections":12)"),
                                                      HasSubstr(R"("step_s":5)")));
  EXPECT_THAT(body("/api/v1/calls"), testing::AllOf(StartsWith(R"({"next":1,"calls":[{"seq":1,"id":"01000000-)"),
                                                    HasSubstr(R"("path":"/<script>\"")")));
  EXPECT_EQ(body("/api/v1/calls?after=1"), R"({"next":1,"calls":[]})");
  EXPECT_EQ(body("/api/v1/calls/01000000-0000-0000-0000-000000000000"), R"({"v":1,"id":"x","original":"k1:secret"})");
  EXPECT_THAT(body("/api/v1/shadow"), HasSubstr(R"("calls":1,"denied":1)"));
  EXPECT_EQ(send(http::verb::get, "/api/v1/calls/nope", {}, with).result_int(), 404u);
  EXPECT_EQ(send(http::verb::post, "/api/v1/summary", {}, {{"Cookie", with[0].second}, {"X-Sallyport-Request", "1"}})
                .result_int(),
            405u);
}

TEST_F(AdminServer, PostsWithoutTheMarkOrFromElsewhereAreRefused) {
  const std::string body = R"({"password":")" + *server->first_password() + "\"}";
  EXPECT_EQ(send(http::verb::post, "/api/v1/login", body).result_int(), 403u);
  EXPECT_EQ(
      send(http::verb::post, "/api/v1/login", body, {{"X-Sallyport-Request", "1"}, {"Origin", "http://evil.test"}})
          .result_int(),
      403u);
  EXPECT_EQ(send(http::verb::get, "/api/v1/session", {}, {{"Cookie", cookie()}, {"Sec-Fetch-Site", "same-site"}})
                .result_int(),
            403u);
}

TEST_F(AdminServer, AnotherHostIsRefused) {
  for (const char* path : {"/", "/metrics", "/api/v1/session"}) {
    EXPECT_EQ(send(http::verb::get, path, {}, {{"Host", "evil.test"}}).result_int(), 421u) << path;
  }
}

TEST_F(AdminServer, TheSixthWrongPasswordWaits) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(login("wrong").result_int(), 401u);
  const Reply reply = login(*server->first_password());
  EXPECT_EQ(reply.result_int(), 429u);
  EXPECT_GE(std::stoi(std::string(reply[http::field::retry_after])), 1);
}

TEST_F(AdminServer, BodiesThatAreNoLoginAre400) {
  for (const char* body : {"", "x", "[]", R"({"password":1})", R"({"user":"admin"})", R"({"password":""})"}) {
    EXPECT_EQ(send(http::verb::post, "/api/v1/login", body, {{"X-Sallyport-Request", "1"}}).result_int(), 400u) << body;
  }
}

TEST_F(AdminServer, AFindingIsClosedByWhoIsLoggedInAndItIsNoted) {
  events::RecordView attack;
  attack.route = RouteKind::operation;
  attack.api = "shop";
  attack.method = "GET";
  attack.path_template = "/a";
  attack.outcome = Outcome::denied;
  attack.control = "waf";
  inventory.add(attack);
  const std::string change = R"({"id":"attack shop GET /a","standing":"closed"})";
  EXPECT_EQ(send(http::verb::post, "/api/v1/findings", change, {{"X-Sallyport-Request", "1"}}).result_int(), 401u);
  const Extra with{{"Cookie", cookie()}, {"X-Sallyport-Request", "1"}};
  EXPECT_EQ(send(http::verb::post, "/api/v1/findings", change, {{"Cookie", with[0].second}}).result_int(), 403u);
  EXPECT_THAT(send(http::verb::get, "/api/v1/findings", {}, with).body(), HasSubstr(R"("open":1)"));
  EXPECT_EQ(send(http::verb::post, "/api/v1/findings", change, with).result_int(), 200u);
  EXPECT_THAT(send(http::verb::get, "/api/v1/findings?standing=closed", {}, with).body(),
              HasSubstr(R"("open":0,"matching":1)"));
  EXPECT_EQ(send(http::verb::get, "/api/v1/findings?kind=strange", {}, with).result_int(), 400u);
  EXPECT_EQ(send(http::verb::post, "/api/v1/findings", R"({"id":"x","standing":"closed"})", with).result_int(), 404u);
  for (const char* wrong :
       {"", "{}", R"({"id":"attack shop GET /a"})", R"({"id":"attack shop GET /a","standing":"gone"})"}) {
    EXPECT_EQ(send(http::verb::post, "/api/v1/findings", wrong, with).result_int(), 400u) << wrong;
  }
  const auto page = audit->page(0, 9);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->at(0).detail, "closed: attack shop GET /a");
  EXPECT_EQ(page->at(1).action, "login");
  EXPECT_THAT(send(http::verb::get, "/api/v1/audit", {}, with).body(), HasSubstr(R"("action":"finding")"));
  EXPECT_THAT(send(http::verb::get, "/api/v1/series?steps=2", {}, with).body(), HasSubstr(R"("calls":[0,0])"));
  EXPECT_EQ(send(http::verb::get, "/api/v1/series?span=week", {}, with).result_int(), 400u);
}

TEST_F(AdminServer, WhoCannotBeNotedDoesNotGetIn) {
  ASSERT_TRUE(database->run("DROP TABLE audit"));
  EXPECT_EQ(login(*server->first_password()).result_int(), 503u);
}

TEST_F(AdminServer, HealthAndMetrics) {
  EXPECT_EQ(send(http::verb::get, "/livez").body(), "ok\n");
  EXPECT_EQ(send(http::verb::head, "/livez")[http::field::content_length], "3");
  EXPECT_EQ(send(http::verb::get, "/readyz").body(), R"({"ready":true,"reasons":[]})");
  const Reply metrics_page = send(http::verb::get, "/metrics");
  EXPECT_EQ(metrics_page.result_int(), 200u);
  EXPECT_THAT(std::string(metrics_page[http::field::content_type]), StartsWith("text/plain; version=0.0.4"));
  EXPECT_THAT(metrics_page.body(), HasSubstr("# TYPE "));
  const Reply keys = send(http::verb::get, "/.well-known/jwks.json");
  EXPECT_EQ(keys.body(), R"({"keys":[]})");
  EXPECT_EQ(keys[http::field::content_type], "application/jwk-set+json");
  reasons = {"no configuration"};
  const Reply unready = send(http::verb::get, "/readyz");
  EXPECT_EQ(unready.result_int(), 503u);
  EXPECT_THAT(unready.body(), HasSubstr("no configuration"));
}

TEST_F(AdminServer, ThePageHasItsSafetyFields) {
  const Reply reply = send(http::verb::get, "/");
  EXPECT_EQ(reply.result_int(), 200u);
  EXPECT_EQ(reply[http::field::content_type], "text/html; charset=utf-8");
  EXPECT_EQ(std::string(reply["Content-Security-Policy"]), content_security_policy);
  EXPECT_EQ(reply["X-Content-Type-Options"], "nosniff");
  EXPECT_EQ(reply["Referrer-Policy"], "no-referrer");
  EXPECT_EQ(reply[http::field::cache_control], "no-store");
  EXPECT_EQ(send(http::verb::get, "/../etc/passwd").result_int(), 404u);
  EXPECT_EQ(send(http::verb::delete_, "/").result_int(), 405u);
  for (const Asset& asset : assets()) {
    const Reply file = send(http::verb::get, std::string(asset.path));
    EXPECT_EQ(file.body(), asset.body) << asset.path;
    EXPECT_EQ(asset.path.starts_with("/assets/"), std::string(file[http::field::cache_control]).ends_with("immutable"));
  }
}

TEST_F(AdminServer, LimitsOfHeadAndBody) {
  EXPECT_EQ(send(http::verb::get, "/livez", {}, {{"X-Long", std::string(17'000, 'a')}}).result_int(), 431u);
  EXPECT_EQ(
      send(http::verb::post, "/api/v1/login", std::string(17'000, 'a'), {{"X-Sallyport-Request", "1"}}).result_int(),
      413u);
}

TEST_F(AdminServer, RevokesForWhoIsLoggedIn) {
  const std::string order = R"({"kind":"jti","value":"a\"b","for":"8h"})";
  const std::string path = "/api/v1/revocations";
  EXPECT_EQ(send(http::verb::post, path, order, {{"X-Sallyport-Request", "1"}}).result_int(), 401u);
  const Extra with{{"Cookie", cookie()}, {"X-Sallyport-Request", "1"}};
  EXPECT_EQ(send(http::verb::post, path, order, {with[0]}).result_int(), 403u) << "another site";
  EXPECT_EQ(send(http::verb::post, path, order, with).body(), R"({"did":"jti a"b 8h by admin 127.0.0.1"})");
  EXPECT_EQ(send(http::verb::post, path, "{}", with).result_int(), 400u);
  EXPECT_EQ(send(http::verb::post, path, "[]", with).result_int(), 400u);
  EXPECT_EQ(send(http::verb::get, path, {}, with).body(), R"({"revocations":[]})");
  audit_fails = true;
  EXPECT_EQ(send(http::verb::post, path, order, with).result_int(), 503u);
}

TEST_F(AdminServer, ControlSocketHandsOverArguments) {
  const std::string path = folder.file("control.sock");
  EXPECT_EQ(ask_control(path, "revoke", {{"kind", "key"}, {"value", "k\"1"}}).value_or("error"),
            R"({"did":"key k"1  by control socket"})");
  EXPECT_EQ(ask_control(path, "revoke").error().message, "no such kind");
  EXPECT_EQ(ask_control(path, "revocations").value_or("error"), R"({"revocations":[]})");
  EXPECT_TRUE(ask_control(path, "revoke", {{"kind", "key"}, {"value", std::string(512, 'x')}}));
  EXPECT_FALSE(ask_control(path, "revoke", {{"kind", "key"}, {"value", std::string(513, 'x')}}));
}

TEST_F(AdminServer, ControlSocketServesVerbs) {
  const std::string path = folder.file("control.sock");
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(ask_control(path, "status").value_or("error"), R"({"pid":1})");
  EXPECT_EQ(ask_control(path, "reload").value_or("error"), R"("generation 4")");
  reload_fails = true;
  const auto failed = ask_control(path, "reload");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "a.yaml: no such file");
  EXPECT_EQ(ask_control(path, "dance").error().message, "unknown verb");
  EXPECT_FALSE(ControlSocket::open(path, {})) << "another one answers there";
  server->stop();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(AdminServer, OnlyLoopback) {
  for (const char* address : {"0.0.0.0:0", "192.0.2.1:9443", "[::]:0", "unix:/tmp/x.sock"}) {
    const auto other = Server::start({.address = local(address), .password_file = folder.file("password")}, sources());
    ASSERT_FALSE(other) << address;
    EXPECT_FALSE(other.error().hint.empty());
  }
}

TEST(ControlSocketTest, AFolderOpenToOthersIsRefused) {
  const ScratchFolder folder;
  const std::string inner = folder.file("open");
  std::filesystem::create_directory(inner);
  ASSERT_EQ(::chmod(inner.c_str(), 0777), 0);
  EXPECT_FALSE(ControlSocket::open(inner + "/control.sock", {}));
  ASSERT_EQ(::chmod(inner.c_str(), 0700), 0);
  std::ofstream(inner + "/control.sock") << "a file";
  EXPECT_FALSE(ControlSocket::open(inner + "/control.sock", {})) << "something else is there";
}

TEST(PasswordTest, IsMadeOnceAndKeptAsAHash) {
  const ScratchFolder folder;
  const std::string file = folder.file("password");
  const auto first = Password::open(file);
  ASSERT_TRUE(first) << first.error().text();
  ASSERT_TRUE(first->first());
  EXPECT_EQ(first->first()->size(), 24u);
  EXPECT_TRUE(first->matches(*first->first()));
  EXPECT_FALSE(first->matches(""));
  struct stat status{};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_THAT(text, StartsWith("scrypt$ln=15,r=8,p=1$"));
  EXPECT_EQ(text.find(*first->first()), std::string::npos);

  const auto again = Password::open(file);
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->first());
  EXPECT_TRUE(again->matches(*first->first()));
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  EXPECT_FALSE(Password::open(file));
}

TEST(PasswordTest, DamagedFilesAreRefused) {
  const ScratchFolder folder;
  const std::string file = folder.file("password");
  const std::string good = *hash_password("x");
  for (const std::string& text : {std::string(), std::string("hunter2"), good.substr(0, good.size() - 4),
                                  "scrypt$ln=40" + good.substr(12), "scrypt$ln=1" + good.substr(12)}) {
    std::ofstream(file) << text;
    ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
    EXPECT_FALSE(Password::open(file)) << text;
  }
}

}  // namespace
}  // namespace sallyport::admin
