// Everything that is wrong with a configuration, not only the first thing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sallyport/result.hpp>

#include "document/node.hpp"

namespace sallyport::config {

enum class Severity : std::uint8_t { error, warning };

struct Problem {
  Severity severity = Severity::error;
  std::string where;    // "file:line:column", or empty
  std::string path;     // "listen[0].tls", or empty at the top
  std::string message;  // one line
  std::string hint;     // or empty

  // "where: path: message", "warning: " before the message of a warning, and an indented line
  // with the hint.
  [[nodiscard]] std::string text() const;
};

class Report {
 public:
  static constexpr std::size_t max_problems = 100;  // kept; further ones are only counted

  void error(const document::Node& at, std::string message, std::string hint = {});
  // At the key instead of the value.
  void error(const document::Entry& at, std::string message, std::string hint = {});
  void error(const Error& error);
  void warning(const document::Node& at, std::string message, std::string hint = {});
  void warning(const document::Entry& at, std::string message, std::string hint = {});
  void warning(const Error& error);

  [[nodiscard]] bool ok() const { return errors_ == 0; }
  [[nodiscard]] std::size_t errors() const { return errors_; }
  [[nodiscard]] std::size_t warnings() const { return warnings_; }
  [[nodiscard]] std::span<const Problem> problems() const { return problems_; }

  // A line for each problem (two with a hint), and one for those that were not kept.
  [[nodiscard]] std::string text() const;
  // {"errors": n, "warnings": n, "problems": [{severity, where, path, message, hint}]}
  [[nodiscard]] std::string json() const;

  // While it lives, problems are below this key or index: Report::Below below(report, "tls");
  class Below {
   public:
    Below(Report& report, std::string_view key);
    Below(Report& report, std::size_t index);
    Below(const Below&) = delete;
    Below& operator=(const Below&) = delete;
    ~Below() { report_.path_.resize(length_); }

   private:
    Report& report_;
    std::size_t length_;
  };

 private:
  void add(Severity severity, std::string where, std::string message, std::string hint);

  std::vector<Problem> problems_;
  std::string path_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
};

// What stands there, for messages: "`soon`", "nothing", "a list", "a mapping". Long texts are
// shortened, control characters escaped.
[[nodiscard]] std::string found(const document::Node& node);
// The same of a text.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace sallyport::config
