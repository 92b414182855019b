#include "events/json_line.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
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

class LineWriter {
 public:
  explicit LineWriter(std::string& out) : out_(out) {}
  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    append_json(out_, value);
  }
  void number(std::string_view name, std::uint64_t value) {
    if (value == 0) return;
    key(name);
    append_number(out_, value);
  }
  void flag(std::string_view name, bool value) {
    if (!value) return;
    key(name);
    out_ += "true";
  }
  void key(std::string_view name) {
    out_ += out_.back() == '{' || out_.back() == '[' ? "\"" : ",\"";
    out_ += name;
    out_ += "\":";
  }
  void pairs(std::string_view name, std::span<const Pair> pairs) {
    if (pairs.empty()) return;
    key(name);
    char separator = '[';
    for (const Pair& pair : pairs) {
      out_ += separator;
      out_ += '[';
      append_json(out_, pair.name);
      out_ += ',';
      append_json(out_, pair.value);
      out_ += ']';
      separator = ',';
    }
    out_ += ']';
  }
  std::string& out() { return out_; }

 private:
  std::string& out_;
};

void append_time(std::string& out, std::int64_t time_us) {
  const std::time_t seconds = time_us / 1'000'000;
  // Calls come in bursts of the same second: its text is made once.
  static thread_local std::time_t last = -1;
  static thread_local std::array<char, 24> text{};
  static thread_local std::size_t size = 0;
  if (seconds != last) {
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    last = seconds;
  }
  out.append(text.data(), size);
  std::array<char, 8> micros{'.', '0', '0', '0', '0', '0', '0', 'Z'};
  auto rest = static_cast<unsigned>(time_us % 1'000'000);
  for (std::size_t i = 6; i >= 1; --i) {
    micros[i] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  }
  out.append(micros.data(), micros.size());
}

void append_notes(LineWriter& line, const RecordView& record) {
  if (record.notes.empty()) return;
  line.key("notes");
  std::string& out = line.out();
  out += '[';
  for (const NoteView& note : record.notes) {
    if (out.back() != '[') out += ',';
    out += '{';
    line.text("control", note.control);
    line.text("action", word(note.action));
    line.text("rule", note.rule);
    line.text("detail", note.detail);
    out += '}';
  }
  out += ']';
}

}  // namespace

std::string_view word(Outcome outcome) { return outcomes[static_cast<std::size_t>(outcome)]; }
std::string_view word(RouteKind route) { return routes[static_cast<std::size_t>(route)]; }
std::string_view word(Note::Action action) { return actions[static_cast<std::size_t>(action)]; }

void append_line(std::string& out, const RecordView& record) {
  out += R"({"v":1,"time":")";
  append_time(out, record.time_us);
  std::array<char, uuid_text_bytes> id{};
  format_uuid(record.id, id);
  out += R"(","id":")";
  out.append(id.data(), id.size());
  out += R"(","ring":)";
  append_number(out, record.ring);
  out += R"(,"seq":)";
  append_number(out, record.seq);
  LineWriter line(out);
  line.key("client");
  out += '{';
  line.text("ip", format_address(record.client));
  line.number("port", record.client_port);
  line.text("tls", record.tls_version);
  line.text("sni", record.sni);
  out += '}';
  line.text("credential", record.credential);
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
    out += fmt::format("\"{}.{}\"", record.http.major, record.http.minor);
  }
  line.pairs("fields", record.fields);
  line.flag("fields_cut", record.fields_cut);
  line.number("status", record.status);
  line.text("outcome", word(record.outcome));
  line.text("control", record.control);
  line.text("rule", record.rule);
  line.text("detail", record.detail);
  append_notes(line, record);
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
    out += '{';
    line.text("key", record.seal_key);
    line.text("data", encode_base64(record.sealed, Base64::standard));
    out += '}';
  }
  out += '}';
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
