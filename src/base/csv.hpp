// Writing CSV (RFC 4180) for people who open it in a spreadsheet: every cell in quotes, and what would be read
// as a formula begins with an apostrophe (CWE-1236).
#pragma once

#include <string>
#include <string_view>

namespace sallyport {

// One cell, with a comma before it unless it begins a line. Line feeds and NUL within become spaces.
inline void append_csv(std::string& out, std::string_view text) {
  if (!out.empty() && out.back() != '\n') out += ',';
  out += '"';
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  // Spreadsheets pass over white space before a formula; full-width signs (U+FF0B, …) are read as plain ones.
  const std::string_view begin = first == std::string_view::npos ? std::string_view() : text.substr(first);
  const bool formula = (!begin.empty() && std::string_view("=+-@|%").contains(begin.front())) ||
                       begin.starts_with("\xef\xbc") || text.starts_with('\t') || text.starts_with('\r');
  if (formula) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c == '\n' || c == '\r' || c == '\0' ? ' ' : c;
  }
  out += '"';
}

}  // namespace sallyport
