#include "decode/part_head.hpp"

#include <algorithm>
#include <charconv>

#include "base/utf8.hpp"
#include "decode/charset.hpp"
#include "decode/percent.hpp"
#include "http/characters.hpp"

#include <sallyport/message.hpp>

namespace sallyport::decode {
namespace {

using Done = std::expected<void, Refusal>;

// A name or file name that no two readers take apart differently.
Done check_name(std::string_view name, std::size_t at, const MultipartLimits& limits) {
  if (name.size() > limits.name_bytes) return refuse("name_bytes", "a name is too long", at);
  if (find_invalid_utf8(name) != std::string_view::npos) return refuse("utf8", "a name that is not UTF-8", at);
  if (name.find("=?") != std::string_view::npos && name.find("?=") != std::string_view::npos) {
    return refuse("part_name", "an encoded word (RFC 2047) in a name", at);
  }
  if (std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
    return refuse("part_name", "a control character in a name", at);
  }
  return {};
}

Done read_disposition(std::string_view value, std::size_t at, bool form, Part& part, Arena& arena,
                      const MultipartLimits& limits) {
  const std::size_t end = std::min(value.find(';'), value.size());
  const std::string_view kind = http::trim_blanks(value.substr(0, end));
  const bool fits = form ? same_name(kind, "form-data") : !kind.empty() && http::all(kind, http::character::tchar);
  if (!fits) return refuse("disposition", "the disposition of a form's part is form-data", at);
  const auto parameters = read_parameters(value.substr(end), at + end, Backslash::refused, arena);
  if (!parameters) return std::unexpected(parameters.error());
  bool named = false;
  const Parameter* extended = nullptr;
  for (const Parameter& parameter : *parameters) {
    if (!parameter.quoted && parameter.value.starts_with('\'')) {
      return refuse("disposition", "single quotes have two readings", at);
    }
    if (parameter.name == "name" && form) {
      part.name = parameter.value;
      named = true;
    } else if (parameter.name == "filename") {
      part.filename = parameter.value;
      part.has_filename = true;
    } else if (parameter.name == "filename*") {
      extended = &parameter;
    } else if (parameter.name.contains('*')) {
      return refuse("disposition", "an extended or continued parameter", at);
    }
  }
  if (form && !named) return refuse("disposition", "a part without a name", at);
  if (extended != nullptr) {
    const auto decoded = extended->quoted ? std::nullopt : decode_extended(extended->value, arena);
    if (!decoded) return refuse("disposition", "a malformed filename*", at);
    if (part.has_filename && part.filename != *decoded) {
      return refuse("disposition", "filename and filename* differ", at);
    }
    part.filename = *decoded;
    part.has_filename = true;
  }
  if (auto fine = check_name(part.name, at, limits); !fine) return fine;
  return check_name(part.filename, at, limits);
}

struct Seen {
  bool disposition = false, type = false, encoding = false, length = false;
  bool once(bool Seen::* field) {
    const bool first = !(this->*field);
    this->*field = true;
    return first;
  }
};

Done read_field(const PartField& field, std::size_t at, bool form, Seen& seen, Part& part, Arena& arena,
                const MultipartLimits& limits) {
  const auto twice = [at] { return refuse("part_field", "a field of a part is given twice", at); };
  if (same_name(field.name, "content-disposition")) {
    if (!seen.once(&Seen::disposition)) return twice();
    return read_disposition(field.value, at, form, part, arena, limits);
  }
  if (same_name(field.name, "content-type")) {
    if (!seen.once(&Seen::type)) return twice();
    part.content_type = field.value;
    const std::size_t end = std::min(field.value.find(';'), field.value.size());
    const std::string_view essence = http::trim_blanks(field.value.substr(0, end));
    const std::size_t slash = essence.find('/');
    const bool good = slash != std::string_view::npos && slash != 0 && slash + 1 < essence.size() &&
                      http::all(essence.substr(0, slash), http::character::tchar) &&
                      http::all(essence.substr(slash + 1), http::character::tchar);
    if (!good) return refuse("part_field", "a part's type is not type/subtype", at);
    const auto parameters = read_parameters(field.value.substr(end), at + end, Backslash::escapes, arena);
    if (!parameters) return std::unexpected(parameters.error());
    const Parameter* charset = find(*parameters, "charset");
    if (charset != nullptr && !find_charset(charset->value)) {
      return refuse("part_charset", "a charset that is not known", at);
    }
    return {};
  }
  if (same_name(field.name, "content-transfer-encoding")) {
    if (!seen.once(&Seen::encoding)) return twice();
    // RFC 7578 §4.7: deprecated. Servers that decode and servers that do not see two contents.
    if (same_name(field.value, "7bit") || same_name(field.value, "8bit") || same_name(field.value, "binary")) return {};
    return refuse("transfer_encoding", "a part whose content is encoded", at);
  }
  if (same_name(field.name, "content-encoding"))
    return refuse("transfer_encoding", "a part whose content is coded", at);
  if (same_name(field.name, "content-length")) {
    if (!seen.once(&Seen::length)) return twice();
    std::size_t length = 0;
    const char* const end = field.value.data() + field.value.size();
    const auto [rest, error] = std::from_chars(field.value.data(), end, length);
    if (error != std::errc() || rest != end || length != part.content.size()) {
      return refuse("part_length", "a part's length is not the one it says", at);
    }
  }
  return {};
}

}  // namespace

Done read_part_head(std::string_view text, std::size_t base, bool form, Part& part, Arena& arena,
                    const MultipartLimits& limits) {
  if (text.size() > limits.field_bytes) return refuse("field_bytes", "the fields of a part are too long", base);
  const auto room = arena.array<PartField>(limits.fields);
  std::size_t count = 0;
  Seen seen;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find("\r\n", at), text.size());
    const std::string_view line = text.substr(at, end - at);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || !http::all(line.substr(0, colon), http::character::tchar)) {
      return refuse("part_field", "a field of a part is written name: value, on one line", base + at);
    }
    const PartField field{line.substr(0, colon), http::trim_blanks(line.substr(colon + 1))};
    if (!http::all(field.value, http::character::field_value)) {
      return refuse("part_field", "a control character in a field of a part", base + at);
    }
    if (count == limits.fields) return refuse("fields", "too many fields in a part", base + at);
    if (auto fine = read_field(field, base + at, form, seen, part, arena, limits); !fine) return fine;
    room[count++] = field;
    at = end + 2;
  }
  if (form && !seen.disposition) return refuse("disposition", "a part without its disposition", base);
  part.fields = room.first(count);
  return {};
}

std::optional<std::string_view> decode_extended(std::string_view text, Arena& arena) {
  const std::size_t first = text.find('\'');
  const std::size_t second = first == std::string_view::npos ? first : text.find('\'', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string_view charset = text.substr(0, first);
  const std::string_view coded = text.substr(second + 1);
  const bool latin1 = same_name(charset, "iso-8859-1");
  if (!latin1 && !same_name(charset, "utf-8")) return std::nullopt;
  if (!latin1) {
    const auto decoded = decode_percent(coded, Plus::literal, 0, arena);
    if (!decoded) return std::nullopt;
    return *decoded;
  }
  const auto bytes = arena.array<char>(coded.size());
  std::size_t size = 0;
  for (std::size_t i = 0; i < coded.size(); ++i) {
    if (coded[i] != '%') {
      bytes[size++] = coded[i];
      continue;
    }
    const int high = i + 1 < coded.size() ? http::hex_value(coded[i + 1]) : -1;
    const int low = i + 2 < coded.size() ? http::hex_value(coded[i + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    bytes[size++] = static_cast<char>(high * 16 + low);
    i += 2;
  }
  const auto decoded = to_utf8({bytes.data(), size}, Charset::latin1, arena);
  if (!decoded) return std::nullopt;
  return *decoded;
}

bool is_multipart(std::string_view content_type) noexcept {
  constexpr std::string_view prefix = "multipart/";
  return same_name(content_type.substr(0, prefix.size()), prefix);
}

}  // namespace sallyport::decode
