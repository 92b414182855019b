#include <charconv>

#include "http/characters.hpp"
#include "match/body_reader.hpp"

namespace sallyport::match {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }
bool begins(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (std::size_t i = 0; i < lower.size(); ++i) {
    if (http::lower(text[i]) != lower[i]) return false;
  }
  return true;
}
std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

struct Part {
  std::string_view name;
  std::string_view filename;
  bool has_name = false;
  bool is_file = false;
  List<std::string_view> headers;
};

class MultipartReader {
 public:
  MultipartReader(Evaluation& evaluation, std::string_view body) : evaluation_(evaluation), rest_(body) {}

  const char* read(std::string_view content_type) {
    const char* wrong = boundary(content_type);
    if (wrong == nullptr) wrong = parts();
    if (crlf_ && lf_) flag(Variable::multipart_crlf_lf_lines);
    if (lf_) strict(Variable::multipart_lf_line);
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, file_bytes_).ptr;
    evaluation_.input().set(arena(), Variable::files_combined_size,
                            arena().copy({digits, static_cast<std::size_t>(end - digits)}));
    if (wrong != nullptr) flag(Variable::multipart_strict_error);
    return wrong;
  }

 private:
  Arena& arena() { return evaluation_.arena(); }
  void flag(Variable variable) { evaluation_.input().set(arena(), variable, "1"); }
  void strict(Variable variable) {
    flag(variable);
    flag(Variable::multipart_strict_error);
  }

  const char* boundary(std::string_view type) {
    std::size_t at = 0;
    while (at < type.size() && !begins(type.substr(at), "boundary")) ++at;
    if (at == type.size()) return "multipart without a boundary";
    std::size_t semicolon = at;
    while (semicolon > 0 && is_space(type[semicolon - 1])) --semicolon;
    if (semicolon == 0 || (type[semicolon - 1] != ';' && type[semicolon - 1] != ','))
      strict(Variable::multipart_missing_semicolon);
    std::string_view value = type.substr(at + 8);
    if (!value.empty() && is_space(value[0])) strict(Variable::multipart_boundary_whitespace);
    value = trimmed(value);
    if (!value.starts_with('=')) return "multipart without a boundary";
    value.remove_prefix(1);
    if (!value.empty() && is_space(value[0])) strict(Variable::multipart_boundary_whitespace);
    value = trimmed(value);
    if (value.starts_with('"')) {
      strict(Variable::multipart_boundary_quoted);
      const std::size_t close = value.find('"', 1);
      if (close == std::string_view::npos) return "a multipart boundary whose quote is not closed";
      boundary_ = value.substr(1, close - 1);
    } else {
      boundary_ = trimmed(value.substr(0, value.find_first_of(";,")));
    }
    return boundary_.empty() ? "an empty multipart boundary" : nullptr;
  }

  // The next line without its end.
  std::string_view line() {
    const std::size_t end = rest_.find('\n');
    std::string_view out = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (end != std::string_view::npos) {
      if (out.ends_with('\r')) {
        out.remove_suffix(1);
        crlf_ = true;
      } else {
        lf_ = true;
      }
    }
    return out;
  }

  // 0 no boundary, 1 one, 2 the last.
  int boundary_kind(std::string_view line) const {
    if (!line.starts_with("--") || !line.substr(2).starts_with(boundary_)) return 0;
    const std::string_view tail = line.substr(2 + boundary_.size());
    if (trimmed(tail).empty()) return 1;
    return tail.starts_with("--") && trimmed(tail.substr(2)).empty() ? 2 : 0;
  }

  const char* parts() {
    bool started = false;
    while (!rest_.empty()) {
      const std::string_view first = line();
      const int kind = boundary_kind(first);
      if (kind == 0) {
        if (!first.empty()) strict(Variable::multipart_data_before);
        if (first.starts_with("--")) strict(Variable::multipart_unmatched_boundary);
        continue;
      }
      if (kind == 2) return closing(started);
      started = true;
      while (true) {
        if (++count_ > max_multipart_parts) return "more than 1000 multipart parts";
        int end = 0;
        if (const char* wrong = part(end); wrong != nullptr) return wrong;
        if (end == 0) return "the final multipart boundary is missing";
        if (end == 2) return closing(true);
      }
    }
    return "the final multipart boundary is missing";
  }

  const char* closing(bool started) {
    if (!rest_.empty()) strict(Variable::multipart_data_after);
    return started ? nullptr : "multipart without parts";
  }

  const char* part(int& end) {
    Part part;
    bool invalid = false;
    std::string_view header;
    while (true) {
      if (rest_.empty()) return "a multipart part ends within its header";
      const std::string_view next = line();
      if (next.empty()) break;
      if (is_space(next[0])) {
        strict(Variable::multipart_header_folding);
        if (part.headers.empty()) return "a multipart header begins with a space";
        header = arena().concat(header, " ", trimmed(next));
        part.headers.all().back() = header;
        continue;
      }
      if (boundary_kind(next) != 0) {
        // A part without a body.
        invalid = true;
        end = boundary_kind(next);
        break;
      }
      if (next.find(':') == std::string_view::npos) return "a multipart header without a colon";
      header = next;
      part.headers.push_back(arena(), next);
    }
    for (const std::string_view one : part.headers.all()) {
      const std::size_t colon = one.find(':');
      if (colon == 19 && begins(one, "content-disposition") && !disposition(trimmed(one.substr(20)), part))
        invalid = true;
    }
    if (!part.has_name) invalid = true;
    for (const std::string_view one : part.headers.all())
      evaluation_.input().add(arena(), Variable::multipart_part_headers, part.name, one);
    if (invalid) strict(Variable::multipart_invalid_part);
    if (end == 0) finish(part, content(end));
    return invalid && !part.has_name ? "a multipart part without a name" : nullptr;
  }

  // Up to the next boundary; the line feed before it is the boundary's.
  std::string_view content(int& end) {
    const char* const start = rest_.data();
    std::size_t size = 0;
    while (!rest_.empty()) {
      const char* const at = rest_.data();
      const std::string_view next = line();
      end = boundary_kind(next);
      if (end != 0) {
        size = static_cast<std::size_t>(at - start);
        if (size > 0) --size;
        if (size > 0 && start[size - 1] == '\r') --size;
        return {start, size};
      }
      if (next.starts_with("--") && !boundary_.empty() && next.substr(2).starts_with(boundary_.substr(0, 1)))
        strict(Variable::multipart_unmatched_boundary);
    }
    return {start, static_cast<std::size_t>(rest_.data() - start)};
  }

  void finish(const Part& part, std::string_view content) {
    Input& input = evaluation_.input();
    if (!part.is_file) {
      add_argument(evaluation_, part.name, content, ArgumentsFrom::body);
      input.add(arena(), Variable::multipart_name, part.name, part.name);
      return;
    }
    input.add(arena(), Variable::files, part.name, part.filename);
    input.add(arena(), Variable::files_names, part.name, part.name);
    input.add(arena(), Variable::multipart_filename, part.name, part.filename);
    input.add(arena(), Variable::multipart_name, part.name, part.name);
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, content.size()).ptr;
    input.add(arena(), Variable::files_sizes, part.name,
              arena().copy({digits, static_cast<std::size_t>(end - digits)}));
    file_bytes_ += content.size();
  }

  // form-data; name="a"; filename="b". False when it is malformed.
  bool disposition(std::string_view text, Part& part) {
    const std::size_t type = text.find(';');
    if (!begins(text, "form-data")) return false;
    text = type == std::string_view::npos ? std::string_view{} : text.substr(type + 1);
    while (!(text = trimmed(text)).empty()) {
      const std::size_t equals = text.find('=');
      if (equals == std::string_view::npos) return false;
      const std::string_view name = trimmed(text.substr(0, equals));
      text = trimmed(text.substr(equals + 1));
      std::string_view value;
      if (text.starts_with('\'')) strict(Variable::multipart_invalid_quoting);
      if (text.starts_with('"')) {
        std::size_t close = 1;
        while (close < text.size() && text[close] != '"') close += text[close] == '\\' ? 2 : 1;
        if (close >= text.size()) {
          strict(Variable::multipart_invalid_quoting);
          return false;
        }
        value = unescaped(text.substr(1, close - 1));
        text.remove_prefix(close + 1);
        text = trimmed(text);
        if (!text.empty() && text[0] != ';') {
          strict(Variable::multipart_invalid_quoting);
          return false;
        }
      } else {
        const std::size_t end = text.find(';');
        value = trimmed(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end);
      }
      if (value.find('\'') != std::string_view::npos) strict(Variable::multipart_invalid_quoting);
      if (begins(name, "filename")) {
        part.filename = value;
        part.is_file = true;
      } else if (name.size() == 4 && begins(name, "name")) {
        if (part.has_name) return false;
        part.name = value;
        part.has_name = true;
      }
      if (text.starts_with(';')) text.remove_prefix(1);
    }
    return true;
  }

  std::string_view unescaped(std::string_view text) {
    if (text.find('\\') == std::string_view::npos) return text;
    const auto out = arena().array<char>(text.size());
    std::size_t size = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      // "\"" and "\\" only: browsers send the backslashes of Windows paths as they are.
      if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\')) ++i;
      out[size++] = text[i];
    }
    return {out.data(), size};
  }

  Evaluation& evaluation_;
  std::string_view rest_;
  std::string_view boundary_;
  bool crlf_ = false;
  bool lf_ = false;
  std::size_t count_ = 0;
  std::size_t file_bytes_ = 0;
};

}  // namespace

const char* read_multipart(Evaluation& evaluation, std::string_view content_type, std::string_view body) {
  return MultipartReader(evaluation, body).read(content_type);
}

}  // namespace sallyport::match
