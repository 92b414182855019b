// Report: what replay says, for people or as one JSON document, written as it comes so that a long
// log needs no memory.
#pragma once

#include <array>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>

#include "replay/compare.hpp"

#include <sallyport/result.hpp>

namespace sallyport::replay {

class Report {
 public:
  enum class Form : std::uint8_t { text, json };
  static constexpr std::size_t max_errors = 100;  // told one by one; further ones are counted
  static constexpr std::size_t max_groups = 200;  // lines of each table; the rest counts as "other"

  // `all`: each call is told, and not only those that changed or could not be judged. Errors of the
  // text form go to `errors`.
  Report(std::ostream& out, std::ostream& errors, Form form, bool all);

  void add(const Call& call, const Comparison& comparison);
  void error(const Error& error);
  // The summary; nothing may be added afterwards.
  void finish();

  [[nodiscard]] std::uint64_t calls() const { return calls_; }
  [[nodiscard]] std::uint64_t errors() const { return error_count_; }
  [[nodiscard]] std::uint64_t of(Sameness result) const { return results_[static_cast<std::size_t>(result)]; }

 private:
  using Table = std::map<std::string, std::uint64_t>;
  void count(Table& table, const std::string& group, std::uint64_t by = 1);
  void tell(const Call& call, const Comparison& comparison);
  void tell_json(const Call& call, const Comparison& comparison);
  void finish_text();
  void finish_json();

  std::ostream& out_;
  std::ostream& errors_out_;
  Form form_;
  bool all_;
  std::string error_list_;  // JSON
  std::uint64_t calls_ = 0;
  std::uint64_t told_ = 0;
  std::uint64_t error_count_ = 0;
  std::uint64_t with_stand_ins_ = 0;
  std::array<std::uint64_t, sameness_count> results_{};
  Table decisions_;
  Table changes_;
  Table lacks_;
  Table unknown_;
};

// "denied 403 by access: rule".
[[nodiscard]] std::string describe(const Decision& decision);

}  // namespace sallyport::replay
