#include "spec/security.hpp"

#include <utility>

namespace sallyport {
namespace {

using document::Entry;
using document::Kind;
using document::Node;
using Scheme = SecurityNeed::Scheme;

std::string_view member_text(const Node& node, std::string_view key) {
  const Node* found = node.find(key);
  return found == nullptr ? std::string_view{} : found->text();
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

Scheme scheme_of(const Node& declared) {
  const std::string_view type = member_text(declared, "type");
  if (type == "oauth2" || type == "openIdConnect") return Scheme::token;
  if (type == "apiKey") return Scheme::api_key;
  if (type == "mutualTLS") return Scheme::client_certificate;
  if (type == "basic") return Scheme::basic;  // Swagger 2.0
  if (type == "http") {
    const std::string scheme = lower(member_text(declared, "scheme"));  // names of schemes have no case
    if (scheme == "bearer") return Scheme::token;
    if (scheme == "basic") return Scheme::basic;
  }
  return Scheme::other;
}

}  // namespace

Result<void> SecurityReader::read_root(const Node& root, bool swagger) {
  const Node* holder = swagger ? &root : root.find("components");
  const Node* schemes = holder == nullptr ? nullptr : holder->find(swagger ? "securityDefinitions" : "securitySchemes");
  if (schemes != nullptr) {
    for (const Entry& entry : schemes->entries()) schemes_.emplace(std::string(entry.key), scheme_of(entry.value));
  }
  const Node* security = root.find("security");
  if (security == nullptr) return {};
  auto read_list = read(*security);
  if (!read_list) return std::unexpected(std::move(read_list.error()));
  root_ = std::move(*read_list);
  root_declared_ = true;
  return {};
}

Result<void> SecurityReader::read_operation(const Node& node, Operation& out) const {
  const Node* security = node.find("security");
  if (security == nullptr) {
    out.security = root_;
    out.security_declared = root_declared_;
    return {};
  }
  auto read_list = read(*security);
  if (!read_list) return std::unexpected(std::move(read_list.error()));
  out.security = std::move(*read_list);
  out.security_declared = true;
  return {};
}

Result<SecurityReader::Alternatives> SecurityReader::read(const Node& list) const {
  if (!list.is_sequence()) return fail(ErrorCode::invalid, "security must be a list", list.where());
  Alternatives out;
  for (const Node& alternative : list.items()) {
    if (!alternative.is_mapping()) {
      return fail(ErrorCode::invalid, "a security requirement must be a mapping", alternative.where());
    }
    auto& needs = out.emplace_back();
    for (const Entry& entry : alternative.entries()) {
      if (!entry.value.is_sequence()) {
        return fail(ErrorCode::invalid, "a security requirement lists scopes, or is []", entry.value.where());
      }
      const auto declared = schemes_.find(entry.key);
      SecurityNeed& need = needs.emplace_back();
      need.scheme = declared == schemes_.end() ? Scheme::other : declared->second;
      need.name = entry.key;
      for (const Node& scope : entry.value.items()) need.scopes.emplace_back(scope.text());
    }
  }
  return out;
}

}  // namespace sallyport
