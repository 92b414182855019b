#include "admin/findings_view.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "admin/json_object.hpp"
#include "admin/limits.hpp"
#include "admin/views.hpp"
#include "base/ascii.hpp"
#include "base/uuid.hpp"
#include "document/node.hpp"

namespace sallyport::admin {
namespace {

using inventory::Evidence;
using inventory::Finding;
using inventory::Standing;

void append_finding(std::string& out, const Finding& one) {
  Object row(out);
  row.text("id", one.id);
  row.text("kind", word(one.kind));
  row.text("severity", word(one.severity));
  row.text("standing", word(one.standing));
  row.text("api", one.api);
  row.text("method", one.method);
  row.text("path", one.path);
  row.text("title", one.title);
  row.number("times", one.times);
  row.text("first_seen", format_time(one.first_seen_us));
  row.text("last_seen", format_time(one.last_seen_us));
  row.key("evidence") += '[';
  for (const Evidence& evidence : one.evidence) {
    if (out.back() != '[') out += ',';
    std::array<char, uuid_text_bytes> id{};
    format_uuid(evidence.call, id);
    Object entry(out);
    entry.text("call", {id.data(), id.size()});
    entry.text("time", format_time(evidence.time_us));
    entry.text("text", evidence.text);
    entry.close();
  }
  out += ']';
  row.close();
}

bool has_word(const Finding& one, std::string_view wanted) {
  return lower_case(fmt::format("{} {} {} {}", one.id, one.title, word(one.severity), word(one.standing)))
      .contains(wanted);
}

}  // namespace

Result<std::string> findings_json(std::vector<Finding> findings, const Query& query) {
  const auto open = static_cast<std::size_t>(std::ranges::count(findings, Standing::open, &Finding::standing));
  const std::size_t total = findings.size();
  if (const std::string text = query.text("kind"); !text.empty()) {
    const auto kind = inventory::finding_kind_named(text);
    if (!kind) return fail(ErrorCode::invalid, "There is no such kind.");
    std::erase_if(findings, [&](const Finding& one) { return one.kind != *kind; });
  }
  if (const std::string text = query.text("standing"); !text.empty()) {
    const auto standing = inventory::standing_named(text);
    if (!standing) return fail(ErrorCode::invalid, "There is no such standing.");
    std::erase_if(findings, [&](const Finding& one) { return one.standing != *standing; });
  }
  const std::string words = lower_case(query.text("q"));
  for (std::string_view rest = words; !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view wanted = rest.substr(0, end);
    std::erase_if(findings, [&](const Finding& one) { return !has_word(one, wanted); });
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::ranges::sort(findings, [](const Finding& a, const Finding& b) {
    if (a.severity != b.severity) return a.severity > b.severity;
    return a.last_seen_us != b.last_seen_us ? a.last_seen_us > b.last_seen_us : a.id < b.id;
  });
  const auto offset = static_cast<std::size_t>(query.number("offset").value_or(0));
  const std::size_t begin = std::min(offset, findings.size());
  const std::size_t end = begin + std::min(query.page_size(), findings.size() - begin);
  std::string out;
  Object object(out);
  object.number("total", total);
  object.number("open", open);
  object.number("matching", findings.size());
  object.number("offset", offset);
  object.key("findings") += '[';
  for (std::size_t i = begin; i < end; ++i) {
    if (out.back() != '[') out += ',';
    append_finding(out, findings[i]);
  }
  out += ']';
  object.close();
  return out;
}

std::optional<FindingChange> read_finding_change(std::string_view body) {
  const document::Limits limits{.bytes = max_body, .nodes = 16, .depth = 2, .scalar = max_body};
  const auto parsed = document::parse_json(std::string(body), "finding", limits);
  if (!parsed || !parsed->root().is_mapping()) return std::nullopt;
  const document::Node* const id = parsed->root().find("id");
  const document::Node* const standing = parsed->root().find("standing");
  if (id == nullptr || standing == nullptr) return std::nullopt;
  const auto named = inventory::standing_named(standing->text());
  if (!named) return std::nullopt;
  return FindingChange{std::string(id->text()), *named};
}

}  // namespace sallyport::admin
