#include "controls/error_hygiene/stack_trace.hpp"

#include <algorithm>
#include <array>

#include "http/characters.hpp"

namespace sallyport::controls::error_hygiene {
namespace {

bool is_digit(char c) { return http::is(c, http::character::digit); }

// Is there "<sep>digits" right behind `from`, as in ":42" or ", line 42"?
bool digits_behind(std::string_view text, std::size_t from) { return from < text.size() && is_digit(text[from]); }

// A Java frame: "at com.example.Foo.bar(Foo.java:42)".
bool java_frame(std::string_view behind_at) {
  const std::size_t open = behind_at.substr(0, 200).find('(');
  if (open == std::string_view::npos) return false;
  for (const char c : behind_at.substr(0, open)) {
    if (!http::is(c, http::character::unreserved) && c != '$' && c != '<' && c != '>' && c != '/' && c != '@')
      return false;
  }
  const std::string_view inner = behind_at.substr(open + 1, 120);
  for (const std::string_view extension : {".java:", ".kt:", ".scala:", ".groovy:", ".clj:"}) {
    const std::size_t at = inner.find(extension);
    if (at != std::string_view::npos && at < inner.find(')') && digits_behind(inner, at + extension.size()))
      return true;
  }
  return inner.starts_with("Native Method)") || inner.starts_with("Unknown Source)");
}

// A JavaScript frame: "at handler (/app/server.js:10:5)", "at /app/x.js:1:2", "at node:internal…".
bool javascript_frame(std::string_view behind_at) {
  const std::string_view line = behind_at.substr(0, std::min(behind_at.find('\n'), std::size_t{300}));
  for (const std::string_view extension : {".js:", ".mjs:", ".cjs:", ".ts:", ".tsx:", ".jsx:"}) {
    const std::size_t at = line.find(extension);
    if (at != std::string_view::npos && digits_behind(line, at + extension.size())) return true;
  }
  return line.find("(node:internal") != std::string_view::npos || line.starts_with("node:internal");
}

// A .NET frame: "at Shop.Orders.Get(Int32 id) in C:\src\Orders.cs:line 42", or without a file.
bool dotnet_frame(std::string_view behind_at) {
  const std::string_view line = behind_at.substr(0, std::min(behind_at.find('\n'), std::size_t{400}));
  return line.find(".cs:line ") != std::string_view::npos || line.find(".vb:line ") != std::string_view::npos ||
         line.starts_with("System.") || line.starts_with("Microsoft.");
}

// "\n    at …" and its escaped form "\\n    at …": the text behind "at ".
std::string_view behind_at(std::string_view line_start) {
  std::size_t at = 0;
  while (at < line_start.size() && (line_start[at] == ' ' || line_start[at] == '\t')) ++at;
  if (line_start.substr(at).starts_with("\\t")) at += 2;
  return at != 0 && line_start.substr(at).starts_with("at ") ? line_start.substr(at + 3) : std::string_view{};
}

// Python and Ruby frames: 'File "/app/x.py", line 3', '/app/x.rb:3:in `call''.
std::string_view scripted_frame(std::string_view line) {
  const std::string_view head = line.substr(0, 300);
  if (head.find("File ") < 12 && head.find(", line ") != std::string_view::npos &&
      head.find(".py") != std::string_view::npos) {
    return "python";
  }
  const std::size_t ruby = head.find(".rb:");
  if (ruby != std::string_view::npos && digits_behind(head, ruby + 4) &&
      head.find(":in ", ruby) != std::string_view::npos) {
    return "ruby";
  }
  const std::size_t go = head.find(".go:");
  if (go != std::string_view::npos && digits_behind(head, go + 4) && head.find(" +0x", go) != std::string_view::npos)
    return "go";
  return {};
}

std::string_view frame_in(std::string_view line) {
  if (const std::string_view frame = behind_at(line); !frame.empty()) {
    if (java_frame(frame)) return "java";
    if (javascript_frame(frame)) return "javascript";
    if (dotnet_frame(frame)) return "dotnet";
  }
  return scripted_frame(line);
}

struct Marker {
  std::string_view text;
  std::string_view platform;  // empty: the line that it stands in is a frame, or not
};

// Phrases that stand in no honest answer of an API, and what every frame of a stack holds.
constexpr auto markers = std::to_array<Marker>({
    {"Traceback (most recent call last)", "python"},
    {"java.lang.", "java"},
    {"javax.servlet.", "java"},
    {"org.springframework.", "java"},
    {"org.hibernate.", "java"},
    {"Caused by: ", "java"},
    {"System.NullReferenceException", "dotnet"},
    {"System.InvalidOperationException", "dotnet"},
    {"System.Data.SqlClient", "dotnet"},
    {"--- End of inner exception stack trace ---", "dotnet"},
    {"Stack trace:\n#0 ", "php"},
    {"PHP Fatal error", "php"},
    {"PHP Warning", "php"},
    {"<b>Fatal error</b>:", "php"},
    {"Uncaught Error:", "php"},
    {"goroutine 1 [", "go"},
    {"panic: runtime error", "go"},
    {"[running]:\n", "go"},
    {"thread 'main' panicked at", "rust"},
    {"RUST_BACKTRACE=1", "rust"},
    {"stack backtrace:", "rust"},
    {"UnhandledPromiseRejection", "javascript"},
    {"(node:internal/", "javascript"},
    {"ActiveRecord::", "ruby"},
    {"ActionController::", "ruby"},
    {"NoMethodError (undefined method", "ruby"},
    {"SQLSTATE[", "sql"},
    {"You have an error in your SQL syntax", "sql"},
    {"ORA-00", "sql"},
    {"PSQLException", "sql"},
    {"psycopg2.errors.", "sql"},
    {"sqlite3.OperationalError", "sql"},
    {"Unclosed quotation mark after the character string", "sql"},
    {"Werkzeug Debugger", "python"},
    {"DEBUG = True</code>", "python"},
    {".java:", {}},
    {".kt:", {}},
    {".scala:", {}},
    {".groovy:", {}},
    {".clj:", {}},
    {"(Native Method)", {}},
    {"(Unknown Source)", {}},
    {".js:", {}},
    {".mjs:", {}},
    {".cjs:", {}},
    {".ts:", {}},
    {".tsx:", {}},
    {".jsx:", {}},
    {"node:internal", {}},
    {".cs:line ", {}},
    {".vb:line ", {}},
    {"at System.", {}},
    {"at Microsoft.", {}},
    {"\", line ", {}},
    {".rb:", {}},
    {".go:", {}},
});

// Search for all markers at once (Wu and Manber, TR-94-17): a window of four bytes slides over the
// text and jumps by what its last two bytes allow, so that most bytes are never looked at.
constexpr std::size_t window = 4;
static_assert(std::ranges::all_of(markers, [](const Marker& m) { return m.text.size() >= window; }));
constexpr std::size_t pair_of(char first, char second) {
  return (static_cast<std::size_t>(first) & 63) | (static_cast<std::size_t>(second) & 63) << 6;
}
constexpr auto jumps = [] {
  std::array<std::uint8_t, 4096> table{};
  table.fill(window - 1);
  for (const Marker& marker : markers) {
    for (std::size_t i = 0; i + 1 < window; ++i) {
      std::uint8_t& jump = table[pair_of(marker.text[i], marker.text[i + 1])];
      jump = std::min(jump, static_cast<std::uint8_t>(window - 2 - i));
    }
  }
  return table;
}();

// The line that the byte at `at` stands in, from its start on. A line begins behind a line feed or
// its escape in JSON; what is further away than a frame is long is not looked for.
std::string_view line_around(std::string_view text, std::size_t at) {
  constexpr std::size_t longest = 300;
  const std::size_t floor = at > longest ? at - longest : 0;
  std::size_t begin = at;
  while (begin > floor && text[begin - 1] != '\n' &&
         !(text[begin - 1] == 'n' && begin > 1 && text[begin - 2] == '\\')) {
    --begin;
  }
  return text.substr(begin);
}

// Does it stand there? Its line feeds may stand as escapes in a JSON string.
bool stands_at(std::string_view text, std::string_view marker) {
  std::size_t at = 0;
  for (const char c : marker) {
    if (at < text.size() && text[at] == c) {
      ++at;
    } else if (c == '\n' && text.substr(at).starts_with("\\n")) {
      at += 2;
    } else {
      return false;
    }
  }
  return true;
}

std::string_view marker_at(std::string_view text, std::size_t at) {
  for (const Marker& marker : markers) {
    if (marker.text.front() != text[at] || !stands_at(text.substr(at), marker.text)) continue;
    if (!marker.platform.empty()) return marker.platform;
    if (const auto platform = frame_in(line_around(text, at)); !platform.empty()) return platform;
  }
  return {};
}

}  // namespace

std::string_view stack_trace_in(std::string_view text) {
  for (std::size_t end = window - 1; end < text.size();) {
    const std::size_t jump = jumps[pair_of(text[end - 1], text[end])];
    if (jump == 0) {
      if (const auto platform = marker_at(text, end + 1 - window); !platform.empty()) return platform;
    }
    end += std::max<std::size_t>(jump, 1);
  }
  return {};
}

}  // namespace sallyport::controls::error_hygiene
