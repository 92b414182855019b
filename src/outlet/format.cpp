#include "outlet/format.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/address.hpp"
#include "base/json_text.hpp"
#include "base/time_text.hpp"
#include "base/uuid.hpp"
#include "events/json_line.hpp"

namespace sallyport::outlet {
namespace {

using events::RecordView;
using events::word;

constexpr std::string_view product = "Sallyport";

// Members of nested objects.
class Json {
 public:
  explicit Json(std::string& out) : out_(out) {}
  void open(std::string_view name = {}) {
    if (!name.empty()) key(name);
    out_ += '{';
  }
  void close() { out_ += '}'; }
  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    append_json(out_, value);
  }
  template <std::integral T>
  void number(std::string_view name, T value) {
    key(name);
    append_number(out_, value);
  }
  void words(std::string_view name, std::initializer_list<std::string_view> values) {
    key(name);
    out_ += '[';
    for (const std::string_view value : values) {
      if (out_.back() != '[') out_ += ',';
      append_json(out_, value);
    }
    out_ += ']';
  }

 private:
  void key(std::string_view name) {
    if (out_.back() != '{') out_ += ',';
    append_json(out_, name);
    out_ += ':';
  }
  std::string& out_;
};

bool is_attack(const RecordView& record) {
  return record.outcome == Outcome::denied && (record.control == "waf" || record.control == "crs");
}

std::string id_of(const RecordView& record) {
  std::array<char, uuid_text_bytes> id{};
  format_uuid(record.id, id);
  return {id.data(), id.size()};
}

std::string_view user_of(const RecordView& record) {
  return record.actor.subject.empty() ? record.actor.client : record.actor.subject;
}

std::string time_of(std::int64_t time_us) { return rfc3339(time_us, Fraction::microseconds); }

// OCSF: Create, Read, Update, Delete or Other.
unsigned activity_of(std::string_view method) {
  if (method == "POST") return 1;
  if (method == "GET" || method == "HEAD" || method == "OPTIONS") return 2;
  if (method == "PUT" || method == "PATCH") return 3;
  if (method == "DELETE") return 4;
  return 99;
}

std::string title_of(const RecordView& record) {
  return fmt::format("{} {}: {}", record.method, record.path, word(record.outcome));
}

void ocsf_request(Json& json, const RecordView& record) {
  json.open("http_request");
  json.text("http_method", record.method);
  json.open("url");
  json.text("hostname", record.host);
  json.text("path", record.path);
  json.text("query_string", record.query);
  json.text("scheme", record.https ? "https" : "http");
  json.close();
  json.close();
  json.open("http_response");
  json.number("code", record.status);
  json.close();
}

void append_ocsf(std::string& out, const RecordView& record) {
  const bool attack = is_attack(record);
  const unsigned activity = attack ? 1 : activity_of(record.method);
  const unsigned class_uid = attack ? 2004 : 6003;
  const bool denied = record.outcome == Outcome::denied;
  Json json(out);
  json.open();
  json.number("class_uid", class_uid);
  json.text("class_name", attack ? "Detection Finding" : "API Activity");
  json.number("category_uid", attack ? 2 : 6);
  json.number("activity_id", activity);
  json.number("type_uid", class_uid * 100 + activity);
  json.number("time", record.time_us / 1000);
  // Informational, Low, Medium, High.
  json.number("severity_id", attack ? 4 : denied ? 3 : record.outcome == Outcome::failed ? 2 : 1);
  json.number("status_id", record.outcome == Outcome::forwarded && record.status < 400 ? 1 : 2);
  json.text("status_code", std::to_string(record.status));
  json.number("action_id", denied ? 2 : 1);
  json.number("duration", record.duration_us / 1000);
  json.open("metadata");
  json.text("version", "1.1.0");
  json.text("uid", id_of(record));
  json.open("product");
  json.text("name", product);
  json.text("vendor_name", product);
  json.close();
  json.close();
  json.open("actor");
  json.open("user");
  json.text("uid", user_of(record));
  json.text("name", user_of(record).empty() ? "anonymous" : user_of(record));
  json.text("credential_uid", record.credential);
  json.close();
  json.close();
  json.open("src_endpoint");
  json.text("ip", format_address(record.client));
  json.number("port", record.client_port);
  json.close();
  json.open("api");
  json.text("operation", record.operation.empty() ? title_of(record) : record.operation);
  json.open("service");
  json.text("name", record.api);
  json.close();
  json.close();
  ocsf_request(json, record);
  if (attack) {
    json.open("finding_info");
    json.text("uid", id_of(record));
    json.text("title", fmt::format("{} stopped {}", record.control, record.rule));
    json.text("desc", record.detail);
    json.words("types", {record.rule});
    json.close();
  } else if (!record.control.empty()) {
    json.text("status_detail", fmt::format("{}: {}", record.control, record.rule));
  }
  json.text("message", title_of(record));
  json.close();
}

void append_ecs(std::string& out, const RecordView& record) {
  const bool denied = record.outcome == Outcome::denied;
  Json json(out);
  json.open();
  json.text("@timestamp", time_of(record.time_us));
  json.text("message", title_of(record));
  json.open("ecs");
  json.text("version", "8.11.0");
  json.close();
  json.open("event");
  json.text("id", id_of(record));
  json.text("kind", is_attack(record) ? "alert" : "event");
  is_attack(record) ? json.words("category", {"web", "intrusion_detection"}) : json.words("category", {"web", "api"});
  denied ? json.words("type", {"access", "denied"}) : json.words("type", {"access"});
  json.text("outcome", record.outcome == Outcome::forwarded && record.status < 400 ? "success" : "failure");
  json.text("action", word(record.outcome));
  json.text("reason", record.rule);
  json.text("provider", "sallyport");
  json.number("duration", record.duration_us * 1000);
  json.number("severity", severity_of(record));
  json.close();
  json.open("source");
  json.text("ip", format_address(record.client));
  json.number("port", record.client_port);
  json.close();
  json.open("http");
  json.open("request");
  json.text("id", id_of(record));
  json.text("method", record.method);
  json.open("body");
  json.number("bytes", record.bytes_in);
  json.close();
  json.close();
  json.open("response");
  json.number("status_code", record.status);
  json.open("body");
  json.number("bytes", record.bytes_out);
  json.close();
  json.close();
  json.close();
  json.open("url");
  json.text("domain", record.host);
  json.text("path", record.path);
  json.text("query", record.query);
  json.text("scheme", record.https ? "https" : "http");
  json.close();
  if (!user_of(record).empty()) {
    json.open("user");
    json.text("id", user_of(record));
    json.close();
  }
  json.open("service");
  json.text("name", record.api.empty() ? "sallyport" : record.api);
  json.close();
  if (!record.control.empty()) {
    json.open("rule");
    json.text("name", record.rule);
    json.text("ruleset", record.control);
    json.text("description", record.detail);
    json.close();
  }
  json.close();
}

// CEF: in the header '|' and '\' are escaped, in extensions '=' and '\' and ends of lines.
void append_escaped(std::string& out, std::string_view text, char special) {
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      out += special == '=' ? "\\n" : " ";
      continue;
    }
    if (c == '\\' || c == special) out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
}

void append_cef(std::string& out, const RecordView& record) {
  out += "CEF:0|Sallyport|Sallyport|" SALLYPORT_VERSION "|";
  const std::string signature =
      record.control.empty() ? std::string(word(record.outcome)) : fmt::format("{}:{}", record.control, record.rule);
  append_escaped(out, signature, '|');
  out += '|';
  append_escaped(out, title_of(record), '|');
  out += fmt::format("|{}|", severity_of(record));
  bool first = true;
  const auto extension = [&](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (!first) out += ' ';
    first = false;
    (out += name) += '=';
    append_escaped(out, value, '=');
  };
  extension("rt", std::to_string(record.time_us / 1000));
  extension("externalId", id_of(record));
  extension("src", format_address(record.client));
  if (record.client_port != 0) extension("spt", std::to_string(record.client_port));
  extension("suser", user_of(record));
  extension("dhost", record.host);
  extension("requestMethod", record.method);
  extension("request", fmt::format("{}{}{}", record.path, record.query.empty() ? "" : "?", record.query));
  extension("act", word(record.outcome));
  extension("outcome", std::to_string(record.status));
  extension("reason", record.detail);
  extension("app", record.https ? "HTTPS" : "HTTP");
  extension("in", std::to_string(record.bytes_in));
  extension("out", std::to_string(record.bytes_out));
  if (!record.api.empty()) {
    extension("cs1Label", "api");
    extension("cs1", record.api);
  }
  if (!record.operation.empty()) {
    extension("cs2Label", "operation");
    extension("cs2", record.operation);
  }
}

}  // namespace

unsigned severity_of(const RecordView& record) {
  if (is_attack(record)) return 8;
  switch (record.outcome) {
    case Outcome::forwarded:
      return 0;
    case Outcome::denied:
      return 5;
    case Outcome::failed:
    case Outcome::aborted:
      return 3;
  }
  return 0;
}

void append_message(std::string& out, Format format, const RecordView& record, std::string_view line) {
  switch (format) {
    case Format::sallyport:
      out += line;
      return;
    case Format::ocsf:
      return append_ocsf(out, record);
    case Format::ecs:
      return append_ecs(out, record);
    case Format::cef:
      return append_cef(out, record);
  }
}

}  // namespace sallyport::outlet
