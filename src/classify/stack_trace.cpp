#include "classify/stack_trace.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "base/ascii.hpp"
#include "http/characters.hpp"

#ifdef __SSSE3__
#include <tmmintrin.h>
#endif

namespace sallyport::classify {
namespace {

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

// Which four bytes markers begin with, by a hash.
constexpr std::size_t window = 4;
static_assert(std::ranges::all_of(markers, [](const Marker& m) { return m.text.size() >= window; }));
constexpr std::size_t front_of(std::string_view text) {
  std::uint32_t front = 0;
  for (std::size_t i = 0; i < window; ++i) front |= std::uint32_t{static_cast<unsigned char>(text[i])} << 8 * i;
  return front * 0x9e3779b1u >> 20;
}
constexpr auto fronts = [] {
  std::array<bool, 4096> table{};
  for (const Marker& marker : markers) table[front_of(marker.text)] = true;
  return table;
}();

std::string_view marker_at(std::string_view text, std::size_t at) {
  if (!fronts[front_of(text.substr(at))]) return {};
  for (const Marker& marker : markers) {
    if (marker.text.front() != text[at] || !stands_at(text.substr(at), marker.text)) continue;
    if (!marker.platform.empty()) return marker.platform;
    if (const auto platform = frame_in(line_around(text, at)); !platform.empty()) return platform;
  }
  return {};
}

// The first place from `at` on where a marker may begin. With SSSE3, sixteen places at a time: one
// table look-up for each half of each of the four bytes says which groups of markers fit, and what
// is left after all eight is worth a closer look (the "Teddy" of Hyperscan, NSDI 2019, section 5).
#ifdef __SSSE3__
constexpr unsigned group_of(char first) {
  const auto c = static_cast<unsigned char>(first);
  if (c == '.') return 0;
  if (c < 'A') return 1;
  return c < 'a' ? 2 + c % 3 : 5 + c % 3;
}
struct alignas(16) Nibbles {
  std::array<std::uint8_t, 16> low{}, high{};
};
constexpr auto nibbles = [] {
  std::array<Nibbles, window> table{};
  for (const Marker& marker : markers) {
    const auto bit = static_cast<std::uint8_t>(1u << group_of(marker.text[0]));
    for (std::size_t i = 0; i < window; ++i) {
      const auto c = static_cast<unsigned char>(marker.text[i]);
      table[i].low[c & 15u] |= bit;
      table[i].high[c >> 4u] |= bit;
    }
  }
  return table;
}();

// Bit i: a marker may begin at text[i]. Reads 16 + window - 1 bytes.
unsigned candidates(const char* text) {
  const __m128i nibble = _mm_set1_epi8(15);
  __m128i groups = _mm_set1_epi8(-1);
  for (std::size_t i = 0; i < window; ++i) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + i));
    const __m128i low = _mm_load_si128(reinterpret_cast<const __m128i*>(nibbles[i].low.data()));
    const __m128i high = _mm_load_si128(reinterpret_cast<const __m128i*>(nibbles[i].high.data()));
    groups = _mm_and_si128(groups, _mm_shuffle_epi8(low, _mm_and_si128(bytes, nibble)));
    groups = _mm_and_si128(groups, _mm_shuffle_epi8(high, _mm_and_si128(_mm_srli_epi16(bytes, 4), nibble)));
  }
  return ~static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(groups, _mm_setzero_si128()))) & 0xffffu;
}
#endif

}  // namespace

std::string_view stack_trace_in(std::string_view text) {
  std::size_t at = 0;
#ifdef __SSSE3__
  for (; at + 16 + window <= text.size(); at += 16) {
    for (unsigned found = candidates(text.data() + at); found != 0; found &= found - 1) {
      const auto platform = marker_at(text, at + static_cast<std::size_t>(std::countr_zero(found)));
      if (!platform.empty()) return platform;
    }
  }
#endif
  for (; at + window <= text.size(); ++at) {
    if (const auto platform = marker_at(text, at); !platform.empty()) return platform;
  }
  return {};
}

}  // namespace sallyport::classify
