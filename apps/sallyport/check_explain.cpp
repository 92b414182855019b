#include "check_explain.hpp"

#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "base/address.hpp"
#include "base/ascii.hpp"
#include "controls/authorize/authorize.hpp"
#include "document/file.hpp"
#include "identity/api_key_files.hpp"
#include "identity/key_sources.hpp"
#include "replay/explain.hpp"

namespace sallyport::cli {
namespace {

constexpr std::size_t max_token = 64u << 10;
constexpr std::size_t max_body = 16u << 20;
constexpr std::chrono::seconds first_keys{5};

Error wrong(const std::string& what, const std::string& where, const std::string& hint = {}) {
  return {ErrorCode::invalid, what, where, hint};
}

std::optional<replay::Asked> read(const ExplainOptions& options, config::Report& report) {
  replay::Asked asked;
  const std::size_t space = options.request.find(' ');
  if (space == std::string::npos || options.request.find(' ', space + 1) != std::string::npos) {
    report.error(wrong("expected a method, a space and a path", "--explain", "'GET /orders/7'"));
    return std::nullopt;
  }
  asked.method = options.request.substr(0, space);
  asked.target = options.request.substr(space + 1);
  asked.host = options.host;
  const auto client = parse_address(options.client);
  if (!client) report.error(wrong("`" + options.client + "` is no IP address", "--client"));
  if (client) asked.client = *client;
  bool typed = false;
  for (const std::string& header : options.headers) {
    const std::size_t colon = header.find(':');
    if (colon == std::string::npos) {
      report.error(wrong("`" + header + "` is no field", "--header", "'Name: value'"));
      continue;
    }
    std::string_view value = std::string_view(header).substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    asked.fields.emplace_back(header.substr(0, colon), value);
    typed = typed || same_name(asked.fields.back().first, "content-type");
  }
  if (!options.token.empty()) {
    auto token = document::read_file(options.token, max_token);
    if (!token) {
      report.error(token.error());
    } else {
      while (!token->empty() && (token->ends_with('\n') || token->ends_with('\r') || token->ends_with(' '))) {
        token->pop_back();
      }
      asked.fields.emplace_back("Authorization", "Bearer " + *token);
    }
  }
  if (!options.body.empty()) {
    auto body = document::read_file(options.body, max_body);
    if (!body) {
      report.error(body.error());
    } else {
      asked.body = std::move(*body);
      if (!typed) asked.fields.emplace_back("Content-Type", "application/json");
    }
  }
  if (!report.ok()) return std::nullopt;
  return asked;
}

}  // namespace

std::string explain_request(const assembly::Assembled& assembled, engine::Services& services,
                            const ExplainOptions& options, config::Report& report) {
  const auto asked = read(options, report);
  if (!asked) return {};
  // Keys are fetched as the gateway does; without them a token is refused, and the report says why.
  const auto tell = [&](const std::string& what) { report.warning(wrong(what, options.request)); };
  services.part<identity::ApiKeyFiles>().start(tell);
  for (Error& missing : services.part<identity::KeySources>().start(first_keys, tell)) {
    report.warning(std::move(missing));
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto explained =
      replay::explain(assembled, *asked, Clock{std::chrono::duration_cast<std::chrono::microseconds>(now).count()});
  if (!explained) {
    report.error(Error{explained.error().code, explained.error().message, options.request, {}});
    return {};
  }
  return replay::text_of(*explained);
}

std::string role_tables(const Policy& policy) {
  std::string out;
  for (const auto& matrix : controls::authorize::role_matrix(policy)) {
    std::size_t widest = 9;
    for (const auto& row : matrix.rows) widest = std::max(widest, row.operation->label.size());
    out += fmt::format("{}\n  {:<{}}", matrix.api->name, "operation", widest);
    for (const std::string& caller : matrix.callers) out += "  " + caller;
    out += '\n';
    for (const auto& row : matrix.rows) {
      out += fmt::format("  {:<{}}", row.operation->label, widest);
      for (std::size_t i = 0; i < row.refused.size(); ++i) {
        out += fmt::format("  {:<{}}", row.refused[i].empty() ? "yes" : "-", matrix.callers[i].size());
      }
      while (out.ends_with(' ')) out.pop_back();
      out += '\n';
    }
  }
  return out.empty() ? "no API has `authorize`: who may call what is not the gateway's decision\n" : out;
}

}  // namespace sallyport::cli
