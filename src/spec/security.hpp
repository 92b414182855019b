// Who may call, as a description says it: `security` of the root and of operations, and the schemes
// that they name (OpenAPI 3.x "Security Requirement Object", Swagger 2.0 "securityDefinitions").
//
// A scheme that is not declared, or of a type that is not known, becomes SecurityNeed::Scheme::other,
// which nobody satisfies: a slip of the pen must not open an operation.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "document/node.hpp"

#include <sallyport/operation.hpp>
#include <sallyport/result.hpp>

namespace sallyport {

class SecurityReader {
 public:
  [[nodiscard]] Result<void> read_root(const document::Node& root, bool swagger);
  // Sets `security` and `security_declared`: the operation's own, or the root's.
  [[nodiscard]] Result<void> read_operation(const document::Node& node, Operation& out) const;

 private:
  using Alternatives = std::vector<std::vector<SecurityNeed>>;
  [[nodiscard]] Result<Alternatives> read(const document::Node& list) const;

  std::map<std::string, SecurityNeed::Scheme, std::less<>> schemes_;
  Alternatives root_;
  bool root_declared_ = false;
};

}  // namespace sallyport
