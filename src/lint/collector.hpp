// Collector: findings as they are made, with pointers and fingerprints in the end.
#pragma once

#include <string>
#include <vector>

#include "controls/contract/documents.hpp"
#include "lint/finding.hpp"
#include "lint/gateway.hpp"

namespace sallyport::lint {

using controls::contract::Seen;

// A bit for each rule.
using Broken = std::uint64_t;
static_assert(rule_count <= 64);

class Collector {
 public:
  Collector(controls::contract::Documents& documents, const Gateway& gateway)
      : documents_(documents), gateway_(gateway) {}

  // Of which operation what follows is said; empty: of the whole specification.
  void speak_of(std::string operation) { operation_ = std::move(operation); }
  // The rule's bit; 0 when the gateway sees to it.
  Broken add(Rule rule, Seen at, std::string detail = {});

  [[nodiscard]] std::vector<Finding> finish(const std::string& name) &&;

 private:
  struct Raw {
    Rule rule;
    Seen at;
    std::string operation;
    std::string detail;
  };
  [[nodiscard]] bool seen_to(Rule rule) const;
  [[nodiscard]] std::string file_of(std::uint32_t resource, const std::string& name) const;

  controls::contract::Documents& documents_;
  const Gateway& gateway_;
  std::string operation_;
  std::vector<Raw> raw_;
};

}  // namespace sallyport::lint
