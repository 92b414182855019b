#include "match/transform_shape.hpp"

#include <bit>
#include <charconv>
#include <cstring>

#include "base/ascii.hpp"
#include "http/characters.hpp"

namespace sallyport::match {
namespace {

bool is_wide_space(char c) { return is_space(c) || c == '\xa0'; }

std::string_view finish(Scratch& scratch, char* start, const char* end) {
  const auto size = static_cast<std::size_t>(end - start);
  scratch.shrink(start, size);
  return {start, size};
}

// Every byte that `keep` says no to is left out.
template <class Keep>
std::string_view filtered(std::string_view text, Scratch& scratch, Keep keep) {
  char* const start = scratch.take(text.size());
  char* out = start;
  for (const char c : text) {
    if (keep(c)) *out++ = c;
  }
  return finish(scratch, start, out);
}

template <class Change>
std::string_view mapped(std::string_view text, Scratch& scratch, Change change) {
  char* const start = scratch.take(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) start[i] = change(text[i]);
  return {start, text.size()};
}

}  // namespace

std::string_view command_line(std::string_view text, Scratch& scratch) {
  char* const start = scratch.take(text.size());
  char* out = start;
  bool space = false;
  for (const char c : text) {
    switch (c) {
      case '"':
      case '\'':
      case '\\':
      case '^':
        break;
      case ' ':
      case ',':
      case ';':
      case '\t':
      case '\r':
      case '\n':
        if (!space) *out++ = ' ';
        space = true;
        break;
      case '/':
      case '(':
        if (space) --out;
        space = false;
        *out++ = c;
        break;
      default:
        *out++ = http::lower(c);
        space = false;
    }
  }
  return finish(scratch, start, out);
}

std::string_view compress_whitespace(std::string_view text, Scratch& scratch) {
  bool space = false;
  return filtered(mapped(text, scratch, [](char c) { return is_wide_space(c) ? ' ' : c; }), scratch, [&space](char c) {
    const bool keep = c != ' ' || !space;
    space = c == ' ';
    return keep;
  });
}

std::string_view length_of(std::string_view text, Scratch& scratch) {
  char* const start = scratch.take(24);
  return finish(scratch, start, std::to_chars(start, start + 24, text.size()).ptr);
}

std::string_view lowercase(std::string_view text, Scratch& scratch) { return mapped(text, scratch, http::lower); }

std::string_view uppercase(std::string_view text, Scratch& scratch) {
  return mapped(text, scratch, [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
}

std::string_view normalize_path(std::string_view text, bool windows, Scratch& scratch) {
  const std::string_view path = windows ? mapped(text, scratch, [](char c) { return c == '\\' ? '/' : c; }) : text;
  char* const start = scratch.take(path.size() + 1);
  char* out = start;
  const bool absolute = path.starts_with('/');
  if (absolute) *out++ = '/';
  char* const root = out;
  std::size_t climbs = 0;  // leading ".." of a relative path, which nothing takes back
  std::size_t depth = 0;
  for (std::size_t i = absolute ? 1 : 0; i <= path.size();) {
    const std::size_t slash = path.find('/', i);
    const bool last = slash == std::string_view::npos;
    const std::string_view segment = path.substr(i, last ? std::string_view::npos : slash - i);
    i = last ? path.size() + 1 : slash + 1;
    if (segment.empty() || segment == ".") continue;
    if (segment == "..") {
      if (depth > climbs) {
        // Back to before the last segment.
        --out;
        while (out > root && out[-1] != '/') --out;
        --depth;
        continue;
      }
      if (absolute) continue;
      ++climbs;
    }
    std::memcpy(out, segment.data(), segment.size());
    out += segment.size();
    *out++ = '/';
    ++depth;
  }
  // The last segment ends in a slash only when the input did.
  if (out > root && !path.ends_with('/') && !path.ends_with("/.") && !path.ends_with("/..")) --out;
  return finish(scratch, start, out);
}

std::string_view remove_comments(std::string_view text, Scratch& scratch) {
  char* const start = scratch.take(text.size());
  char* out = start;
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = text.substr(i);
    if (rest.starts_with("/*") || rest.starts_with("<!--")) {
      const std::string_view close = rest[0] == '/' ? "*/" : "-->";
      const std::size_t end = rest.find(close, close.size());
      i = end == std::string_view::npos ? text.size() : i + end + close.size();
    } else if (rest.starts_with("--") || rest[0] == '#') {
      break;
    } else {
      *out++ = text[i++];
    }
  }
  return finish(scratch, start, out);
}

std::string_view remove_comment_marks(std::string_view text, Scratch& scratch) {
  char* const start = scratch.take(text.size());
  char* out = start;
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = text.substr(i);
    if (rest.starts_with("<!--")) {
      i += 4;
    } else if (rest.starts_with("-->")) {
      i += 3;
    } else if (rest.starts_with("/*") || rest.starts_with("*/") || rest.starts_with("--")) {
      i += 2;
    } else if (rest[0] == '#') {
      ++i;
    } else {
      *out++ = text[i++];
    }
  }
  return finish(scratch, start, out);
}

std::string_view replace_comments(std::string_view text, Scratch& scratch) {
  if (text.find("/*") == std::string_view::npos) return text;
  char* const start = scratch.take(text.size());
  char* out = start;
  for (std::size_t i = 0; i < text.size();) {
    if (text.substr(i).starts_with("/*")) {
      const std::size_t end = text.find("*/", i + 2);
      i = end == std::string_view::npos ? text.size() : end + 2;
      *out++ = ' ';
    } else {
      *out++ = text[i++];
    }
  }
  return finish(scratch, start, out);
}

std::string_view without_nulls(std::string_view text, Scratch& scratch) {
  return filtered(text, scratch, [](char c) { return c != '\0'; });
}

std::string_view replace_nulls(std::string_view text, Scratch& scratch) {
  return mapped(text, scratch, [](char c) { return c == '\0' ? ' ' : c; });
}

std::string_view without_whitespace(std::string_view text, Scratch& scratch) {
  return filtered(text, scratch, [](char c) { return !is_wide_space(c); });
}

std::string_view trim(std::string_view text, bool left, bool right) {
  while (left && !text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (right && !text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view parity(std::string_view text, Parity kind, Scratch& scratch) {
  return mapped(text, scratch, [kind](char c) {
    const auto low = static_cast<unsigned char>(static_cast<unsigned char>(c) & 0x7f);
    const bool odd = std::popcount(low) % 2 == 1;
    if (kind == Parity::zero) return static_cast<char>(low);
    return static_cast<char>(odd == (kind == Parity::even) ? low | 0x80 : low);
  });
}

}  // namespace sallyport::match
