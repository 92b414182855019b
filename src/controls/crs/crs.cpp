// crs: the rules of the OWASP Core Rule Set, and any others in ModSecurity's language. Contract in
// README.md.
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string>

#include "controls/crs/config.hpp"
#include "controls/crs/report.hpp"
#include "engine/descriptor.hpp"
#include "match/http_input.hpp"
#include "match/rule_set.hpp"

namespace sallyport::controls::crs {
namespace {

constexpr const char* packaged_setup = "/etc/modsecurity/crs/crs-setup.conf";
constexpr const char* packaged_before = "/etc/modsecurity/crs/REQUEST-900-EXCLUSION-RULES-BEFORE-CRS.conf";
constexpr const char* packaged_rules = "/usr/share/modsecurity-crs/rules/*.conf";
constexpr const char* packaged_after = "/etc/modsecurity/crs/RESPONSE-999-EXCLUSION-RULES-AFTER-CRS.conf";

struct State {
  match::Evaluation* evaluation = nullptr;
  std::size_t noted = 0;  // matches that stand in the event
};

bool same(std::string_view a, std::string_view b) { return same_name(a, b); }

// Types of answers whose text is looked at.
bool is_text(std::string_view media_type) {
  std::string_view type = media_type.substr(0, media_type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  for (const std::string_view text : {"text/plain", "text/html", "text/xml", "application/json", "application/xml"}) {
    if (same(type, text)) return true;
  }
  return type.ends_with("+json") || type.ends_with("+xml");
}

class Crs final : public Control {
 public:
  Crs(const Config& config, std::shared_ptr<const match::RuleSet> rules) : config_(config), rules_(std::move(rules)) {}

  [[nodiscard]] Phases phases() const override {
    if (rules_ == nullptr) return {};
    if (!config_.responses) return {Phase::request_head, Phase::request_body};
    return {Phase::request_head, Phase::request_body, Phase::response_head, Phase::response_body, Phase::end};
  }
  [[nodiscard]] StateLayout state_layout() const override { return StateLayout::of<State>(); }

  Verdict on_request_head(const Context& context) const override {
    State& state = context.state<State>();
    state.evaluation = match::Evaluation::begin(*rules_, context.arena(), context.now() * 1'000'000);
    match::fill_request_head(*state.evaluation, context.request(), context.connection(), {});
    Verdict verdict = run(context, 1, "request");
    if (!std::holds_alternative<Pass>(verdict)) return verdict;
    if (context.request().framing == Framing::none) {
      match::fill_request_body(*state.evaluation, {});
      return run(context, 2, "request");
    }
    context.want_body(config_.max_body.bytes);
    return Pass{};
  }

  Verdict on_request_body(const Context& context) const override {
    State& state = context.state<State>();
    if (state.evaluation == nullptr) return Failed{"the request's head was not seen"};
    match::fill_request_body(*state.evaluation, context.body());
    return run(context, 2, "request");
  }

  Verdict on_response_head(const Context& context) const override {
    State& state = context.state<State>();
    if (state.evaluation == nullptr) return Failed{"the request's head was not seen"};
    const Response& response = context.response();
    match::fill_response_head(*state.evaluation, response);
    Verdict verdict = run(context, 3, "response");
    if (!std::holds_alternative<Pass>(verdict)) return verdict;
    const Field* type = response.fields.find(FieldName::content_type);
    const Field* coding = response.fields.find(FieldName::content_encoding);
    const bool readable = coding == nullptr || same(coding->value, "identity");
    if (response.framing != Framing::none && readable && type != nullptr && is_text(type->value)) {
      context.want_body(config_.max_response.bytes);
      return Pass{};
    }
    match::fill_response_body(*state.evaluation, {});
    return run(context, 4, "response");
  }

  Verdict on_response_body(const Context& context) const override {
    State& state = context.state<State>();
    if (state.evaluation == nullptr) return Failed{"the request's head was not seen"};
    match::fill_response_body(*state.evaluation, context.body());
    return run(context, 4, "response");
  }

  void on_end(const Context& context) const override {
    State& state = context.state<State>();
    if (state.evaluation == nullptr) return;
    state.evaluation->run(5);
    note(context, state);
  }

 private:
  static void note(const Context& context, State& state) {
    if (state.evaluation->matches().size() == state.noted) return;
    note_matches(context, *state.evaluation, state.noted);
    state.noted = state.evaluation->matches().size();
  }

  Verdict run(const Context& context, int phase, std::string_view what) const {
    State& state = context.state<State>();
    const bool denied_before = state.evaluation->denied() != nullptr;
    state.evaluation->run(phase);
    note(context, state);
    if (state.evaluation->exhausted() != nullptr) {
      const std::string_view id = number(context, state.evaluation->exhausted_id());
      return deny(context, what, {"budget", context.arena().concat("rule ", id, " spent its budget")});
    }
    if (state.evaluation->denied() == nullptr || denied_before) return Pass{};
    return deny(context, what,
                {"anomaly_score", context.arena().concat("rule ", number(context, state.evaluation->denied()->id))});
  }

  static std::string_view number(const Context& context, std::uint64_t value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    return context.arena().copy({digits, static_cast<std::size_t>(end - digits)});
  }

  // An answer that is held back becomes a generic error, a request is forbidden.
  static Verdict deny(const Context& context, std::string_view what, Reason reason) {
    if (what == "request") return Deny{{403, "forbidden", "The request is not allowed", {}, {}, {}}, reason};
    const auto problem = context.arena().array<Problem>(1);
    problem[0] = Problem{502, "withheld", "The answer was withheld", {}, {}, {}};
    return Rewrite{{}, problem.data(), reason};
  }

  Config config_;
  std::shared_ptr<const match::RuleSet> rules_;
};

std::vector<match::Source> sources_of(const Config& config) {
  std::vector<match::Source> sources;
  // What a rule says with "block" is left to the anomaly score.
  sources.push_back(
      match::Source::rules("SecDefaultAction \"phase:1,log,pass\"\nSecDefaultAction \"phase:2,log,pass\"\n"
                           "SecDefaultAction \"phase:3,log,pass\"\nSecDefaultAction \"phase:4,log,pass\"\n",
                           "crs defaults"));
  std::string folder = config.rules.path;
  if (config.packaged) {
    sources.push_back(match::Source::file(packaged_setup));
  } else {
    const std::string own = folder + "/crs-setup.conf";
    sources.push_back(match::Source::file(std::filesystem::exists(own) ? own : own + ".example"));
  }
  std::string level = std::to_string(config.paranoia);
  std::string in = std::to_string(config.inbound_threshold);
  std::string out = std::to_string(config.outbound_threshold);
  // The names of version 3 and of version 4.
  sources.push_back(match::Source::rules(
      "SecAction \"id:1,phase:1,nolog,pass,t:none,setvar:tx.paranoia_level=" + level +
          ",setvar:tx.executing_paranoia_level=" + level + ",setvar:tx.blocking_paranoia_level=" + level +
          ",setvar:tx.detection_paranoia_level=" + level + ",setvar:tx.inbound_anomaly_score_threshold=" + in +
          ",setvar:tx.outbound_anomaly_score_threshold=" + out + "\"\n",
      "crs settings"));
  if (config.packaged) sources.push_back(match::Source::optional_file(packaged_before));
  for (const config::FilePath& file : config.before) sources.push_back(match::Source::file(file.path));
  sources.push_back(match::Source::file(config.packaged ? std::string(packaged_rules) : folder + "/rules/*.conf"));
  if (config.packaged) sources.push_back(match::Source::optional_file(packaged_after));
  for (const config::FilePath& file : config.after) sources.push_back(match::Source::file(file.path));
  return sources;
}

std::shared_ptr<const Control> make(const Config& config, const engine::Scope&, const document::Node* section,
                                    config::Report& report) {
  if (config.rules.empty() && !config.packaged) return std::make_shared<const Crs>(config, nullptr);
  match::Options options;
  options.paranoia = static_cast<int>(config.paranoia);
  options.cache_folder = config.cache.path;
  auto rules = match::RuleSet::compile(sources_of(config), options);
  if (!rules) {
    report.error(*section, rules.error().where + ": " + rules.error().message, rules.error().hint);
    return nullptr;
  }
  return std::make_shared<const Crs>(config, std::move(*rules));
}

}  // namespace

const engine::Descriptor& descriptor() {
  static constexpr auto self =
      engine::describe<Config, make>("crs", "Runs the OWASP Core Rule Set and other rules of ModSecurity's language.");
  return self;
}

}  // namespace sallyport::controls::crs
