// The cases of the controls: src/controls/NAME/cases/*.yaml, calls and what becomes of them. A file:
//
//   defaults: |             # optional: lines of the section `defaults`
//     access: [{ action: deny, addresses: 203.0.113.0/24 }]
//   api: |                  # optional: lines of the API's section; other controls have their defaults
//     access: [{ action: deny, paths: /admin/** }]
//   spec: |                 # optional: the API's specification
//   calls:
//     - name: another spelling is no way around
//       from: 203.0.113.7   # default 192.0.2.1
//       tls: false          # default true
//       times: 11           # default 1: the call is made so often, the expectation is of the last
//       request: { method: GET, path: /ADMIN, fields: { X-A: b }, body: "…" }
//       response: { status: 200, fields: { … }, body: "…" }     # of the API, when the call gets there
//       expect: pass
//
// `expect` is `pass`: this control says nothing at all; or a mapping of
//   status, type   what the client gets instead: the status, and the problem's type
//   rule           what the control calls its reason
//   connection: refused     before the first byte
//   request        fields as the API gets them; null: it does not get them
//   response       fields as the client gets them; null likewise
//   request_body, response_body    the body that goes on when a control rewrote it
#pragma once

#include <charconv>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "base/address.hpp"
#include "document/file.hpp"
#include "document/node.hpp"

namespace sallyport::assembly::testing {

using FieldList = std::vector<std::pair<std::string, std::optional<std::string>>>;

struct ControlCase {
  std::string control;
  std::string where;  // file:line
  std::string name;
  std::string defaults;
  std::string api;
  std::string spec;
  Address client;
  bool tls = true;
  int times = 1;
  std::string method = "GET";
  std::string path = "/";
  FieldList request_fields;
  std::string request_body;
  bool answered = false;
  int answer_status = 200;
  FieldList answer_fields;
  std::string answer_body;
  struct Expected {
    bool pass = false;
    bool connection_refused = false;
    int status = 0;
    std::string type;
    std::string rule;
    FieldList request;
    FieldList response;
    std::optional<std::string> request_body;
    std::optional<std::string> response_body;
  } expect;
  std::string broken;  // why the file cannot be read
};

inline void PrintTo(const ControlCase& one, std::ostream* out) { *out << one.where << ": " << one.name; }

// Reads one file; what is wrong in it becomes a case that fails.
class CaseReader {
 public:
  CaseReader(std::string control, std::vector<ControlCase>& into) : control_(std::move(control)), into_(into) {}

  void file(const std::string& path) {
    const auto parsed = document::load(path);
    if (!parsed) return refuse(path, parsed.error().text());
    const auto& root = parsed->root();
    ControlCase shared;
    shared.control = control_;
    const document::Node* calls = nullptr;
    for (const auto& [key, line, column, value] : root.entries()) {
      if (key == "defaults") {
        shared.defaults = value.text();
      } else if (key == "api") {
        shared.api = value.text();
      } else if (key == "spec") {
        shared.spec = value.text();
      } else if (key == "calls") {
        calls = &value;
      } else {
        return refuse(value.where(), "unknown key " + std::string(key));
      }
    }
    if (calls == nullptr || calls->items().empty()) return refuse(path, "it has no calls");
    for (const auto& call : calls->items()) one(call, shared);
  }

 private:
  void refuse(std::string where, std::string why) {
    ControlCase broken;
    broken.control = control_;
    broken.where = std::move(where);
    broken.name = "cannot be read";
    broken.broken = std::move(why);
    into_.push_back(std::move(broken));
  }

  void one(const document::Node& call, ControlCase out) {
    out.where = call.where();
    out.client = *parse_address("192.0.2.1");
    bool expects = false;
    for (const auto& [key, line, column, value] : call.entries()) {
      if (key == "name") {
        out.name = value.text();
      } else if (key == "from" && parse_address(value.text())) {
        out.client = *parse_address(value.text());
      } else if (key == "tls" && (value.text() == "true" || value.text() == "false")) {
        out.tls = value.text() == "true";
      } else if (key == "times" && small_number(value, out.times)) {
        continue;
      } else if (key == "request") {
        for (const auto& part : value.entries()) {
          if (!request(part.key, part.value, out)) return refuse(part.where(), "unknown key of a request");
        }
      } else if (key == "response") {
        out.answered = true;
        for (const auto& part : value.entries()) {
          if (!response(part.key, part.value, out)) return refuse(part.where(), "unknown key of a response");
        }
      } else if (key == "expect") {
        expects = true;
        if (value.text() == "pass") out.expect.pass = true;
        for (const auto& part : value.entries()) {
          if (!expectation(part.key, part.value, out.expect)) return refuse(part.where(), "unknown expectation");
        }
      } else {
        return refuse(value.where(), "unknown key or value: " + std::string(key));
      }
    }
    const auto& expected = out.expect;
    expects = expects && (expected.pass || expected.connection_refused || expected.status != 0 ||
                          !expected.rule.empty() || !expected.request.empty() || !expected.response.empty() ||
                          expected.request_body || expected.response_body);
    if (out.name.empty() || !expects) return refuse(out.where, "a call needs a name and what to expect");
    into_.push_back(std::move(out));
  }

  static bool request(std::string_view key, const document::Node& value, ControlCase& out) {
    if (key == "method") return take(value, out.method);
    if (key == "path") return take(value, out.path);
    if (key == "body") return take(value, out.request_body);
    return key == "fields" && fields(value, out.request_fields);
  }

  static bool response(std::string_view key, const document::Node& value, ControlCase& out) {
    if (key == "status") return number(value, out.answer_status);
    if (key == "body") return take(value, out.answer_body);
    return key == "fields" && fields(value, out.answer_fields);
  }

  static bool expectation(std::string_view key, const document::Node& value, ControlCase::Expected& out) {
    if (key == "status") return number(value, out.status);
    if (key == "type") return take(value, out.type);
    if (key == "rule") return take(value, out.rule);
    if (key == "request") return fields(value, out.request);
    if (key == "response") return fields(value, out.response);
    if (key == "request_body") return take(value, out.request_body.emplace());
    if (key == "response_body") return take(value, out.response_body.emplace());
    out.connection_refused = key == "connection" && value.text() == "refused";
    return out.connection_refused;
  }

  static bool take(const document::Node& value, std::string& out) {
    out = value.text();
    return value.kind() == document::Kind::scalar;
  }

  static bool number(const document::Node& value, int& out) {
    const std::string_view text = value.text();
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size() && out >= 100 && out <= 599;
  }

  static bool small_number(const document::Node& value, int& out) {
    const std::string_view text = value.text();
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size() && out >= 1 && out <= 10'000;
  }

  static bool fields(const document::Node& value, FieldList& out) {
    for (const auto& entry : value.entries()) {
      const bool none = entry.value.kind() == document::Kind::null;
      out.emplace_back(entry.key, none ? std::nullopt : std::optional(std::string(entry.value.text())));
    }
    return value.is_mapping();
  }

  std::string control_;
  std::vector<ControlCase>& into_;
};

}  // namespace sallyport::assembly::testing
