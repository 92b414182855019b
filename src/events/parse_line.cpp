#include "events/parse_line.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>
#include <optional>

#include "base/address.hpp"
#include "base/base64.hpp"
#include "base/uuid.hpp"
#include "events/json_line.hpp"

namespace sallyport::events {
namespace {

using document::Node;

constexpr document::Limits limits{.bytes = max_line, .nodes = 65'536, .depth = 8, .scalar = max_line};

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number value{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

// "2026-11-24T00:00:00.123456Z", exactly that.
std::optional<std::int64_t> time_of(std::string_view text) {
  constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd.ddddddZ";
  if (text.size() != form.size()) return std::nullopt;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == 'd' ? !digit : text[i] != form[i]) return std::nullopt;
  }
  const auto part = [&](std::size_t at, std::size_t size) { return *number_of<int>(text.substr(at, size)); };
  using namespace std::chrono;
  const year_month_day day{year(part(0, 4)), month(static_cast<unsigned>(part(5, 2))),
                           std::chrono::day(static_cast<unsigned>(part(8, 2)))};
  if (!day.ok() || day.year() < year(1970) || part(11, 2) > 23 || part(14, 2) > 59 || part(17, 2) > 59)
    return std::nullopt;
  const auto time = sys_days(day).time_since_epoch() + hours(part(11, 2)) + minutes(part(14, 2)) +
                    seconds(part(17, 2)) + microseconds(part(20, 6));
  return duration_cast<microseconds>(time).count();
}

// The value whose word this is; the enum's values run from 0 to `last`.
template <class Enum>
std::optional<Enum> value_of(std::string_view text, Enum last) {
  for (unsigned i = 0; i <= static_cast<unsigned>(last); ++i) {
    if (word(static_cast<Enum>(i)) == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

// Fills a ParsedLine; keeps the first error and goes on.
class LineReader {
 public:
  LineReader(document::Document document, ParsedLine& out, const std::string& where)
      : out_(out), record_(out.record_), where_(where) {
    out.document_ = std::move(document);
  }

  Result<void> read() {
    const Node& root = out_.document_.root();
    if (!root.is_mapping()) return fail(ErrorCode::invalid, "no event: it is not a JSON object", where_);
    if (number<int>(root, "v") != schema_version) {
      return fail(ErrorCode::invalid, "no event of schema version " + std::to_string(schema_version), where_);
    }
    identity(root);
    if (const Node* client = object(root, "client")) read_client(*client);
    request(root);
    verdict(root);
    record_.duration_us = number<std::uint64_t>(root, "duration_us");
    record_.upstream_us = number<std::uint64_t>(root, "upstream_us");
    record_.engine_ns = number<std::uint64_t>(root, "engine_ns");
    record_.upstream = text(root, "upstream");
    record_.upstream_status = number<std::uint16_t>(root, "upstream_status");
    record_.response_fields_cut = flag(root, "response_fields_cut");
    record_.bytes_in = number<std::uint64_t>(root, "bytes_in");
    record_.bytes_out = number<std::uint64_t>(root, "bytes_out");
    record_.bytes_uninspected = number<std::uint64_t>(root, "uninspected");
    pairs(root, "response_fields", out_.parts_.response_fields);
    if (const Node* sealed = object(root, "sealed")) read_sealed(*sealed);
    record_.fields = out_.parts_.fields;
    record_.response_fields = out_.parts_.response_fields;
    record_.notes = out_.parts_.notes;
    if (error_) return std::unexpected(*error_);
    return {};
  }

 private:
  void identity(const Node& root) {
    const auto time = time_of(text(root, "time"));
    const auto id = parse_uuid(text(root, "id"));
    if (!time) refuse(root, "`time` is no time of the form 2026-11-24T00:00:00.123456Z");
    if (!id) refuse(root, "`id` is no UUID");
    record_.time_us = time.value_or(0);
    record_.id = id.value_or(CallId{});
    // Both stand in every line, also when they are 0.
    for (const char* name : {"ring", "seq"}) {
      if (root.find(name) == nullptr) refuse(root, "no `" + std::string(name) + "`");
    }
    record_.ring = number<std::uint32_t>(root, "ring");
    record_.seq = number<std::uint64_t>(root, "seq");
  }

  void read_client(const Node& client) {
    const auto address = parse_address(text(client, "ip"));
    if (!address) refuse(client, "`ip` is no IP address");
    record_.client = address.value_or(Address{});
    record_.client_port = number<std::uint16_t>(client, "port");
    record_.tls_version = text(client, "tls");
    record_.tls = !record_.tls_version.empty();
    record_.sni = text(client, "sni");
    if (const Node* shown = object(client, "certificate")) {
      record_.certificate = {text(*shown, "sha256"), text(*shown, "subject"), text(*shown, "issuer"),
                             text(*shown, "serial"), text(*shown, "name")};
    }
  }

  void request(const Node& root) {
    record_.credential = text(root, "credential");
    if (const Node* actor = object(root, "actor")) {
      record_.actor = {text(*actor, "how"),    text(*actor, "subject"), text(*actor, "issuer"),
                       text(*actor, "client"), text(*actor, "tenant"),  text(*actor, "key")};
    }
    record_.api = text(root, "api");
    record_.route = required(root, "route", RouteKind::no_api);
    record_.operation = text(root, "operation");
    record_.operation_id = text(root, "operation_id");
    record_.path_template = text(root, "template");
    record_.method = text(root, "method");
    const std::string_view scheme = text(root, "scheme");
    if (scheme != "http" && scheme != "https") refuse(root, "`scheme` is neither http nor https");
    record_.https = scheme == "https";
    record_.host = text(root, "host");
    record_.port = number<std::uint16_t>(root, "port");
    record_.path = text(root, "path");
    record_.query = text(root, "query");
    record_.http = {0, 0};
    if (const std::string_view http = text(root, "http"); !http.empty()) {
      const std::size_t dot = http.find('.');
      const auto major = number_of<std::uint8_t>(http.substr(0, dot));
      const auto minor = dot == http.npos ? std::nullopt : number_of<std::uint8_t>(http.substr(dot + 1));
      if (!major || !minor || *major == 0) refuse(root, "`http` is no version of HTTP");
      record_.http = {major.value_or(0), minor.value_or(0)};
    }
    record_.fields_cut = flag(root, "fields_cut");
    pairs(root, "fields", out_.parts_.fields);
  }

  void verdict(const Node& root) {
    record_.status = number<std::uint16_t>(root, "status");
    record_.outcome = required(root, "outcome", Outcome::aborted);
    record_.control = text(root, "control");
    record_.rule = text(root, "rule");
    record_.detail = text(root, "detail");
    record_.notes_dropped = number<std::uint32_t>(root, "notes_dropped");
    const Node* notes = list(root, "notes");
    if (notes == nullptr) return;
    for (const Node& note : notes->items()) {
      if (!note.is_mapping()) return refuse(note, "a note that is no object");
      out_.parts_.notes.push_back({text(note, "control"), required(note, "action", Note::Action::failed),
                                   text(note, "rule"), text(note, "detail")});
    }
  }

  void read_sealed(const Node& sealed) {
    record_.seal_key = text(sealed, "key");
    const auto bytes = decode_base64(text(sealed, "data"), Base64::standard);
    if (record_.seal_key.empty() || !bytes) return refuse(sealed, "`sealed` needs a key and data in base64");
    out_.sealed_.assign(bytes->begin(), bytes->end());
    record_.sealed = {out_.sealed_.data(), out_.sealed_.size()};
  }

  void pairs(const Node& root, std::string_view name, std::vector<Pair>& out) {
    const Node* items = list(root, name);
    if (items == nullptr) return;
    for (const Node& pair : items->items()) {
      const auto both = pair.items();
      if (both.size() != 2 || !both[0].quoted() || !both[1].quoted()) {
        return refuse(pair, "a field is a list of its name and its value");
      }
      out.push_back({both[0].text(), both[1].text()});
    }
  }

  std::string_view text(const Node& in, std::string_view name) {
    const Node* node = in.find(name);
    if (node == nullptr) return {};
    if (!node->quoted()) refuse(*node, "`" + std::string(name) + "` is no text");
    return node->text();
  }
  template <class Number>
  Number number(const Node& in, std::string_view name) {
    const Node* node = in.find(name);
    if (node == nullptr) return 0;
    const auto value = node->quoted() ? std::nullopt : number_of<Number>(node->text());
    if (!value) refuse(*node, "`" + std::string(name) + "` is no whole number, or too large");
    return value.value_or(0);
  }
  bool flag(const Node& in, std::string_view name) {
    const Node* node = in.find(name);
    if (node == nullptr) return false;
    const bool yes = !node->quoted() && node->text() == "true";
    if (!yes && (node->quoted() || node->text() != "false")) refuse(*node, "`" + std::string(name) + "` is no flag");
    return yes;
  }
  template <class Enum>
  Enum required(const Node& in, std::string_view name, Enum last) {
    const auto value = value_of(text(in, name), last);
    if (!value) refuse(in, "`" + std::string(name) + "` is missing or not a word of the schema");
    return value.value_or(last);
  }
  const Node* object(const Node& in, std::string_view name) {
    const Node* node = in.find(name);
    if (node != nullptr && !node->is_mapping()) refuse(*node, "`" + std::string(name) + "` is no object");
    if (node == nullptr && name == "client") refuse(in, "no `client`");
    return node != nullptr && node->is_mapping() ? node : nullptr;
  }
  const Node* list(const Node& in, std::string_view name) {
    const Node* node = in.find(name);
    if (node != nullptr && !node->is_sequence()) refuse(*node, "`" + std::string(name) + "` is no list");
    return node != nullptr && node->is_sequence() ? node : nullptr;
  }
  void refuse(const Node& at, std::string message) {
    if (error_) return;
    error_ = Error{ErrorCode::invalid, std::move(message), where_ + ":" + std::to_string(at.column()), {}};
  }

  ParsedLine& out_;
  RecordView& record_;
  const std::string& where_;
  std::optional<Error> error_;
};

Result<ParsedLine> parse_line(std::string_view line, const std::string& where) {
  if (line.size() > max_line) {
    return fail(ErrorCode::limit, "the line has more than " + std::to_string(max_line) + " bytes", where);
  }
  auto document = document::parse_json(std::string(line), where, limits);
  if (!document) {
    // "where:1:column": a line of a log has no lines in it.
    Error error = std::move(document.error());
    error.where = where + error.where.substr(std::min(error.where.rfind(':'), error.where.size()));
    return std::unexpected(std::move(error));
  }
  ParsedLine out;
  if (auto read = LineReader(std::move(*document), out, where).read(); !read)
    return std::unexpected(std::move(read.error()));
  return out;
}

}  // namespace sallyport::events
