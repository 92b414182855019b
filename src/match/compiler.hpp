// From directives to a program: names resolved, defaults applied, removals and updates done.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sallyport/result.hpp>

#include "match/directive.hpp"
#include "match/program.hpp"
#include "match/rule_set.hpp"

namespace sallyport::match {

inline constexpr std::size_t max_rules = 60'000;
inline constexpr std::size_t max_files = 5'000;
inline constexpr std::size_t max_file_bytes = 16u << 20;
inline constexpr int max_include_depth = 16;

class Compiler {
 public:
  Compiler();
  [[nodiscard]] Result<void> read(const Source& source);
  // After the last source; the compiler is used up.
  [[nodiscard]] Result<Program> finish();

 private:
  struct Defaults {  // SecDefaultAction of a phase
    std::vector<ActionText> actions;
  };
  struct Marker {
    std::string name;
    std::array<std::uint32_t, last_phase + 1> at{};  // index into the order of each phase
  };
  // "ctl:ruleRemove…" until all rules are known.
  struct Pending {
    enum class By : std::uint8_t { id, tag, message } by = By::id;
    std::uint32_t rule = 0;
    std::size_t setting = 0;
    std::string text;
  };

  Result<void> read_file(const std::string& path, int depth);
  Result<void> read_text(std::string_view text, const std::string& name, const std::string& folder, int depth);
  Result<void> take(const Directive& directive, const std::string& folder, int depth);
  Result<void> include(const Directive& directive, const std::string& folder, int depth, bool optional);
  Result<void> engine_setting(const Directive& directive, const std::string& name);
  Result<void> default_action(const Directive& directive);
  Result<void> rule(const Directive& directive, const std::string& folder);
  Result<void> targets(std::string_view text, Rule& rule);
  Result<void> actions(std::vector<ActionText> given, Rule& rule, bool update);
  Result<void> action(const ActionText& action, Rule& rule);
  Result<void> set_variable(const ActionText& action, Rule& rule);
  Result<void> setting(const ActionText& action, Rule& rule);
  Result<Macro> macro(std::string_view text);
  Result<Selector> selector(std::string_view text) const;
  Result<void> remove(const Directive& directive, Pending::By by);
  Result<void> update_targets(const Directive& directive, Pending::By by);
  Result<void> update_actions(const Directive& directive);
  [[nodiscard]] Result<std::vector<std::uint32_t>> select(Pending::By by, const std::string& text) const;
  void filter_removed();
  std::uint32_t slot(Variable store, std::string_view name);
  std::uint32_t chain_of(std::span<const Transformation> transformations);
  [[nodiscard]] std::string where(Place place) const;

  Program program_;
  std::map<int, Defaults> defaults_;
  std::vector<Marker> markers_;
  std::vector<Pending> pending_;
  std::vector<bool> removed_;
  std::unordered_map<std::string, std::uint32_t> slots_;
  std::vector<Transformation> transformations_;  // of the rule that is read
  bool expect_link_ = false;
  std::uint32_t files_read_ = 0;
};

}  // namespace sallyport::match
