#include "controls/authorize/which_calls.hpp"

#include <algorithm>

namespace sallyport::controls::authorize {
namespace {

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// An error unless some operation has it.
void check_names(const std::vector<std::string>& names, const std::vector<std::string_view>& known,
                 std::string_view what, const document::Node& at, config::Report& report) {
  for (const std::string& name : names) {
    if (std::ranges::find(known, name) == known.end()) {
      report.error(at, "the specification has no " + std::string(what) + " `" + name + "`");
    }
  }
}

}  // namespace

const config::Table<CallNames>& config_table(const CallNames*) {
  static const auto table =
      config::Table<CallNames>("which_calls", "Which calls a rule is about: those that match all that it names.")
          .field("operations", &CallNames::operations,
                 {.doc = "operationIds of the specification.", .example = "refundOrder", .one_or_many = true})
          .field("tags", &CallNames::tags, {.doc = "Tags of operations.", .example = "admin", .one_or_many = true})
          .field("methods", &CallNames::methods, {.doc = "Request methods.", .example = "DELETE", .one_or_many = true})
          .field("paths", &CallNames::paths,
                 {.doc = "Paths: `*` is one segment, `**` at the end is this path and everything below.",
                  .example = "/admin/**",
                  .one_or_many = true});
  return table;
}

WhichCalls::WhichCalls(const CallNames& names, const Api* api, const document::Node& at, config::Report& report)
    : names_(names) {
  if (api != nullptr) {
    std::vector<std::string_view> ids;
    std::vector<std::string_view> tags;
    for (const Operation& operation : api->operations) {
      ids.push_back(operation.operation_id);
      tags.insert(tags.end(), operation.tags.begin(), operation.tags.end());
    }
    check_names(names.operations, ids, "operation", at, report);
    check_names(names.tags, tags, "tag", at, report);
  }
  for (const std::string& path : names.paths) {
    auto pattern = access::PathPattern::compile(path);
    if (pattern) {
      paths_.push_back(std::move(*pattern));
    } else {
      report.error(at, "`" + path + "`: " + pattern.error().message, pattern.error().hint);
    }
  }
}

WhichCalls::Match WhichCalls::match(const Request& request, const Operation* operation) const {
  if (!names_.operations.empty() && (operation == nullptr || !has(names_.operations, operation->operation_id))) {
    return Match::none;
  }
  if (!names_.tags.empty() &&
      (operation == nullptr ||
       std::ranges::none_of(operation->tags, [&](const std::string& tag) { return has(names_.tags, tag); }))) {
    return Match::none;
  }
  if (!names_.methods.empty() && !has(names_.methods, request.method_token)) return Match::none;
  if (paths_.empty()) return Match::exact;
  Match best = Match::none;
  for (const access::PathPattern& path : paths_) {
    if (path.matches(request.path)) return Match::exact;
    if (path.matches_loosely(request.path)) best = Match::loosely;
  }
  return best;
}

}  // namespace sallyport::controls::authorize
