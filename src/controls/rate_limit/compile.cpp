#include "controls/rate_limit/compile.hpp"

#include <algorithm>

namespace sallyport::controls::rate_limit {
namespace {

constexpr std::int64_t longest_call_us = std::int64_t{3600} * 1'000'000;  // a place is held no longer

bool names(const Operation& operation, const std::string& text) {
  return operation.operation_id == text || operation.label == text;
}

void unknown_operation(const std::string& text, const document::Node* at, config::Report& report) {
  if (at == nullptr) return;
  report.error(*at, "the specification has no operation `" + text + "`", "its operationId, or GET /orders/{id}");
}

std::string words(const Rule& rule) {
  std::string out = rule.concurrent != 0 ? std::to_string(rule.concurrent) + " at once" : format_rate(rule.limit);
  if (rule.burst != 0) out += " with bursts of " + std::to_string(rule.burst);
  out += " by ";
  for (std::size_t i = 0; i < rule.by.size(); ++i) out += (i == 0 ? "" : " and ") + format_subject(rule.by[i]);
  return out;
}

}  // namespace

std::vector<Classified> classify_all(const Api* api, const std::map<std::string, Class>& given,
                                     const document::Node* at, config::Report& report) {
  std::vector<Classified> out;
  if (api == nullptr) return out;
  std::map<std::string, bool> used;
  for (const Operation& operation : api->operations) {
    Classified one = classify(operation);
    for (const auto& [text, is] : given) {
      if (!names(operation, text)) continue;
      one = {is, "the configuration says so"};
      used[text] = true;
    }
    out.push_back(std::move(one));
  }
  for (const auto& [text, is] : given) {
    if (api->has_spec && !used.contains(text)) unknown_operation(text, at, report);
  }
  return out;
}

std::vector<Class> classes_of(const std::vector<Classified>& all) {
  std::vector<Class> out;
  for (const Classified& one : all) out.push_back(one.is);
  return out;
}

std::optional<LimitRule> compile(const Rule& rule, const Api* api, const document::Node* at, config::Report& report) {
  LimitRule out;
  out.name = rule.name;
  out.text = words(rule);
  out.by = rule.by;
  out.cost = rule.cost;
  out.on_store_error = rule.on_store_error;
  out.methods = rule.methods;
  for (const Class one : rule.classes) out.classes |= static_cast<std::uint8_t>(1u << static_cast<unsigned>(one));
  for (const std::string& path : rule.paths) {
    if (auto pattern = access::PathPattern::compile(path)) out.paths.push_back(std::move(*pattern));
  }
  if (api != nullptr && api->has_spec && !rule.operations.empty()) {
    out.operations.resize(api->operations.size());
    for (const std::string& text : rule.operations) {
      bool found = false;
      for (const Operation& operation : api->operations) {
        if (!names(operation, text)) continue;
        out.operations[operation.index] = found = true;
      }
      if (!found) unknown_operation(text, at, report);
    }
  } else if (!rule.operations.empty()) {
    out.operations.resize(1);  // no call has an operation
  }
  if (rule.concurrent != 0) {
    out.limit = {shared::Algorithm::concurrency, rule.concurrent, longest_call_us, 1};
    out.cost = 1;
  } else if (rule.limit.period) {
    out.limit = {shared::Algorithm::quota, rule.limit.amount, 0, 1};
    out.period = *rule.limit.period;
    auto zone = shared::TimeZone::load(rule.time_zone);
    if (!zone) {
      if (at != nullptr) report.error(*at, zone.error().message, zone.error().hint);
      return std::nullopt;
    }
    out.zone = std::move(*zone);
  } else {
    const std::int64_t window = std::chrono::microseconds(rule.limit.window).count();
    out.limit = rule.burst != 0 ? shared::Limit{shared::Algorithm::bucket, rule.limit.amount, window, rule.burst}
                                : shared::Limit{shared::Algorithm::window, rule.limit.amount, window, 1};
  }
  if (!out.limit.is_sound()) {
    if (at != nullptr) {
      report.error(*at, "`" + rule.name + "`: the limit is out of range", "a bucket must be full again within 7 days");
    }
    return std::nullopt;
  }
  return out;
}

std::string explain(const Api& api, const std::vector<Classified>& all) {
  std::string out;
  for (const Operation& operation : api.operations) {
    const Classified& one = all[operation.index];
    if (one.is == Class::data) continue;
    out += api.name + ": " + operation.label + " is of class " + std::string(name_of(one.is)) + ": " + one.why + "\n";
  }
  return out;
}

}  // namespace sallyport::controls::rate_limit
