#include "spec/servers.hpp"

#include <algorithm>

#include "spec/path_template.hpp"

namespace sallyport {
namespace {

using document::Kind;
using document::Node;

// "https://{host}/{base}" with the defaults of the server's variables. What has no default stays.
std::string with_defaults(std::string_view url, const Node* variables) {
  std::string out;
  while (true) {
    const std::size_t open = url.find('{');
    const std::size_t close = open == url.npos ? url.npos : url.find('}', open);
    if (close == url.npos) return out.append(url);
    const Node* variable = variables == nullptr ? nullptr : variables->find(url.substr(open + 1, close - open - 1));
    const Node* value = variable == nullptr ? nullptr : variable->find("default");
    out.append(url.substr(0, open));
    out.append(value != nullptr ? value->text() : url.substr(open, close + 1 - open));
    url.remove_prefix(close + 1);
  }
}

// RFC 3986 §3: what stands behind scheme and authority, without query and fragment.
std::string path_of(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  std::size_t authority = url.find("//");
  const bool absolute = authority == 0 || (authority != url.npos && authority > 0 && url[authority - 1] == ':');
  if (absolute) {
    const std::size_t slash = url.find('/', authority + 2);
    return std::string(slash == url.npos ? std::string_view{} : url.substr(slash));
  }
  while (url.starts_with("./")) url.remove_prefix(2);
  if (url == ".") return "/";
  return url.starts_with('/') ? std::string(url) : "/" + std::string(url);
}

}  // namespace

Result<std::string> plain_base_path(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  const auto parsed = parse_path_template(path);
  if (!parsed) return std::unexpected(parsed.error());
  if (!parsed->variables.empty()) return fail(ErrorCode::invalid, "a base path must not hold variables");
  if (!parsed->reachable()) return fail(ErrorCode::invalid, "a base path must not hold dot or empty segments");
  return path.empty() ? "/" : std::string(path);
}

Result<std::vector<std::string>> server_paths(const Node& servers) {
  std::vector<std::string> out;
  if (servers.kind() == Kind::null) return out;
  if (!servers.is_sequence()) return fail(ErrorCode::invalid, "servers must be a sequence", servers.where());
  for (const Node& server : servers.items()) {
    const Node* url = server.find("url");
    if (url == nullptr || url->kind() != Kind::scalar)
      return fail(ErrorCode::invalid, "a server needs a url", server.where());
    const std::string path = path_of(with_defaults(url->text(), server.find("variables")));
    if (path.find_first_of("{}") != std::string::npos) {
      return fail(ErrorCode::invalid, "a server variable in the path needs a default", url->where());
    }
    auto plain = plain_base_path(path);
    if (!plain) {
      plain.error().where = url->where();
      return std::unexpected(std::move(plain.error()));
    }
    if (std::ranges::find(out, *plain) == out.end()) out.push_back(std::move(*plain));
  }
  return out;
}

}  // namespace sallyport
