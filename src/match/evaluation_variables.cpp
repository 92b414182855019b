// Variables as rules read and write them while they run: kept ones, derived ones, and macros of both.
#include <charconv>
#include <ctime>

#include "match/evaluation.hpp"
#include "match/program.hpp"
#include "match/rule_set.hpp"

#include <sallyport/message.hpp>

namespace sallyport::match {

void Evaluation::set_variable(const Rule& rule, const SetVariable& set) {
  const std::string_view name = set.slot != no_slot ? std::string_view{} : expand(set.name, rule);
  if (set.kind == SetVariable::Kind::remove) {
    forget(set.store, set.slot, name);
    return;
  }
  std::string_view value = expand(set.value, rule);
  if (set.kind != SetVariable::Kind::assign) {
    const std::int64_t before = number_in(kept(set.store, set.slot, name).value_or("0"));
    const std::int64_t change = number_in(value);
    // Sums of rules stay far below; what would overflow stays as it was.
    std::int64_t sum = 0;
    const bool over = set.kind == SetVariable::Kind::add ? __builtin_add_overflow(before, change, &sum)
                                                         : __builtin_sub_overflow(before, change, &sum);
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, over ? before : sum).ptr;
    value = {digits, static_cast<std::size_t>(end - digits)};
    value = arena_->copy(value);
  }
  keep(set.store, set.slot, name, value);
}

void Evaluation::keep(Variable store, std::uint32_t slot, std::string_view name, std::string_view value) {
  // An empty text still says "set".
  if (value.data() == nullptr) value = std::string_view("", 0);
  if (slot != no_slot) {
    slots_[slot] = value;
    return;
  }
  if (slot = slot_of(store, name); slot != no_slot) {
    slots_[slot] = value;
    return;
  }
  for (Kept& other : others_.all()) {
    if (other.store == store && other.name.size() == name.size() && same_name(other.name, name)) {
      other.value = value;
      other.set = true;
      return;
    }
  }
  others_.push_back(*arena_, {store, arena_->copy(name), value, true});
}

std::uint32_t Evaluation::slot_of(Variable store, std::string_view name) const {
  const Program& program = rules_->program();
  return program.slot_index.find(program.slots, store, name);
}

void Evaluation::forget(Variable store, std::uint32_t slot, std::string_view name) {
  if (slot != no_slot) {
    slots_[slot] = {};
    return;
  }
  if (slot = slot_of(store, name); slot != no_slot) slots_[slot] = {};
  for (Kept& other : others_.all()) {
    if (other.store == store && same_name(other.name, name)) other.set = false;
  }
}

std::optional<std::string_view> Evaluation::kept(Variable store, std::uint32_t slot, std::string_view name) const {
  if (slot == no_slot) slot = slot_of(store, name);
  if (slot != no_slot) return slots_[slot].data() == nullptr ? std::nullopt : std::optional(slots_[slot]);
  for (const Kept& other : others_.all()) {
    if (other.store == store && other.set && same_name(other.name, name)) return other.value;
  }
  return std::nullopt;
}

std::int64_t Evaluation::number(Variable store, std::string_view name) const {
  return number_in(kept(store, no_slot, name).value_or("0"));
}

std::string_view Evaluation::text(Variable store, std::string_view name) const {
  return kept(store, no_slot, name).value_or(std::string_view{});
}

std::string_view Evaluation::expand(const Macro& macro, const Rule& rule) {
  if (macro.constant()) return macro.text();
  std::string_view out;
  for (const MacroPart& part : macro.parts) {
    std::string_view value = part.text;
    if (part.variable) {
      value = {};
      switch (variable_kind(*part.variable)) {
        case VariableKind::scalar:
          if (const auto items = input_.of(*part.variable); !items.empty()) value = items.front().value;
          break;
        case VariableKind::collection:
          for (const Item& item : input_.of(*part.variable)) {
            if (!same_name(item.name, part.text)) continue;
            value = item.value;
            break;
          }
          break;
        case VariableKind::store:
          value = kept(*part.variable, part.slot, part.text).value_or(std::string_view{});
          break;
        case VariableKind::derived:
          value = derived(*part.variable, part.text, rule);
          break;
      }
    }
    out = out.empty() ? value : value.empty() ? out : arena_->concat(out, value);
  }
  return out;
}

std::string_view Evaluation::derived(Variable variable, std::string_view name, const Rule& rule) {
  const auto number = [this](std::int64_t value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    return arena_->copy({digits, static_cast<std::size_t>(end - digits)});
  };
  const auto clock = [this] {
    const std::time_t seconds = now_us_ / 1'000'000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    return parts;
  };
  // Only what has the kind `derived` comes here; the rest of the enumeration is many.
  if (variable == Variable::matched_var) return matched_.value;
  if (variable == Variable::matched_var_name) return name_of(matched_);
  if (variable == Variable::highest_severity) return number(highest_severity_);
  if (variable == Variable::duration) return "0";
  if (variable == Variable::msc_pcre_limits_exceeded) return exhausted_ != nullptr ? "1" : "0";
  if (variable == Variable::time_epoch) return number(now_us_ / 1'000'000);
  if (variable == Variable::time_day) return number(clock().tm_mday);
  if (variable == Variable::time_hour) return number(clock().tm_hour);
  if (variable == Variable::time_min) return number(clock().tm_min);
  if (variable == Variable::time_mon) return number(clock().tm_mon);
  if (variable == Variable::time_sec) return number(clock().tm_sec);
  if (variable == Variable::time_wday) return number(clock().tm_wday);
  if (variable == Variable::time_year) return number(clock().tm_year + 1900);
  if (variable == Variable::time) {
    const std::tm parts = clock();
    char text[9];
    const std::size_t size = std::strftime(text, sizeof text, "%H:%M:%S", &parts);
    return arena_->copy({text, size});
  }
  if (variable == Variable::reqbody_processor) {
    switch (processor_) {
      case BodyProcessor::none:
        return {};
      case BodyProcessor::urlencoded:
        return "URLENCODED";
      case BodyProcessor::multipart:
        return "MULTIPART";
      case BodyProcessor::xml:
        return "XML";
      case BodyProcessor::json:
        return "JSON";
    }
  }
  if (variable == Variable::rule) {
    if (same_name(name, "id")) return number(rule.id);
    if (same_name(name, "msg")) return expand(rule.message, rule);
    if (same_name(name, "severity")) return number(rule.severity);
    if (same_name(name, "logdata")) return expand(rule.log_data, rule);
  }
  return {};
}

}  // namespace sallyport::match
