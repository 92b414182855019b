#include "events/json_line.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <ctime>

#include "base/address.hpp"
#include "base/base64.hpp"
#include "base/json_text.hpp"
#include "base/uuid.hpp"

namespace sallyport::events {
namespace {

constexpr auto outcomes = std::to_array<std::string_view>({"forwarded", "denied", "failed", "aborted"});
constexpr auto routes =
    std::to_array<std::string_view>({"operation", "prefix", "unknown_path", "unknown_method", "no_api"});
constexpr auto actions =
    std::to_array<std::string_view>({"noted", "rewrote", "denied", "would_deny", "would_rewrite", "failed"});

// Writes where room was made for the longest line that a record can become.
class LineWriter {
 public:
  explicit LineWriter(char* at) : at_(at) {}
  void raw(std::string_view text) { at_ += text.copy(at_, text.size()); }
  void raw(char c) { *at_++ = c; }
  template <std::size_t N>
  void key(const char (&name)[N]) {
    if (at_[-1] != '{' && at_[-1] != '[') *at_++ = ',';
    *at_++ = '"';
    std::memcpy(at_, name, N - 1);
    at_ += N - 1;
    *at_++ = '"';
    *at_++ = ':';
  }
  template <std::size_t N>
  void text(const char (&name)[N], std::string_view value) {
    if (value.empty()) return;
    key(name);
    at_ = write_json(at_, value);
  }
  template <std::size_t N>
  void number(const char (&name)[N], std::uint64_t value) {
    if (value == 0) return;
    key(name);
    digits(value);
  }
  template <std::size_t N>
  void flag(const char (&name)[N], bool value) {
    if (!value) return;
    key(name);
    raw("true");
  }
  template <std::size_t N>
  void pairs(const char (&name)[N], std::span<const Pair> pairs) {
    if (pairs.empty()) return;
    key(name);
    char separator = '[';
    for (const Pair& pair : pairs) {
      *at_++ = separator;
      *at_++ = '[';
      at_ = write_json(at_, pair.name);
      *at_++ = ',';
      at_ = write_json(at_, pair.value);
      *at_++ = ']';
      separator = ',';
    }
    *at_++ = ']';
  }
  void digits(std::uint64_t value) { at_ = std::to_chars(at_, at_ + 20, value).ptr; }
  [[nodiscard]] char* at() const { return at_; }

 private:
  char* at_;
};

// No byte of a text becomes more than six; keys, numbers, words and punctuation are a few hundred bytes,
// and each pair and note has some of its own.
std::size_t line_bound(const RecordView& record) {
  std::size_t bytes = 0;
  std::size_t parts = 0;
  for (const std::string_view text :
       {record.tls_version,  record.sni,           record.credential,  record.api,           record.operation,
        record.operation_id, record.path_template, record.method,      record.host,          record.path,
        record.query,        record.control,       record.rule,        record.detail,        record.upstream,
        record.seal_key,     record.sealed,        record.actor.how,   record.actor.subject, record.actor.issuer,
        record.actor.client, record.actor.tenant,  record.actor.key_id}) {
    bytes += text.size();
  }
  const CertificateView& shown = record.certificate;
  for (const std::string_view text : {shown.thumbprint, shown.subject, shown.issuer, shown.serial, shown.name}) {
    bytes += text.size();
  }
  for (const auto& pairs : {record.fields, record.response_fields}) {
    for (const Pair& pair : pairs) bytes += pair.name.size() + pair.value.size();
    parts += pairs.size();
  }
  for (const NoteView& note : record.notes) bytes += note.control.size() + note.rule.size() + note.detail.size();
  parts += record.notes.size();
  return json_bound(bytes) + 128 * parts + 2048;
}

void write_time(LineWriter& out, std::int64_t time_us) {
  const std::time_t seconds = time_us / 1'000'000;
  // Calls come in bursts of the same second: its text is made once.
  static thread_local std::time_t last = -1;
  static thread_local std::array<char, 24> text{};
  static thread_local std::size_t size = 0;
  if (seconds != last) {
    std::tm parts{};
    static_cast<void>(::gmtime_r(&seconds, &parts));
    size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    last = seconds;
  }
  out.raw({text.data(), size});
  std::array<char, 8> micros{'.', '0', '0', '0', '0', '0', '0', 'Z'};
  auto rest = static_cast<unsigned>(time_us % 1'000'000);
  for (std::size_t i = 6; i >= 1; --i) {
    micros[i] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  }
  out.raw({micros.data(), micros.size()});
}

void write_notes(LineWriter& line, const RecordView& record) {
  if (record.notes.empty()) return;
  line.key("notes");
  char separator = '[';
  for (const NoteView& note : record.notes) {
    line.raw(separator);
    line.raw('{');
    line.text("control", note.control);
    line.text("action", word(note.action));
    line.text("rule", note.rule);
    line.text("detail", note.detail);
    line.raw('}');
    separator = ',';
  }
  line.raw(']');
}

char* write_line(char* at, const RecordView& record) {
  LineWriter line(at);
  line.raw(R"({"v":1,"time":")");
  write_time(line, record.time_us);
  std::array<char, uuid_text_bytes> id{};
  format_uuid(record.id, id);
  line.raw(R"(","id":")");
  line.raw({id.data(), id.size()});
  line.raw(R"(","ring":)");
  line.digits(record.ring);
  line.raw(R"(,"seq":)");
  line.digits(record.seq);
  line.key("client");
  line.raw('{');
  line.text("ip", format_address(record.client));
  line.number("port", record.client_port);
  line.text("tls", record.tls_version);
  line.text("sni", record.sni);
  if (!record.certificate.thumbprint.empty()) {
    line.key("certificate");
    line.raw('{');
    line.text("sha256", record.certificate.thumbprint);
    line.text("subject", record.certificate.subject);
    line.text("issuer", record.certificate.issuer);
    line.text("serial", record.certificate.serial);
    line.text("name", record.certificate.name);
    line.raw('}');
  }
  line.raw('}');
  line.text("credential", record.credential);
  if (!record.actor.how.empty()) {
    line.key("actor");
    line.raw('{');
    line.text("how", record.actor.how);
    line.text("subject", record.actor.subject);
    line.text("issuer", record.actor.issuer);
    line.text("client", record.actor.client);
    line.text("tenant", record.actor.tenant);
    line.text("key", record.actor.key_id);
    line.raw('}');
  }
  line.text("api", record.api);
  line.text("route", word(record.route));
  line.text("operation", record.operation);
  line.text("operation_id", record.operation_id);
  line.text("template", record.path_template);
  line.text("method", record.method);
  line.text("scheme", record.https ? "https" : "http");
  line.text("host", record.host);
  line.number("port", record.port);
  line.text("path", record.path);
  line.text("query", record.query);
  if (record.http.major != 0) {
    line.key("http");
    line.raw('"');
    line.digits(record.http.major);
    line.raw('.');
    line.digits(record.http.minor);
    line.raw('"');
  }
  line.pairs("fields", record.fields);
  line.flag("fields_cut", record.fields_cut);
  line.number("status", record.status);
  line.text("outcome", word(record.outcome));
  line.text("control", record.control);
  line.text("rule", record.rule);
  line.text("detail", record.detail);
  write_notes(line, record);
  line.number("notes_dropped", record.notes_dropped);
  line.number("duration_us", record.duration_us);
  line.number("upstream_us", record.upstream_us);
  line.number("engine_ns", record.engine_ns);
  line.text("upstream", record.upstream);
  line.number("upstream_status", record.upstream_status);
  line.pairs("response_fields", record.response_fields);
  line.flag("response_fields_cut", record.response_fields_cut);
  line.number("bytes_in", record.bytes_in);
  line.number("bytes_out", record.bytes_out);
  line.number("uninspected", record.bytes_uninspected);
  if (!record.seal_key.empty()) {
    line.key("sealed");
    line.raw('{');
    line.text("key", record.seal_key);
    line.text("data", encode_base64(record.sealed, Base64::standard));
    line.raw('}');
  }
  line.raw('}');
  return line.at();
}

}  // namespace

std::string_view word(Outcome outcome) { return outcomes[static_cast<std::size_t>(outcome)]; }
std::string_view word(RouteKind route) { return routes[static_cast<std::size_t>(route)]; }
std::string_view word(Note::Action action) { return actions[static_cast<std::size_t>(action)]; }

void append_line(std::string& out, const RecordView& record) {
  const std::size_t before = out.size();
  out.resize_and_overwrite(before + line_bound(record), [&](char* begin, std::size_t) {
    return static_cast<std::size_t>(write_line(begin + before, record) - begin);
  });
}

Result<LineKey> parse_line_key(std::string_view line) {
  // The key stands at a fixed place: only lines that this room wrote are asked.
  constexpr std::string_view ring = R"("ring":)";
  constexpr std::string_view seq = R"(,"seq":)";
  const std::size_t at = line.substr(0, 160).find(ring);
  LineKey key;
  if (at == std::string_view::npos) return fail(ErrorCode::invalid, "no ring in the line");
  const char* const end = line.data() + line.size();
  auto read = std::from_chars(line.data() + at + ring.size(), end, key.ring);
  const std::string_view rest(read.ptr, static_cast<std::size_t>(end - read.ptr));
  if (read.ec != std::errc{} || !rest.starts_with(seq))
    return fail(ErrorCode::invalid, "no sequence number in the line");
  read = std::from_chars(rest.data() + seq.size(), end, key.seq);
  if (read.ec != std::errc{}) return fail(ErrorCode::invalid, "no sequence number in the line");
  return key;
}

}  // namespace sallyport::events
