// The actions of a rule: part of the compiler.
#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.hpp"
#include "http/characters.hpp"
#include "match/compiler.hpp"

namespace sallyport::match {
namespace {

bool is_disruptive(std::string_view name) {
  return name == "pass" || name == "block" || name == "deny" || name == "drop" || name == "allow" || name == "redirect";
}

template <class T>
bool whole_number(std::string_view text, T& value) {
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && at == text.data() + text.size();
}

struct NamedSeverity {
  std::string_view name;
  std::uint8_t value;
};
constexpr auto severities = std::to_array<NamedSeverity>({{"emergency", 0},
                                                          {"alert", 1},
                                                          {"critical", 2},
                                                          {"error", 3},
                                                          {"warning", 4},
                                                          {"notice", 5},
                                                          {"info", 6},
                                                          {"debug", 7}});

constexpr auto said_only =
    std::to_array<std::string_view>({"ver", "rev", "maturity", "accuracy", "auditlog", "noauditlog"});

}  // namespace

Result<void> Compiler::actions(std::vector<ActionText> given, Rule& rule, bool update) {
  transformations_.clear();
  if (!update) {
    // The phase first: the defaults are those of the phase.
    for (const ActionText& one : given) {
      if (one.name != "phase") continue;
      if (auto read = action(one, rule); !read) return read;
    }
    if (const auto defaults = defaults_.find(rule.phase); defaults != defaults_.end() && !rule.chained) {
      for (const ActionText& one : defaults->second.actions) {
        if (auto read = action(one, rule); !read) return read;
      }
      // What the defaults decide is what "block" means; a rule that says nothing gets it too.
    }
  }
  for (const ActionText& one : given) {
    if (update && (one.name == "id" || one.name == "phase" || one.name == "chain"))
      return fail(ErrorCode::invalid, "the action " + one.name + " of a rule cannot be changed");
    if (one.name == "phase" && rule.chained) continue;
    if (auto read = action(one, rule); !read) return read;
  }
  const bool transforms = std::ranges::any_of(given, [](const ActionText& one) { return one.name == "t"; });
  if (!update || transforms) rule.chain = chain_of(transformations_);
  return {};
}

Result<void> Compiler::action(const ActionText& action, Rule& rule) {
  const std::string& name = action.name;
  const auto wrong = [&](std::string_view why) {
    return fail(ErrorCode::invalid,
                "action " + name + (action.has_value ? ":" + action.value : std::string{}) + ": " + std::string(why));
  };
  if (rule.chained && (is_disruptive(name) || name == "id" || name == "skip" || name == "skipafter"))
    return wrong("only the first rule of a chain may say this");
  if (name == "id") return whole_number(action.value, rule.id) && rule.id != 0 ? Result<void>{} : wrong("no rule id");
  if (name == "phase") {
    const std::string value = lower_case(action.value);
    const std::string_view digits = value == "request"    ? "2"
                                    : value == "response" ? "4"
                                    : value == "logging"  ? "5"
                                                          : std::string_view(value);
    return whole_number(digits, rule.phase) && rule.phase >= first_phase && rule.phase <= last_phase
               ? Result<void>{}
               : wrong("a phase is 1 to 5, request, response or logging");
  }
  if (name == "t") {
    if (lower_case(action.value) == "none") {
      transformations_.clear();
      return {};
    }
    const auto found = transformation_named(action.value);
    if (!found) return wrong("this transformation is not supported");
    if (transformations_.size() + 1 >= max_chain) return wrong("more than 63 transformations");
    transformations_.push_back(*found);
    return {};
  }
  if (name == "pass")
    rule.disruptive = Disruptive::pass;
  else if (name == "block")
    rule.disruptive = Disruptive::block;
  else if (name == "deny")
    rule.disruptive = Disruptive::deny;
  else if (name == "drop")
    rule.disruptive = Disruptive::drop;
  else if (name == "redirect")
    rule.disruptive = Disruptive::redirect;  // refused: the answer names no other place
  else if (name == "allow") {
    const std::string what = lower_case(action.value);
    if (!what.empty() && what != "phase" && what != "request") return wrong("allow, allow:phase or allow:request");
    rule.disruptive = what.empty()      ? Disruptive::allow
                      : what == "phase" ? Disruptive::allow_phase
                                        : Disruptive::allow_request;
  } else if (name == "status") {
    if (!whole_number(action.value, rule.status) || rule.status < 300 || rule.status > 599) return wrong("no status");
  } else if (name == "log")
    rule.log = true;
  else if (name == "nolog")
    rule.log = false;
  else if (name == "capture")
    rule.capture = true;
  else if (name == "multimatch")
    rule.multi_match = true;
  else if (name == "chain")
    rule.continues = true;
  else if (name == "tag")
    rule.tags.push_back(action.value);
  else if (name == "skipafter")
    rule.skip_after = action.value;
  else if (name == "skip") {
    if (!whole_number(action.value, rule.skip) || rule.skip > max_rules) return wrong("no number of rules");
  } else if (name == "severity") {
    const std::string value = lower_case(action.value);
    const auto found = std::ranges::find(severities, std::string_view(value), &NamedSeverity::name);
    if (found != severities.end())
      rule.severity = found->value;
    else if (!whole_number(value, rule.severity) || rule.severity > 7)
      return wrong("no severity");
  } else if (name == "msg" || name == "logdata") {
    auto text = macro(action.value);
    if (!text) return std::unexpected(text.error());
    (name == "msg" ? rule.message : rule.log_data) = std::move(*text);
  } else if (name == "setvar")
    return set_variable(action, rule);
  else if (name == "ctl")
    return setting(action, rule);
  else if (name == "initcol" || name == "expirevar") {
    // Stores live as long as the call: made when first set, gone with it.
    const std::size_t end = action.value.find_first_of("=.");
    const auto store = variable_named(action.value.substr(0, end));
    if (end == std::string::npos || !store || variable_kind(*store) != VariableKind::store)
      return wrong("no collection");
  } else if (name.starts_with("sanitise") || name.starts_with("sanitize")) {
    // Events never hold values unmasked.
  } else if (std::ranges::find(said_only, std::string_view(name)) == said_only.end()) {
    return wrong("this action is not supported");
  }
  return {};
}

Result<void> Compiler::set_variable(const ActionText& action, Rule& rule) {
  std::string_view text = action.value;
  SetVariable set;
  const bool removal = text.starts_with('!');
  if (removal) text.remove_prefix(1);
  const std::size_t dot = text.find('.');
  const auto store = variable_named(text.substr(0, dot));
  if (dot == std::string_view::npos || !store || variable_kind(*store) != VariableKind::store)
    return fail(ErrorCode::invalid, "setvar:" + action.value + " names no collection that rules can set");
  set.store = *store;
  text.remove_prefix(dot + 1);
  const std::size_t equals = text.find('=');
  auto name = macro(text.substr(0, equals));
  if (!name) return std::unexpected(name.error());
  set.name = std::move(*name);
  if (set.name.constant()) set.slot = slot(set.store, set.name.text());
  std::string_view value = equals == std::string_view::npos ? std::string_view("1") : text.substr(equals + 1);
  if (removal) {
    set.kind = SetVariable::Kind::remove;
  } else if (value.starts_with('+') || value.starts_with('-')) {
    set.kind = value.front() == '+' ? SetVariable::Kind::add : SetVariable::Kind::subtract;
    value.remove_prefix(1);
  }
  auto read = macro(value);
  if (!read) return std::unexpected(read.error());
  set.value = std::move(*read);
  rule.sets.push_back(std::move(set));
  return {};
}

Result<void> Compiler::setting(const ActionText& action, Rule& rule) {
  const std::size_t equals = action.value.find('=');
  const std::string name = lower_case(std::string_view(action.value).substr(0, equals));
  const std::string value = equals == std::string::npos ? std::string{} : action.value.substr(equals + 1);
  const auto wrong = [&](std::string_view why) {
    return fail(ErrorCode::invalid, "ctl:" + action.value + ": " + std::string(why));
  };
  Setting out;
  const std::string low = lower_case(value);
  if (name == "ruleengine") {
    out.kind = Setting::Kind::rule_engine;
    if (low != "on" && low != "off" && low != "detectiononly") return wrong("On, DetectionOnly or Off");
    out.value = low == "off" ? 0 : low == "on" ? 1 : 2;
  } else if (name == "requestbodyprocessor") {
    constexpr auto processors = std::to_array<std::string_view>({"none", "urlencoded", "multipart", "xml", "json"});
    const auto found = std::ranges::find(processors, std::string_view(low));
    if (found == processors.end()) return wrong("URLENCODED, MULTIPART, XML or JSON");
    out.kind = Setting::Kind::body_processor;
    out.value = static_cast<std::uint32_t>(found - processors.begin());
  } else if (name == "forcerequestbodyvariable") {
    out.kind = Setting::Kind::force_request_body;
    out.value = low == "on" ? 1 : 0;
  } else if (name == "auditengine" || name == "auditlogparts" || name == "debugloglevel") {
    out.kind = Setting::Kind::ignored;
  } else if (name.starts_with("ruleremove")) {
    const std::size_t split = value.find(';');
    const bool targets = name.starts_with("ruleremovetarget");
    const std::string_view by = std::string_view(name).substr(targets ? 16 : 10);
    if (targets != (split != std::string::npos)) return wrong("rules, and behind ; the variable");
    Pending pending;
    if (by == "byid")
      pending.by = Pending::By::id;
    else if (by == "bytag")
      pending.by = Pending::By::tag;
    else if (by == "bymsg")
      pending.by = Pending::By::message;
    else
      return wrong("this setting is not supported");
    out.kind = targets ? Setting::Kind::remove_targets : Setting::Kind::remove_rules;
    if (targets) {
      Rule probe;
      if (auto read = this->targets(std::string_view(value).substr(split + 1), probe); !read) return read;
      if (probe.targets.size() != 1) return wrong("one variable");
      out.target = {probe.targets[0].variable, std::move(probe.targets[0].selector)};
    }
    // The rule is the next one, unless it is an earlier one that is updated.
    const auto known = std::ranges::find_if(program_.rules, [&rule](const Rule& other) { return &other == &rule; });
    pending.rule = static_cast<std::uint32_t>(known - program_.rules.begin());
    pending.setting = rule.settings.size();
    pending.text = value.substr(0, split);
    pending_.push_back(std::move(pending));
  } else {
    return wrong("this setting is not supported");
  }
  rule.settings.push_back(std::move(out));
  return {};
}

}  // namespace sallyport::match
