#include "assembly/assembly.hpp"

#include <algorithm>

#include "controls/registry.hpp"
#include "http/host.hpp"
#include "spec/openapi.hpp"
#include "spec/router.hpp"

namespace sallyport::assembly {
namespace {

// "*.Example.com" -> "*.example.com"; refuses what no request can name.
std::optional<std::string> canonical_host(const std::string& text) {
  if (text == "*") return text;
  const bool pattern = text.starts_with("*.");
  Arena arena;
  const auto host = http::parse_authority(pattern ? std::string_view(text).substr(2) : std::string_view(text), arena);
  if (!host || host->port != 0 || text.ends_with(':')) return std::nullopt;
  return (pattern ? "*." : "") + std::string(host->host);
}

// A specification and where its operations went; nothing without one.
struct Described {
  std::optional<Spec> spec;
  std::vector<std::uint32_t> origins;
};

void read_spec(const settings::Api& from, const document::Node& at, Api& api, Described& described,
               config::Report& report) {
  auto spec = load_openapi(from.spec.path);
  if (!spec) {
    report.error(spec.error());
    return;
  }
  for (const Warning& warning : spec->warnings) {
    report.warning(Error{ErrorCode::invalid, warning.message, warning.where, {}});
  }
  const auto base =
      from.base_path.empty() ? std::optional<std::string_view>{} : std::optional<std::string_view>{from.base_path};
  auto mounted = mount(*spec, base);
  if (!mounted) {
    report.error(at, mounted.error().message, mounted.error().hint);
    return;
  }
  api.has_spec = true;
  api.base_path = mounted->base_path;
  api.operations = std::move(mounted->operations);
  if (api.owner.empty()) api.owner = spec->owner;
  api.version = spec->version;
  for (Operation& operation : api.operations) {
    if (operation.owner.empty()) operation.owner = api.owner;
    if (operation.purpose.empty()) operation.purpose = from.purpose;
    if (operation.data_classes.empty() && !from.data_class.empty()) operation.data_classes = {from.data_class};
  }
  // The stricter of what the file and the specification say.
  api.stage = std::max(api.stage, spec->stage);
  described.origins = std::move(mounted->origins);
  described.spec = std::move(*spec);
}

std::unique_ptr<const Api> make_api(const settings::Api& from, const document::Node& at, std::uint32_t index,
                                    Described& described, config::Report& report) {
  auto api = std::make_unique<Api>();
  api->index = index;
  api->name = from.name;
  api->stage = from.stage;
  api->owner = from.owner;
  api->path_parameters = from.path_parameters;
  api->encoded_slash = from.encoded_slash;
  api->base_path = from.base_path.empty() ? "/" : from.base_path;
  for (const std::string& host : from.hosts) {
    if (auto canonical = canonical_host(host)) {
      api->hosts.push_back(std::move(*canonical));
    } else {
      report.error(at, "`" + host + "` is no host name", "a name without scheme, port and path: api.example.com");
    }
  }
  if (!from.spec.empty()) read_spec(from, at, *api, described, report);
  return api;
}

Pipeline make_pipeline(const settings::Sections& own, const settings::Sections& defaults, const engine::Scope& scope,
                       config::Report& report) {
  std::vector<Step> steps;
  for (const engine::Descriptor& control : controls::registry()) {
    const std::string name(control.name);
    const auto section = own.contains(name) ? own.at(name) : defaults.contains(name) ? defaults.at(name) : nullptr;
    config::Report::Below below(report, control.name);
    const auto compiled = control.compile(section, scope, report);
    if (!compiled) continue;  // the report says why
    steps.push_back(Step{control.name, compiled->control, compiled->general.mode, compiled->general.on_error, 0, {}});
  }
  return Pipeline(std::move(steps));
}

}  // namespace

std::optional<Assembled> assemble(const document::Node& node, std::uint64_t generation,
                                  const std::shared_ptr<engine::Services>& services, config::Report& report) {
  auto root = config::read<settings::Root>(node, report);
  if (!root) return std::nullopt;
  std::optional<std::string> shared_by;
  if (root->shared.redis)
    shared_by = root->shared.redis->prefix + '\0' + std::string(root->shared.redis->password.reveal());
  if (!services->set_counters(root->shared.memory.budget.bytes, shared_by)) {
    report.warning(node,
                   "`shared.memory.budget`, or whether and under what names nodes share counters, was changed: "
                   "it holds from the next start on");
  }
  auto policy = std::make_shared<Policy>();
  policy->generation = generation;
  policy->services = services;
  policy->edge =
      make_pipeline(root->defaults.controls, {}, engine::Scope{nullptr, services.get(), nullptr, {}}, report);
  const document::Node* apis = node.find("apis");
  std::vector<const Api*> pointers;
  for (std::size_t i = 0; i < root->apis.size(); ++i) {
    const settings::Api& from = root->apis[i];
    const document::Node& at = apis->is_sequence() ? apis->items()[i] : *apis;
    config::Report::Below below(report, "apis");
    config::Report::Below one(report, i);
    Described described;
    policy->apis.push_back(make_api(from, at, static_cast<std::uint32_t>(i), described, report));
    const engine::Scope scope{policy->apis.back().get(), services.get(), described.spec ? &*described.spec : nullptr,
                              described.origins};
    policy->pipelines.push_back(make_pipeline(from.controls, root->defaults.controls, scope, report));
    pointers.push_back(policy->apis.back().get());
  }
  if (!report.ok()) return std::nullopt;
  auto router = Router::build(pointers);
  if (!router) {
    report.error(router.error());
    return std::nullopt;
  }
  policy->router = std::make_shared<const Router>(std::move(*router));
  for (settings::Api& api : root->apis) api.controls.clear();  // their nodes end with the documents
  root->defaults.controls.clear();
  return Assembled{std::move(*root), std::move(policy), {}};
}

std::optional<Assembled> load(const std::string& path, std::uint64_t generation,
                              const std::shared_ptr<engine::Services>& services, config::Report& report) {
  const auto loaded = config::load_with_includes(path, report);
  if (!loaded) {
    report.error(loaded.error());
    return std::nullopt;
  }
  if (!report.ok()) return std::nullopt;
  auto assembled = assemble(loaded->root(), generation, services, report);
  if (!assembled) return std::nullopt;
  // Defaults are paths beside the configuration, too.
  settings::Root& root = assembled->root;
  if (loaded->root().find("data") == nullptr) root.data = config::resolve_path(root.data.written, path);
  const document::Node* events = loaded->root().find("events");
  if (events == nullptr || events->find("directory") == nullptr) {
    root.events.directory = config::resolve_path(root.events.directory.written, path);
  }
  assembled->files.assign(loaded->files().begin(), loaded->files().end());
  return assembled;
}

}  // namespace sallyport::assembly

namespace sallyport {
namespace {

Result<std::shared_ptr<const Policy>> result_of(const std::optional<assembly::Assembled>& assembled,
                                                const config::Report& report) {
  if (assembled) return assembled->policy;
  return fail(ErrorCode::invalid, report.text());
}

}  // namespace

Result<std::shared_ptr<const Policy>> load_policy(const std::string& path) {
  config::Report report;
  return result_of(assembly::load(path, 1, std::make_shared<engine::Services>(), report), report);
}

Result<std::shared_ptr<const Policy>> parse_policy(std::string_view yaml, const std::string& origin) {
  config::Report report;
  const auto document = document::parse(std::string(yaml), origin);
  if (!document) return std::unexpected(document.error());
  return result_of(assembly::assemble(document->root(), 1, std::make_shared<engine::Services>(), report), report);
}

}  // namespace sallyport
