#include "config/report.hpp"

#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/json_text.hpp"

namespace sallyport::config {
namespace {

// Control characters of a file must not reach a terminal.
void append_visible(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte < 0x20 || byte == 0x7f) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
  } else {
    out += c;
  }
}

}  // namespace

std::string Problem::text() const {
  std::string out = where;
  if (!out.empty()) out += ": ";
  if (severity == Severity::warning) out += "warning: ";
  if (!path.empty()) out += path + ": ";
  out += message;
  if (!hint.empty()) out += "\n  hint: " + hint;
  return out;
}

void Report::add(Severity severity, std::string where, std::string message, std::string hint) {
  ++(severity == Severity::error ? errors_ : warnings_);
  if (problems_.size() == max_problems) return;
  problems_.push_back({severity, std::move(where), path_, std::move(message), std::move(hint)});
}

void Report::error(const document::Node& at, std::string message, std::string hint) {
  add(Severity::error, at.where(), std::move(message), std::move(hint));
}
void Report::error(const document::Entry& at, std::string message, std::string hint) {
  add(Severity::error, at.where(), std::move(message), std::move(hint));
}
void Report::error(const Error& error) { add(Severity::error, error.where, error.message, error.hint); }
void Report::warning(const document::Node& at, std::string message, std::string hint) {
  add(Severity::warning, at.where(), std::move(message), std::move(hint));
}
void Report::warning(const document::Entry& at, std::string message, std::string hint) {
  add(Severity::warning, at.where(), std::move(message), std::move(hint));
}
void Report::warning(const Error& error) { add(Severity::warning, error.where, error.message, error.hint); }

std::string Report::text() const {
  std::string out;
  for (const Problem& problem : problems_) out += problem.text() + "\n";
  const std::size_t dropped = errors_ + warnings_ - problems_.size();
  if (dropped > 0) out += fmt::format("and {} more\n", dropped);
  return out;
}

std::string Report::json() const {
  std::string out = fmt::format(R"({{"errors":{},"warnings":{},"problems":[)", errors_, warnings_);
  bool first = true;
  for (const Problem& problem : problems_) {
    if (!std::exchange(first, false)) out += ',';
    out += problem.severity == Severity::error ? R"({"severity":"error")" : R"({"severity":"warning")";
    const auto member = [&out](std::string_view key, std::string_view value) {
      out += ',';
      append_json(out, key);
      out += ':';
      append_json(out, value);
    };
    member("where", problem.where);
    member("path", problem.path);
    member("message", problem.message);
    member("hint", problem.hint);
    out += '}';
  }
  return out + "]}";
}

Report::Below::Below(Report& report, std::string_view key) : report_(report), length_(report.path_.size()) {
  if (length_ > 0) report_.path_ += '.';
  for (const char c : key) append_visible(report_.path_, c);
}

Report::Below::Below(Report& report, std::size_t index) : report_(report), length_(report.path_.size()) {
  report_.path_ += fmt::format("[{}]", index);
}

std::string shown(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string out = "`";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts_character = (static_cast<unsigned char>(text[i]) & 0xc0u) != 0x80;
    if (i >= longest && starts_character) return out + "…`";
    append_visible(out, text[i]);
  }
  return out + "`";
}

std::string found(const document::Node& node) {
  switch (node.kind()) {
    case document::Kind::null:
      return "nothing";
    case document::Kind::sequence:
      return "a list";
    case document::Kind::mapping:
      return "a mapping";
    case document::Kind::scalar:
      return node.quoted() && node.text().empty() ? "an empty text" : shown(node.text());
  }
  return {};
}

}  // namespace sallyport::config
