#include "replay/har.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/address.hpp"
#include "base/base64.hpp"
#include "events/json_line.hpp"
#include "http/host.hpp"
#include "replay/head_text.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::replay {
namespace {

using document::Kind;
using document::Node;

struct Field {
  std::string_view name;
  std::string_view value;
};

struct Url {
  bool https = false;
  std::string_view authority;  // without user information, which no client sends
  std::string target;
};

std::string quote(std::string_view name) { return "`" + std::string(name) + "`"; }

// Reads members of the archive; keeps the first thing that breaks the format and goes on.
class Members {
 public:
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

  void broken(const Node& at, std::string message) {
    if (!error_) error_ = Error{ErrorCode::invalid, std::move(message), at.where(), {}};
  }

  // Null also for JSON's null, which some tools write for what they do not know.
  const Node* get(const Node& in, std::string_view name, Kind kind) {
    const Node* node = in.find(name);
    if (node == nullptr || node->kind() == Kind::null) return nullptr;
    if (node->kind() == kind) return node;
    broken(*node, quote(name) + " is of another type");
    return nullptr;
  }

  std::string_view text(const Node& in, std::string_view name) {
    const Node* node = get(in, name, Kind::scalar);
    if (node == nullptr) return {};
    if (!node->quoted()) broken(*node, quote(name) + " is no text");
    return node->text();
  }

  std::string_view required_text(const Node& in, std::string_view name) {
    const std::string_view found = text(in, name);
    if (found.empty()) broken(in, "no " + quote(name));
    return found;
  }

  // -1, as HAR has it, when it is not known. Some tools write sizes as 12.0.
  std::int64_t number(const Node& in, std::string_view name) {
    const Node* node = get(in, name, Kind::scalar);
    if (node == nullptr) return -1;
    std::string_view digits = node->text();
    if (digits.ends_with(".0")) digits.remove_suffix(2);
    std::int64_t value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (node->quoted() || read.ec != std::errc{} || read.ptr != digits.data() + digits.size())
      broken(*node, quote(name) + " is no whole number");
    return value;
  }

  std::vector<Field> fields(const Node& in) {
    std::vector<Field> out;
    const Node* list = get(in, "headers", Kind::sequence);
    if (list == nullptr) return out;
    for (const Node& field : list->items()) {
      if (!field.is_mapping()) broken(field, "a header that is no object");
      out.push_back({required_text(field, "name"), text(field, "value")});
    }
    return out;
  }

  std::optional<std::string> body(const Node& in, std::string_view encoding) {
    const Node* node = get(in, "text", Kind::scalar);
    if (node == nullptr) return std::nullopt;
    if (!node->quoted()) broken(*node, "`text` is no text");
    if (encoding.empty()) return std::string(node->text());
    if (encoding != "base64") broken(in, "an encoding that is not base64");
    auto bytes = decode_base64(node->text(), Base64::lenient);
    if (!bytes) broken(*node, "`text` is no base64");
    return bytes;
  }

 private:
  std::optional<Error> error_;
};

const Field* find(const std::vector<Field>& in, std::string_view name) {
  const auto at = std::ranges::find_if(in, [name](const Field& one) { return same_name(one.name, name); });
  return at == in.end() ? nullptr : &*at;
}

// Null for a scheme that the gateway does not serve.
std::optional<Url> read_url(const Node& request, Members& members) {
  const std::string_view text = members.required_text(request, "url");
  const std::size_t colon = text.find(':');
  const std::string_view scheme = text.substr(0, colon);
  if (colon == std::string_view::npos || scheme.find('/') != std::string_view::npos) {
    members.broken(request, "`url` is not absolute");
    return std::nullopt;
  }
  Url url;
  url.https = same_name(scheme, "https");
  if (!url.https && !same_name(scheme, "http")) return std::nullopt;
  std::string_view rest = text.substr(colon + 1);
  if (!rest.starts_with("//")) members.broken(request, "`url` has no host");
  rest.remove_prefix(std::min<std::size_t>(2, rest.size()));
  rest = rest.substr(0, rest.find('#'));
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  url.authority = rest.substr(0, end);
  url.authority.remove_prefix(url.authority.rfind('@') + 1);  // npos + 1 is 0
  url.target = rest.substr(end);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

// Where a call came from is not in an archive: this machine, or a network for documentation
// (RFC 5737).
Address stand_in_client(int which) { return *parse_address(which == 0 ? "127.0.0.1" : "192.0.2.1"); }

// What TLS is set up for: clients name hosts and no addresses (RFC 6066 §3).
std::string server_name(std::string_view authority) {
  Arena arena;
  const auto read = http::parse_authority(authority, arena);
  if (!read || read->host.starts_with('[') || parse_address(read->host)) return {};
  return std::string(read->host);
}

// Later versions become the one that the gateway speaks; what is none is left for it to refuse.
std::string_view version(std::string_view given) {
  constexpr auto later = std::to_array<std::string_view>(
      {"", "unknown", "h2", "h3", "http/2", "http/2.0", "http/3", "http/3.0", "h2c", "http/1.1", "spdy"});
  const bool as_1_1 = std::ranges::any_of(later, [given](std::string_view one) { return same_name(one, given); });
  if (as_1_1) return "HTTP/1.1";
  return same_name(given, "http/1.0") ? "HTTP/1.0" : given;
}

// One entry, member by member.
class Entry {
 public:
  Entry(const Node& entry, const HarOptions& options) : entry_(entry), options_(options) {}

  Result<Call> read() {
    if (!entry_.is_mapping()) {
      members_.broken(entry_, "an entry that is no object");
    } else if (const Node* request = members_.get(entry_, "request", Kind::mapping)) {
      read_call(*request);
    } else {
      members_.broken(entry_, "no `request`");
    }
    if (members_.error()) return std::unexpected(*members_.error());
    return std::move(call_);
  }

 private:
  void read_call(const Node& request) {
    call_.where = entry_.where();
    call_.method = members_.required_text(request, "method");
    const auto time = parse_har_time(members_.required_text(entry_, "startedDateTime"));
    if (!time) members_.broken(entry_, "`startedDateTime` is no time of ISO 8601");
    call_.time_us = time.value_or(0);
    const auto url = read_url(request, members_);
    if (!url) {
      const std::string_view text = members_.text(request, "url");
      call_.target = text.substr(0, text.find(':') + 1);
      call_.unjudgeable = "the gateway does not serve this scheme";
      return;
    }
    call_.target = url->target;
    call_.client = options_.client.value_or(stand_in_client(0));
    call_.tls = url->https;
    if (call_.tls) {
      call_.tls_version = "TLSv1.3";
      call_.sni = server_name(options_.host.empty() ? url->authority : std::string_view(options_.host));
    }
    read_request(request, *url);
    if (const Node* response = members_.get(entry_, "response", Kind::mapping)) read_response(*response);
  }

  void read_request(const Node& request, const Url& url) {
    const std::vector<Field> sent = members_.fields(request);
    read_body(request, sent);
    HeadText head;
    head.request_line(call_.method, url.target, version(members_.text(request, "httpVersion")));
    const Field* authority = find(sent, ":authority");
    if (!options_.host.empty()) {
      head.field("Host", options_.host);
    } else if (find(sent, "Host") == nullptr) {
      head.field("Host", authority != nullptr ? authority->value : url.authority);
    }
    for (const Field& field : sent) {
      const bool replaced = !options_.host.empty() && same_name(field.name, "Host");
      if (!field.name.starts_with(':') && !replaced) head.field(field.name, field.value);
    }
    // HTTP/2 needs no length; HTTP/1.1 does.
    const bool framed = find(sent, "Content-Length") != nullptr || find(sent, "Transfer-Encoding") != nullptr;
    if (!framed && call_.body_bytes != 0) head.field("Content-Length", std::to_string(call_.body_bytes));
    call_.head = std::move(head).finish();
  }

  void read_body(const Node& request, const std::vector<Field>& sent) {
    const std::int64_t size = members_.number(request, "bodySize");
    if (const Node* post = members_.get(request, "postData", Kind::mapping)) {
      std::string_view encoding = members_.text(*post, "encoding");
      if (encoding.empty()) encoding = members_.text(*post, "_encoding");
      call_.body = members_.body(*post, encoding);
    } else if (size <= 0) {
      const Field* length = find(sent, "Content-Length");
      if (length == nullptr || length->value == "0") call_.body = "";
    }
    call_.body_bytes = call_.body ? call_.body->size() : size > 0 ? static_cast<std::uint64_t>(size) : 0;
  }

  void read_response(const Node& response) {
    const std::int64_t status = members_.number(response, "status");
    if (status <= 0) return;  // blocked, or broken off
    if (status > 999) return members_.broken(response, "`status` is no status code");
    HeadText head;
    head.status_line(static_cast<std::uint16_t>(status));
    for (const Field& field : members_.fields(response)) {
      if (!field.name.starts_with(':')) response_field(field, head);
    }
    call_.recorded = Decision{events::word(Outcome::forwarded), {}, {}, static_cast<std::uint16_t>(status), {}, false};
    if (auto text = std::move(head).finish()) {
      call_.answer_head = std::move(*text);
    } else {
      call_.lacks.add(Lack::response);
    }
    const Node* content = members_.get(response, "content", Kind::mapping);
    if (content == nullptr) return;
    call_.answer = members_.body(*content, members_.text(*content, "encoding"));
    const std::int64_t size = members_.number(*content, "size");
    if (!call_.answer && size == 0) call_.answer = "";
    // Cut, or put into another character set: not what was sent.
    if (call_.answer && size >= 0 && call_.answer->size() != static_cast<std::uint64_t>(size)) call_.answer.reset();
  }

  // Some browsers join fields of one name by line feeds, which no value can hold.
  static void response_field(const Field& field, HeadText& head) {
    std::string_view rest = field.value;
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      head.field(field.name, rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
    head.field(field.name, rest);
  }

  const Node& entry_;
  const HarOptions& options_;
  Members members_;
  Call call_;
};

}  // namespace

Result<void> read_har(const Node& root, const HarOptions& options, const HarCall& found,
                      const std::function<void(const Error&)>& bad) {
  const Node* log = root.is_mapping() ? root.find("log") : nullptr;
  const Node* entries = log != nullptr && log->is_mapping() ? log->find("entries") : nullptr;
  if (entries == nullptr || !entries->is_sequence()) {
    return fail(ErrorCode::invalid, "no HTTP archive: it has no log.entries", root.where());
  }
  for (const Node& entry : entries->items()) {
    auto call = Entry(entry, options).read();
    if (!call) {
      bad(call.error());
    } else if (options.client) {
      found(*call, nullptr);
    } else {
      Call elsewhere = *call;
      elsewhere.client = stand_in_client(1);
      call->stand_ins.emplace_back("client address");
      found(*call, &elsewhere);
    }
  }
  return {};
}

}  // namespace sallyport::replay
