#include "discover/document.hpp"

#include <map>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "config/json_writer.hpp"

namespace sallyport::discover {
namespace {

using config::JsonWriter;
using inventory::Segment;

void write_kind(JsonWriter& out, Segment kind) {
  out.open('{');
  switch (kind) {
    case Segment::integer:
      out.member("type", "integer");
      break;
    case Segment::uuid:
      out.member("type", "string");
      out.member("format", "uuid");
      break;
    case Segment::date:
    case Segment::word:
    case Segment::version:
    case Segment::hash:
    case Segment::code:
    case Segment::locale:
    case Segment::other:
      out.member("type", "string");
      break;
  }
  out.close('}');
}

void write_parameters(JsonWriter& out, const LearnedEndpoint& one) {
  if (one.variables.empty() && one.seen.query.empty()) return;
  out.key("parameters");
  out.open('[');
  for (std::size_t i = 0; i < one.variables.size(); ++i) {
    out.element();
    out.open('{');
    out.member("name", one.variables[i]);
    out.member("in", "path");
    out.raw_member("required", "true");
    out.key("schema");
    write_kind(out, i < one.kinds.size() ? one.kinds[i] : Segment::word);
    out.close('}');
  }
  for (const auto& [name, parameter] : one.seen.query) {
    out.element();
    out.open('{');
    out.member("name", name);
    out.member("in", "query");
    out.key("schema");
    parameter.shape.write(out);
    out.close('}');
  }
  out.close(']');
}

void write_body(JsonWriter& out, const std::string& type, const Shape& shape) {
  out.key("content");
  out.open('{');
  out.key(type);
  out.open('{');
  out.key("schema");
  shape.empty() ? out.raw("{}") : shape.write(out);
  out.close('}');
  out.close('}');
}

void write_operation(JsonWriter& out, const LearnedEndpoint& one) {
  std::string key = one.method;
  for (char& c : key) c = lower(c);
  out.key(key);
  out.open('{');
  if (one.declared != nullptr && !one.declared->operation_id.empty()) {
    out.member("operationId", one.declared->operation_id);
  }
  write_parameters(out, one);
  if (!one.seen.request_types.empty() || !one.seen.request.empty()) {
    out.key("requestBody");
    out.open('{');
    const std::string type =
        one.seen.request_types.empty() ? "application/json" : one.seen.request_types.begin()->first;
    write_body(out, type, one.seen.request);
    out.close('}');
  }
  out.key("responses");
  out.open('{');
  for (const auto& [status, calls] : one.seen.statuses) {
    if (status == 0) continue;
    out.key(std::to_string(status));
    out.open('{');
    out.member("description", fmt::format("Seen {} time{}.", calls, calls == 1 ? "" : "s"));
    const auto body = one.seen.answers.find(status);
    if (body != one.seen.answers.end() && !body->second.empty()) write_body(out, "application/json", body->second);
    out.close('}');
  }
  if (one.seen.statuses.size() == 1 && one.seen.statuses.contains(0)) {
    out.key("default");
    out.open('{');
    out.member("description", "The record has no statuses.");
    out.close('}');
  }
  out.close('}');
  out.close('}');
}

}  // namespace

std::string openapi_of(const std::vector<LearnedEndpoint>& endpoints, const std::string& title) {
  JsonWriter out;
  out.open('{');
  out.member("openapi", "3.1.0");
  out.key("info");
  out.open('{');
  out.member("title", title);
  out.member("version", "0");
  out.member("description", "Learned from calls: a draft.");
  out.close('}');
  std::map<std::string, std::vector<const LearnedEndpoint*>> paths;
  for (const LearnedEndpoint& one : endpoints) {
    if (one.seen.calls != 0) paths[one.path].push_back(&one);
  }
  out.key("paths");
  out.open('{');
  for (const auto& [path, operations] : paths) {
    out.key(path);
    out.open('{');
    for (const LearnedEndpoint* const one : operations) write_operation(out, *one);
    out.close('}');
  }
  out.close('}');
  out.close('}');
  return out.take() + "\n";
}

}  // namespace sallyport::discover
