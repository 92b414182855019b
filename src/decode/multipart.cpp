#include "decode/multipart.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "decode/part_head.hpp"
#include "http/characters.hpp"

#include <sallyport/message.hpp>

namespace sallyport::decode {
namespace {

using Done = std::expected<void, Refusal>;

// std::string_view::find is quadratic on bodies of dashes; memmem is not.
std::size_t find_text(std::string_view text, std::string_view needle, std::size_t from) {
  if (from >= text.size()) return std::string_view::npos;
  const void* at = ::memmem(text.data() + from, text.size() - from, needle.data(), needle.size());
  return at == nullptr ? std::string_view::npos : static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
}

// RFC 2046 §5.1.1: bcharsnospace with spaces inside.
bool is_boundary(std::string_view text) {
  const auto allowed = [](char c) {
    constexpr std::string_view others = "'()+_,-./:=? ";
    return (c >= '0' && c <= '9') || (http::lower(c) >= 'a' && http::lower(c) <= 'z') || others.contains(c);
  };
  return !text.empty() && text.back() != ' ' && std::ranges::all_of(text, allowed);
}

struct Type {
  std::string_view boundary;
  bool form = false;
};

std::expected<Type, Refusal> read_type(std::string_view content_type, std::size_t at, Arena& arena,
                                       const MultipartLimits& limits) {
  const std::size_t end = std::min(content_type.find(';'), content_type.size());
  std::string_view essence = content_type.substr(0, end);
  while (essence.ends_with(' ') || essence.ends_with('\t')) essence.remove_suffix(1);
  const auto parameters = read_parameters(content_type.substr(end), at + end, Backslash::refused, arena);
  if (!parameters) return std::unexpected(parameters.error());
  Type type;
  type.form = same_name(essence, "multipart/form-data");
  for (const Parameter& parameter : *parameters) {
    if (parameter.name.contains('*')) return refuse("boundary", "an extended or continued parameter", at);
    if (parameter.name == "boundary") type.boundary = parameter.value;
  }
  if (type.boundary.size() > limits.boundary_bytes) return refuse("boundary_bytes", "the boundary is too long", at);
  if (!is_boundary(type.boundary)) return refuse("boundary", "no boundary, or a malformed one", at);
  return type;
}

class Reader {
 public:
  Reader(std::string_view body, Arena& arena, const MultipartLimits& limits)
      : body_(body), arena_(arena), limits_(limits) {}

  // The parts of body_[begin, end).
  Done read(const Type& type, std::size_t begin, std::size_t end, const Part* container) {
    const std::string_view text = body_.substr(0, end);
    const auto dashes = arena_.concat("--", type.boundary);
    std::optional<std::size_t> part;  // where the open part begins
    for (std::size_t at = begin;;) {
      at = find_text(text, dashes, at);
      if (at == std::string_view::npos) return refuse("truncated", "the last boundary is missing", end);
      const auto starts = at_line_start(begin, at, part.has_value());
      if (!starts) return std::unexpected(starts.error());
      if (!*starts) {
        ++at;
        continue;
      }
      if (part) {
        if (at < *part + 2) return refuse("part_field", "a part without fields", *part);
        if (auto fine = add(type, *part, at - 2, container); !fine) return fine;
      }
      const std::string_view tail = text.substr(at + dashes.size());
      if (tail.starts_with("--")) {
        const std::string_view rest = tail.substr(2);
        if (!rest.empty() && rest != "\r\n") return refuse("epilogue", "text behind the last boundary", end);
        if (!part) return refuse("truncated", "no part at all", at);
        return {};
      }
      if (!tail.starts_with("\r\n")) {
        return refuse("boundary_line", "a line that begins like the boundary and goes on", at);
      }
      // The CRLF stays in sight: a part may be cut off by the very next boundary.
      at += dashes.size() + 2;
      part = at;
    }
  }

  [[nodiscard]] std::span<const Part> parts() const {
    const auto out = arena_.array<Part>(parts_.size());
    std::ranges::copy(parts_, out.begin());
    return out;
  }

 private:
  // Is the boundary at `at` a line of its own? Refused where readers differ.
  std::expected<bool, Refusal> at_line_start(std::size_t begin, std::size_t at, bool inside) const {
    if (!inside) {
      const bool first = at == begin || (at == begin + 2 && body_.substr(begin, 2) == "\r\n");
      if (!first) return refuse("preamble", "text before the first boundary", begin);
      return true;
    }
    const char before = body_[at - 1];
    if (before == '\n' && body_[at - 2] == '\r') return true;
    if (before == '\n' || before == '\r') return refuse("boundary_line", "a boundary whose line end is not CRLF", at);
    return false;
  }

  Done add(const Type& type, std::size_t begin, std::size_t end, const Part* container) {
    if (parts_.size() == limits_.parts) return refuse("parts", "too many parts", begin);
    const std::string_view text = body_.substr(begin, end - begin);
    const std::size_t head = text.substr(0, std::size_t{limits_.field_bytes} + 4).find("\r\n\r\n");
    Part part;
    std::string_view fields;
    if (text.starts_with("\r\n")) {
      part.offset = begin + 2;
    } else if (head == std::string_view::npos) {
      if (text.size() > limits_.field_bytes) return refuse("field_bytes", "the fields of a part are too long", begin);
      return refuse("part_field", "no empty line behind the fields of a part", begin);
    } else {
      fields = text.substr(0, head);
      part.offset = begin + head + 4;
    }
    part.content = body_.substr(part.offset, end - part.offset);
    if (container != nullptr) {
      part.name = container->name;
      part.depth = static_cast<std::uint8_t>(container->depth + 1);
    }
    if (auto fine = read_part_head(fields, begin, type.form, part, arena_, limits_); !fine) return fine;
    if (!is_multipart(part.content_type)) {
      parts_.push_back(part);
      return {};
    }
    if (part.depth >= limits_.depth) return refuse("depth", "multipart inside multipart", begin);
    const auto inner = read_type(part.content_type, begin, arena_, limits_);
    if (!inner) return std::unexpected(inner.error());
    if (inner->form) return refuse("part_field", "a form inside a form", begin);
    part.content = {};
    part.container = true;
    parts_.push_back(part);
    return read(*inner, part.offset, end, &part);  // at most limits_.depth deep
  }

  std::string_view body_;
  Arena& arena_;
  const MultipartLimits& limits_;
  std::vector<Part> parts_;
};

}  // namespace

const Part* Multipart::find(std::string_view name) const noexcept {
  const auto found =
      std::ranges::find_if(parts, [&](const Part& part) { return !part.container && part.name == name; });
  return found == parts.end() ? nullptr : &*found;
}

std::expected<Multipart, Refusal> read_multipart(std::string_view content_type, std::string_view body, Arena& arena,
                                                 const MultipartLimits& limits) {
  const auto type = read_type(content_type, 0, arena, limits);
  if (!type) return std::unexpected(type.error());
  Reader reader(body, arena, limits);
  if (auto fine = reader.read(*type, 0, body.size(), nullptr); !fine) return std::unexpected(fine.error());
  return Multipart{reader.parts()};
}

}  // namespace sallyport::decode
