#include "discover/learned_api.hpp"

#include <algorithm>
#include <tuple>

#include "base/ascii.hpp"
#include "decode/json.hpp"
#include "decode/percent.hpp"

namespace sallyport::discover {
namespace {

constexpr std::size_t max_types = 8;

constexpr auto known_methods = std::to_array<std::pair<std::string_view, Method>>({{"GET", Method::get},
                                                                                   {"HEAD", Method::head},
                                                                                   {"POST", Method::post},
                                                                                   {"PUT", Method::put},
                                                                                   {"DELETE", Method::delete_},
                                                                                   {"OPTIONS", Method::options},
                                                                                   {"TRACE", Method::trace},
                                                                                   {"PATCH", Method::patch}});

std::optional<Method> method_of(std::string_view token) {
  const auto* const at = std::ranges::find(known_methods, token, &std::pair<std::string_view, Method>::first);
  return at == known_methods.end() ? std::nullopt : std::optional(at->second);
}

// "Application/JSON; charset=utf-8" -> "application/json".
std::string media_type(std::string_view text) {
  std::string out = lower_case(text.substr(0, text.find(';')));
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

bool is_json(std::string_view type) { return type == "application/json" || type.ends_with("+json"); }

bool answered(const Seen& seen) {
  // A record without statuses is believed.
  return std::ranges::any_of(seen.statuses, [](const auto& one) { return one.first == 0 || one.first < 400; });
}

// "orders" -> "order", "categories" -> "category", "user-groups" -> "userGroup".
std::string singular(std::string_view segment) {
  std::string out;
  bool capital = false;
  for (const char c : segment) {
    if (!is_letter(c) && !is_digit(c)) {
      capital = !out.empty();
      continue;
    }
    out += capital && is_lower(c) ? static_cast<char>(c - 'a' + 'A') : out.empty() ? lower(c) : c;
    capital = false;
  }
  if (out.size() > 4 && out.ends_with("ies")) {
    out.replace(out.size() - 3, 3, "y");
  } else if (out.size() > 3 && out.ends_with('s') && !out.ends_with("ss") && !out.ends_with("us")) {
    out.pop_back();
  }
  return out;
}

// "/a/{}/b/{}.json" with names put in.
std::string named(std::string_view path, const std::vector<std::string>& names) {
  std::string out;
  std::size_t next = 0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    out += path[i];
    if (path[i] == '{' && next < names.size()) out += names[next++];
  }
  return out;
}

}  // namespace

std::vector<std::string> variable_names(std::string_view path) {
  std::vector<std::string> names;
  std::string before;
  while (!path.empty()) {
    path.remove_prefix(path.starts_with('/') ? 1 : 0);
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(end);
    if (!segment.contains("{}")) {
      before = singular(segment);
      continue;
    }
    const std::string name = before.empty() ? "id" : before + "Id";
    std::string fresh = name;
    for (int number = 2; std::ranges::find(names, fresh) != names.end(); ++number)
      fresh = name + std::to_string(number);
    names.push_back(fresh);
  }
  return names;
}

void Seen::merge(const Seen& other) {
  calls += other.calls;
  for (const auto& [status, count] : other.statuses) statuses[status] += count;
  for (const auto& [name, parameter] : other.query) {
    if (!query.contains(name) && query.size() >= LearnedApi::max_parameters) continue;
    Parameter& own = query[name];
    own.shape.merge(parameter.shape);
    own.calls += parameter.calls;
  }
  request.merge(other.request);
  for (const auto& [status, shape] : other.answers) answers[status].merge(shape);
  for (const auto& [type, count] : other.request_types) {
    if (request_types.contains(type) || request_types.size() < max_types) request_types[type] += count;
  }
}

Result<std::unique_ptr<LearnedApi>> LearnedApi::against(const Spec& spec) {
  auto mounted = mount(spec);
  if (!mounted) return std::unexpected(std::move(mounted.error()));
  auto out = std::make_unique<LearnedApi>();
  out->api_.name = spec.title;
  out->api_.version = spec.version;
  out->api_.hosts = {"*"};
  out->api_.has_spec = true;
  out->api_.base_path = std::move(mounted->base_path);
  out->api_.operations = std::move(mounted->operations);
  out->origins_ = std::move(mounted->origins);
  out->declared_.resize(out->api_.operations.size());
  auto router = Router::build({&out->api_});
  if (!router) return std::unexpected(std::move(router.error()));
  out->router_ = std::move(*router);
  return out;
}

Seen* LearnedApi::place_of(const Sighting& sighting) {
  const auto method = method_of(sighting.method);
  if (!method) return nullptr;  // callers invent methods; an API has these
  if (!declared_.empty()) {
    const Route route = router_.find("any", sighting.path, *method, sighting.method);
    if (route.operation != nullptr) return &declared_[route.operation->index];
  }
  ((lookup_ = sighting.method) += ' ') += sighting.path;
  if (const auto at = others_.find(lookup_); at != others_.end()) return &at->second;
  if (others_.size() >= max_paths) return nullptr;
  return &others_[lookup_];
}

void LearnedApi::add(const Sighting& sighting) {
  ++calls_;
  Seen* const seen = place_of(sighting);
  if (seen == nullptr) {
    ++left_out_;
    return;
  }
  ++seen->calls;
  ++seen->statuses[sighting.status];
  // What was refused says nothing of what the API takes.
  if (sighting.status >= 400) return;
  if (!sighting.query.empty()) add_query(*seen, sighting.query);
  add_bodies(*seen, sighting);
}

void LearnedApi::add_query(Seen& seen, std::string_view query) {
  arena_.reset();
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = decode::decode_percent(pair.substr(0, equals), decode::Plus::space, 0, arena_);
    const auto value =
        decode::decode_percent(pair.substr(std::min(equals + 1, pair.size())), decode::Plus::space, 0, arena_);
    if (!name || !value || name->empty() || name->size() > max_parameter) continue;
    auto at = seen.query.find(*name);
    if (at == seen.query.end()) {
      if (seen.query.size() >= max_parameters) continue;
      at = seen.query.emplace(std::string(*name), Seen::Parameter{}).first;
    }
    ++at->second.calls;
    at->second.shape.add_text(*value);
  }
}

void LearnedApi::add_bodies(Seen& seen, const Sighting& sighting) {
  if (!sighting.request_type.empty()) {
    const std::string type = media_type(sighting.request_type);
    if (seen.request_types.contains(type) || seen.request_types.size() < max_types) ++seen.request_types[type];
  }
  const auto add = [this](std::string_view body, std::string_view type, Shape& shape) {
    if (body.empty() || !is_json(media_type(type))) return;
    arena_.reset();
    const auto parsed = decode::parse_json(body, arena_, {.duplicates = true});
    if (parsed) shape.add(**parsed);
  };
  add(sighting.request_body, sighting.request_type, seen.request);
  if (!sighting.response_body.empty())
    add(sighting.response_body, sighting.response_type, seen.answers[sighting.status]);
}

std::vector<LearnedEndpoint> LearnedApi::endpoints() {
  std::vector<LearnedEndpoint> out;
  for (std::size_t i = 0; i < declared_.size(); ++i) {
    const Operation& operation = api_.operations[i];
    LearnedEndpoint& one = out.emplace_back();
    one.method = operation.method_token;
    one.path = operation.path_template;
    one.variables = operation.parameters;
    one.declared = &operation;
    one.seen = declared_[i];
  }
  inventory::LearnedPaths paths;
  for (const auto& [key, seen] : others_) {
    if (answered(seen)) paths.add(std::string_view(key).substr(key.find(' ') + 1), seen.calls);
  }
  paths.learn();
  left_out_ += paths.left_out();
  std::map<std::pair<std::string, std::string>, LearnedEndpoint> learned;
  for (const auto& [key, seen] : others_) {
    const std::size_t space = key.find(' ');
    const inventory::LearnedPath* const path = paths.find(std::string_view(key).substr(space + 1));
    if (path == nullptr) continue;
    LearnedEndpoint& one = learned[{path->path, key.substr(0, space)}];
    if (one.method.empty()) {
      one.method = key.substr(0, space);
      one.variables = variable_names(path->path);
      one.kinds = path->values;
      one.path = named(path->path, one.variables);
    }
    one.seen.merge(seen);
  }
  for (auto& [key, one] : learned) {
    if (answered(one.seen)) out.push_back(std::move(one));  // a method that was only ever refused is none
  }
  std::ranges::sort(out, {}, [](const LearnedEndpoint& one) { return std::tie(one.path, one.method); });
  return out;
}

}  // namespace sallyport::discover
