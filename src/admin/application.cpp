#include "admin/application.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "admin/assets.hpp"
#include "admin/endpoints_view.hpp"
#include "admin/findings_view.hpp"
#include "admin/guards.hpp"
#include "admin/limits.hpp"
#include "admin/query.hpp"
#include "admin/store_view.hpp"
#include "admin/views.hpp"
#include "base/address.hpp"
#include "base/uuid.hpp"
#include "document/node.hpp"

namespace sallyport::admin {
namespace {

constexpr std::string_view api_root = "/api/v1";
constexpr std::string_view cookie_name = "sallyport_session";
constexpr std::string_view plain = "text/plain; charset=utf-8";
constexpr std::string_view key_set = "application/jwk-set+json";  // RFC 7517 §8.5.2
constexpr std::string_view prometheus = "text/plain; version=0.0.4; charset=utf-8";

Answer text(std::string body, std::string_view media_type) {
  Answer answer;
  answer.media_type = media_type;
  answer.body = std::move(body);
  return answer;
}

Answer not_found() { return problem(404, "Not found", "There is nothing here."); }

Answer not_allowed(std::string allowed) {
  Answer answer = problem(405, "Method not allowed", "Use " + allowed + ".");
  answer.fields.emplace_back("Allow", std::move(allowed));
  return answer;
}

Answer no_content(std::string cookie) {
  Answer answer;
  answer.status = 204;
  answer.fields.emplace_back("Set-Cookie", std::move(cookie));
  return answer;
}

// {"password":"…"}; empty when the body is something else.
std::string password_in(std::string_view body) {
  const document::Limits limits{.bytes = max_body, .nodes = 16, .depth = 2, .scalar = max_password};
  const auto parsed = document::parse(std::string(body), "login", limits);
  if (!parsed || !parsed->root().is_mapping()) return {};
  const document::Node* const password = parsed->root().find("password");
  return password != nullptr && password->quoted() ? std::string(password->text()) : std::string();
}

bool reads(const Ask& ask) { return ask.method == "GET" || ask.method == "HEAD"; }

}  // namespace

Application::Application(Sources sources, Password password, std::vector<std::string> host_names)
    : sources_(std::move(sources)),
      password_(std::move(password)),
      host_names_(std::move(host_names)),
      started_us_(sources_.clock()) {}

Answer Application::answer(const Ask& ask, Instant now) {
  if (!host_is_ours(ask.host, host_names_)) {
    return problem(421, "Misdirected request", "The Host of this request is not this admin page.");
  }
  if (ask.path.starts_with("/api/")) return api(ask, now);
  if (!reads(ask)) return not_allowed("GET, HEAD");
  return probe(ask);
}

Answer Application::probe(const Ask& ask) const {
  if (ask.path == "/livez") return text("ok\n", plain);
  if (ask.path == "/readyz") return ready();
  if (ask.path == "/.well-known/jwks.json") return text(sources_.own_keys(), key_set);
  if (ask.path == "/metrics") return text(sources_.metrics.render(), prometheus);
  const Asset* const asset = find_asset(ask.path);
  if (asset == nullptr) return not_found();
  Answer answer = text(std::string(asset->body), asset->media_type);
  if (asset->path.starts_with("/assets/")) answer.cache = "public, max-age=31536000, immutable";  // hashed names
  return answer;
}

Answer Application::ready() const {
  std::vector<std::string> reasons = sources_.unready();
  if (sources_.log().degraded) reasons.emplace_back("the disk refuses the event log");
  Answer answer = json(fmt::format(R"({{"ready":{},"reasons":{}}})", reasons.empty(), strings_json(reasons)));
  if (!reasons.empty()) answer.status = 503;
  return answer;
}

Answer Application::api(const Ask& ask, Instant now) {
  if (!ask.path.starts_with("/api/v1/")) return not_found();
  if (!same_origin(ask)) {
    return problem(
        403, "Forbidden",
        "The request does not come from the dashboard: X-Sallyport-Request is missing, or another site made it.");
  }
  const std::string_view path = ask.path.substr(api_root.size());
  if (path == "/login") return ask.method == "POST" ? login(ask, now) : not_allowed("POST");
  if (!sessions_.use(cookie_value(ask.cookie, cookie_name), now)) {
    return problem(401, "Unauthorized", "Log in first.");
  }
  if (path == "/findings" && ask.method == "POST") return change_finding(ask);
  if (path == "/revocations" && ask.method == "POST") return revoke(ask);
  if (path == "/logout") return ask.method == "POST" ? logout(ask) : not_allowed("POST");
  if (!reads(ask)) return not_allowed("GET, HEAD");
  return read(ask);
}

Answer Application::read(const Ask& ask) const {
  const std::string_view path = ask.path.substr(api_root.size());
  if (path == "/session") return json(R"({"user":"admin"})");
  if (path == "/summary") return json(summary_json(sources_, started_us_, sources_.clock()));
  if (path == "/calls") return calls(ask);
  if (path.starts_with("/calls/")) return call(path.substr(std::string_view("/calls/").size()));
  if (path == "/endpoints" || path == "/endpoints.csv") return endpoints(ask, path.ends_with(".csv"));
  if (path == "/findings") return findings(ask);
  if (path == "/audit") return audit(ask);
  if (path == "/series") return series(ask);
  if (path == "/revocations") return sources_.revocations ? json(sources_.revocations()) : not_found();
  if (path == "/data") return json(data_map_json(sources_.inventory.endpoints.rows(sources_.clock())));
  if (path == "/operations") return json(operations_json(sources_.inventory.operations));
  if (path == "/shadow") return json(shadow_json(sources_.inventory.shadow));
  return not_found();
}

Answer Application::login(const Ask& ask, Instant now) {
  if (const auto wait = limiter_.wait(ask.peer, now); wait.count() > 0) {
    Answer answer = problem(429, "Too many tries", fmt::format("Try again in {} s.", wait.count()));
    answer.fields.emplace_back("Retry-After", fmt::format("{}", wait.count()));
    return answer;
  }
  const std::string password = password_in(ask.body);
  if (password.empty()) return problem(400, "Bad request", R"(Send {"password":"…"}.)");
  if (!password_.matches(password)) {
    limiter_.failed(ask.peer, now);
    // A failure to note it changes nothing: it is refused either way.
    static_cast<void>(note(ask, "login", "refused: wrong password"));
    return problem(401, "Unauthorized", "The password is wrong.");
  }
  limiter_.succeeded(ask.peer);
  // Who cannot be noted does not get in.
  if (!note(ask, "login", "done")) return problem(503, "Service unavailable", "The audit log cannot be written.");
  const auto token = sessions_.start(now);
  if (!token) return problem(503, "Service unavailable", token.error().message);
  return no_content(fmt::format("{}={}; HttpOnly; SameSite=Strict; Path=/", cookie_name, *token));
}

Answer Application::logout(const Ask& ask) {
  sessions_.end(cookie_value(ask.cookie, cookie_name));
  static_cast<void>(note(ask, "logout", "done"));  // the session has ended in any case
  return no_content(fmt::format("{}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0", cookie_name));
}

Answer Application::calls(const Ask& ask) const {
  const Query query(ask.query);
  return json(calls_json(sources_.inventory.calls.after(query.number("after"), query.page_size())));
}

Result<void> Application::note(const Ask& ask, std::string action, std::string detail) const {
  if (sources_.audit == nullptr) return {};
  return sources_.audit->append(
      {0, sources_.clock(), "admin", std::move(action), format_address(ask.peer), std::move(detail)});
}

Answer Application::findings(const Ask& ask) const {
  auto body = findings_json(sources_.inventory.findings.list(), Query(ask.query));
  return body ? json(std::move(*body)) : problem(400, "Bad request", body.error().message);
}

// Noted before it is done: what cannot be noted does not happen.
Answer Application::change_finding(const Ask& ask) {
  const auto change = read_finding_change(ask.body);
  if (!change) return problem(400, "Bad request", R"(Send {"id":"…","standing":"open, closed or accepted"}.)");
  if (!sources_.inventory.findings.find(change->id)) return not_found();
  if (!note(ask, "finding", fmt::format("{}: {}", word(change->standing), change->id))) {
    return problem(503, "Service unavailable", "The audit log cannot be written.");
  }
  if (!sources_.inventory.findings.set(change->id, change->standing)) return not_found();
  return json("{}");
}

// {"kind":"subject","value":"u05","for":"30d"}: as the verb does.
Answer Application::revoke(const Ask& ask) const {
  if (!sources_.revoke) return not_found();
  const document::Limits limits{.bytes = max_body, .nodes = 16, .depth = 2, .scalar = 512};
  const auto parsed = document::parse_json(std::string(ask.body), "revocation", limits);
  if (!parsed || !parsed->root().is_mapping()) return problem(400, "Bad request", R"(Send {"kind":"…","value":"…"}.)");
  const auto text = [&](const char* name) {
    const document::Node* found = parsed->root().find(name);
    return found != nullptr ? std::string(found->text()) : std::string();
  };
  auto done = sources_.revoke({text("kind"), text("value"), text("for"), "admin " + format_address(ask.peer)});
  if (done) return json(std::move(*done));
  if (done.error().code == ErrorCode::unavailable) return problem(503, "Service unavailable", done.error().message);
  return problem(400, "Bad request", done.error().message);
}

Answer Application::audit(const Ask& ask) const {
  if (sources_.audit == nullptr) return not_found();
  const Query query(ask.query);
  const auto page =
      sources_.audit->page(static_cast<std::int64_t>(query.number("before").value_or(0)), query.page_size());
  if (!page) return problem(503, "Service unavailable", "The store does not answer.");
  return json(audit_json(*page));
}

Answer Application::series(const Ask& ask) const {
  if (sources_.store == nullptr) return not_found();
  const Query query(ask.query);
  const auto asked = read_series_query(query, sources_.clock());
  if (!asked) return problem(400, "Bad request", asked.error().message);
  const auto steps = store::series(*sources_.store, *asked);
  if (!steps) return problem(503, "Service unavailable", "The store does not answer.");
  return json(series_json(*asked, *steps));
}

Answer Application::endpoints(const Ask& ask, bool as_csv) const {
  const auto asked = EndpointQuery::read(Query(ask.query));
  if (!asked) return problem(400, "Bad request", asked.error().message);
  EndpointPage page = select(sources_.inventory.endpoints.rows(sources_.clock()), *asked);
  page.left_out = sources_.inventory.endpoints.left_out();
  if (!as_csv) return json(endpoints_json(page));
  Answer answer = text(endpoints_csv(page), "text/csv; charset=utf-8");
  answer.fields.emplace_back("Content-Disposition", "attachment; filename=\"endpoints.csv\"");
  return answer;
}

Answer Application::call(std::string_view id) const {
  const auto wanted = parse_uuid(id);
  const auto found = wanted ? sources_.inventory.calls.find(*wanted) : nullptr;
  return found ? json(call_json(*found, sources_)) : not_found();
}

}  // namespace sallyport::admin
