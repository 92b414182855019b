#include "lint/report_text.hpp"

#include <fmt/format.h>

#include "base/json_text.hpp"

namespace sallyport::lint {
namespace {

// "key":"value"
void put(std::string& out, std::string_view key, std::string_view value, bool more = true) {
  append_json(out, key);
  out += ':';
  append_json(out, value);
  if (more) out += ',';
}

std::string_view level(Severity severity) {
  switch (severity) {
    case Severity::low:
      return "note";
    case Severity::medium:
      return "warning";
    case Severity::high:
      return "error";
  }
  return "error";
}

// As GitHub's code scanning sorts: CVSS-like figures in words of its own.
std::string_view security_severity(Severity severity) {
  switch (severity) {
    case Severity::low:
      return "3.0";
    case Severity::medium:
      return "5.5";
    case Severity::high:
      return "7.5";
  }
  return "7.5";
}

std::string message_of(const Finding& finding) {
  std::string out(text_of(finding.rule).message);
  if (!finding.detail.empty()) out = finding.detail + ": " + out;
  if (!finding.operation.empty()) out += " (" + finding.operation + ")";
  return out;
}

void rule_sarif(std::string& out, const RuleText& rule) {
  out += '{';
  put(out, "id", rule.id);
  out += R"("shortDescription":{)";
  put(out, "text", rule.message, false);
  out += R"(},"help":{)";
  put(out, "text", rule.fix, false);
  out += R"(},"defaultConfiguration":{)";
  put(out, "level", level(rule.severity), false);
  out += R"(},"properties":{"tags":["security",)";
  append_json(out, fmt::format("OWASP-{}:2023", rule.owasp));
  for (std::string_view rest = rule.aliases; !rest.empty();) {
    const std::string_view one = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    out += ',';
    append_json(out, one);
  }
  out += "],";
  put(out, "security-severity", security_severity(rule.severity), false);
  out += "}}";
}

// A relative reference (RFC 3986 §4.2): bytes that no path of a URI has are escaped.
std::string uri_of(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").contains(c);
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

void result_sarif(std::string& out, const Finding& finding) {
  const RuleText& rule = text_of(finding.rule);
  out += '{';
  put(out, "ruleId", rule.id);
  out += fmt::format(R"("ruleIndex":{},)", static_cast<unsigned>(finding.rule));
  put(out, "level", level(rule.severity));
  out += R"("message":{)";
  put(out, "text", message_of(finding) + ". " + std::string(rule.fix) + ".", false);
  out += R"(},"locations":[{"physicalLocation":{"artifactLocation":{)";
  put(out, "uri", uri_of(finding.file), false);
  out +=
      fmt::format(R"(}},"region":{{"startLine":{}}}}},"logicalLocations":[{{)", finding.line == 0 ? 1 : finding.line);
  put(out, "fullyQualifiedName", finding.pointer.empty() ? "/" : finding.pointer);
  put(out, "kind", "member", false);
  out += R"(}]}],"partialFingerprints":{)";
  put(out, "sallyport/v1", finding.fingerprint, false);
  out += "}}";
}

}  // namespace

std::string as_text(const std::vector<Finding>& findings, std::size_t most) {
  std::string out;
  for (std::size_t i = 0; i < std::min(most, findings.size()); ++i) {
    const Finding& one = findings[i];
    const RuleText& rule = text_of(one.rule);
    out += fmt::format("{}:{}: {}: {} [{} {}]\n", one.file, one.line, word(rule.severity), message_of(one), rule.id,
                       rule.owasp);
    out += fmt::format("  fix: {}\n", rule.fix);
  }
  if (findings.size() > most) out += fmt::format("and {} more: --all\n", findings.size() - most);
  return out;
}

std::string as_json(const std::vector<Finding>& findings) {
  std::string out = "[";
  for (const Finding& one : findings) {
    const RuleText& rule = text_of(one.rule);
    if (out.size() > 1) out += ',';
    out += '{';
    put(out, "rule", rule.id);
    put(out, "severity", word(rule.severity));
    put(out, "owasp", rule.owasp);
    put(out, "file", one.file);
    out += fmt::format(R"("line":{},)", one.line);
    put(out, "pointer", one.pointer);
    put(out, "operation", one.operation);
    put(out, "message", message_of(one));
    put(out, "fix", rule.fix);
    put(out, "fingerprint", one.fingerprint, false);
    out += '}';
  }
  return out + "]";
}

std::string as_json(const std::vector<Score>& scores) {
  std::string out = "{";
  for (const Score& one : scores) {
    if (out.size() > 1) out += ',';
    append_json(out, one.operation);
    out += fmt::format(":{}", one.points);
  }
  return out + "}";
}

std::string as_sarif(const std::vector<Finding>& findings, std::string_view version) {
  std::string out =
      R"({"$schema":"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",)"
      R"("version":"2.1.0","runs":[{"tool":{"driver":{"name":"sallyport",)";
  put(out, "version", version);
  out += R"("rules":[)";
  for (const RuleText& rule : all_rules()) {
    if (rule.rule != Rule{}) out += ',';
    rule_sarif(out, rule);
  }
  out += R"(]}},"columnKind":"utf16CodeUnits","results":[)";
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (i != 0) out += ',';
    result_sarif(out, findings[i]);
  }
  return out + "]}]}\n";
}

}  // namespace sallyport::lint
