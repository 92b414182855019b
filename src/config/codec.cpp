#include "config/codec.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/nearest.hpp"

namespace sallyport::config {
namespace {

using document::Kind;
using document::Node;

void refuse(const Node& node, std::string_view expected, Report& report, std::string hint = {}) {
  report.error(node, fmt::format("expected {}, found {}", expected, found(node)), std::move(hint));
}

template <class N>
std::optional<N> parse_number(std::string_view text) {
  N value{};
  const char* end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || last != end) return std::nullopt;
  return value;
}

// A whole number in decimal. 010 is refused: some read it as eight.
bool is_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return false;
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

template <class N>
std::optional<N> read_integer(const Node& node, const About& about, N lowest, N highest, Report& report) {
  if (!about.min.empty()) lowest = std::max(lowest, parse_number<N>(about.min).value_or(std::numeric_limits<N>::max()));
  if (!about.max.empty())
    highest = std::min(highest, parse_number<N>(about.max).value_or(std::numeric_limits<N>::min()));
  const bool decimal = node.kind() == Kind::scalar && !node.quoted() && is_decimal(node.text());
  const auto value = decimal ? parse_number<N>(node.text()) : std::nullopt;
  if (value && *value >= lowest && *value <= highest) return value;
  const bool bounded = highest < 1'000'000'000'000;
  refuse(node,
         bounded ? fmt::format("an integer from {} to {}", lowest, highest)
                 : fmt::format("an integer of at least {}", lowest),
         report, node.quoted() && is_decimal(node.text()) ? "remove the quotes" : "");
  return std::nullopt;
}

std::optional<std::string_view> text_of_member(const document::Entry& entry, Report& report) {
  if (entry.value.kind() == Kind::scalar && !entry.value.text().empty()) return entry.value.text();
  refuse(entry.value, "a text", report);
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> read_signed(const Node& node, const About& about, std::int64_t lowest, std::int64_t highest,
                                        Report& report) {
  return read_integer(node, about, lowest, highest, report);
}

std::optional<std::uint64_t> read_unsigned(const Node& node, const About& about, std::uint64_t lowest,
                                           std::uint64_t highest, Report& report) {
  return read_integer(node, about, lowest, highest, report);
}

std::optional<std::string_view> read_text(const Node& node, std::string_view expected, Report& report) {
  if (node.kind() == Kind::scalar) return node.text();
  const bool vowel =
      std::string_view("aeiou").find(expected.empty() ? ' ' : expected.front()) != std::string_view::npos;
  refuse(node, fmt::format("{} {}", vowel ? "an" : "a", expected), report);
  return std::nullopt;
}

bool count_fits(std::size_t count, std::string_view unit, const Node& node, const About& about, Report& report) {
  if (!about.min.empty() && count < parse_number<std::size_t>(about.min).value_or(SIZE_MAX)) {
    report.error(node, fmt::format("at least {} {}, found {}", about.min, unit, count));
    return false;
  }
  if (!about.max.empty() && count > parse_number<std::size_t>(about.max).value_or(0)) {
    report.error(node, fmt::format("at most {} {}, found {}", about.max, unit, count));
    return false;
  }
  return true;
}

void refuse_choice(const Node& node, std::span<const std::string_view> names, Report& report) {
  std::string hint;
  if (node.kind() == Kind::scalar) {
    if (const auto meant = nearest(node.text(), names); !meant.empty()) hint = fmt::format("did you mean `{}`?", meant);
  }
  refuse(node, fmt::format("one of {}", fmt::join(names, ", ")), report, std::move(hint));
}

void refuse_text(const Node& node, const Error& error, Report& report) {
  report.error(node, fmt::format("{}, found {}", error.message, found(node)), error.hint);
}

void Codec<bool>::read(bool& out, const Node& node, const About&, Report& report) {
  const bool plain = node.kind() == Kind::scalar && !node.quoted();
  const bool is_true = node.text() == "true";
  if (plain && (is_true || node.text() == "false")) {
    out = is_true;
    return;
  }
  refuse(node, "true or false", report, node.quoted() ? "write it without quotes" : "");
}

const Type& Codec<bool>::type() {
  static const Type it = {.shape = Shape::boolean, .name = "boolean"};
  return it;
}

void Codec<double>::read(double& out, const Node& node, const About& about, Report& report) {
  const auto value = node.kind() == Kind::scalar && !node.quoted() ? parse_number<double>(node.text()) : std::nullopt;
  if (!value || !std::isfinite(*value)) return refuse(node, "a number", report);
  if (!about.min.empty() && *value < parse_number<double>(about.min).value_or(HUGE_VAL)) {
    return report.error(node, fmt::format("at least {}, found {}", about.min, found(node)));
  }
  if (!about.max.empty() && *value > parse_number<double>(about.max).value_or(-HUGE_VAL)) {
    return report.error(node, fmt::format("at most {}, found {}", about.max, found(node)));
  }
  out = *value;
}

void Codec<double>::write(double value, std::string& json) {
  if (std::isfinite(value)) json += fmt::format("{}", value);
}

const Type& Codec<double>::type() {
  static const Type it = {.shape = Shape::number, .name = "number"};
  return it;
}

void Codec<std::string>::read(std::string& out, const Node& node, const About& about, Report& report) {
  const auto text = read_text(node, "text", report);
  if (!text) return;
  if (about.required && text->empty()) return refuse(node, "a text", report);
  if (count_fits(text->size(), "bytes", node, about, report)) out = *text;
}

const Type& Codec<std::string>::type() {
  static const Type it = {.shape = Shape::text, .name = "text"};
  return it;
}

void Codec<FilePath>::read(FilePath& out, const Node& node, const About& about, Report& report) {
  const auto text = read_text(node, "path", report);
  if (!text) return;
  if (text->empty() || text->find('\0') != std::string_view::npos) return refuse(node, "a path", report);
  FilePath path = resolve_path(*text, node.origin());
  if (about.existing && ::access(path.path.c_str(), R_OK) != 0) {
    return report.error(node, fmt::format("cannot read {}", shown(path.path)),
                        path.path == path.written ? "" : "paths are relative to the file that names them");
  }
  out = std::move(path);
}

void Codec<FilePath>::write(const FilePath& value, std::string& json) {
  if (!value.empty()) append_json(json, value.written);
}

const Type& Codec<FilePath>::type() {
  static const Type it = {.shape = Shape::path, .name = "path"};
  return it;
}

// Nothing of the value may be shown, also when it stands where it must not.
void Codec<Secret>::read(Secret& out, const Node& node, const About&, Report& report) {
  constexpr std::string_view form = "write { file: path } (mode 0600) or { credential: name }";
  if (node.kind() == Kind::scalar) {
    return report.error(node, "a secret must not stand in a configuration file, where backups and logs would keep it",
                        std::string(form));
  }
  if (!node.is_mapping() || node.entries().size() != 1) {
    return report.error(node, "expected `file` or `credential`", std::string(form));
  }
  const document::Entry& entry = node.entries().front();
  if (entry.key != "file" && entry.key != "credential") {
    return report.error(entry, "expected `file` or `credential`", std::string(form));
  }
  const auto text = text_of_member(entry, report);
  if (!text) return;
  auto secret =
      entry.key == "file" ? Secret::from_file(resolve_path(*text, node.origin()).path) : Secret::from_credential(*text);
  if (!secret) return report.error(entry.value, secret.error().message, secret.error().hint);
  out = std::move(*secret);
}

void Codec<Secret>::write(const Secret& value, std::string& json) {
  if (!value.empty()) append_json(json, value.source());
}

const Type& Codec<Secret>::type() {
  static const Type it = {.shape = Shape::secret, .name = "secret"};
  return it;
}

}  // namespace sallyport::config
