// For tests and benchmarks of the router: APIs written in one line each, results as text.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "spec/router.hpp"

namespace sallyport::testing {

inline Method method_of(std::string_view token) {
  static constexpr std::string_view known[] = {"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                               "CONNECT", "OPTIONS", "TRACE", "PATCH"};
  for (std::size_t i = 0; i < std::size(known); ++i) {
    if (known[i] == token) return static_cast<Method>(i);
  }
  return Method::other;
}

struct GateApi : Api {
  GateApi& on(Method method, std::string token, std::string path) {
    Operation operation;
    operation.index = static_cast<std::uint32_t>(operations.size());
    operation.method = method;
    operation.label = token + " " + path;
    operation.method_token = std::move(token);
    operation.path_template = std::move(path);
    operations.push_back(std::move(operation));
    return *this;
  }
  GateApi& get(std::string path) { return on(Method::get, "GET", std::move(path)); }
  GateApi& without_spec() {
    has_spec = false;
    return *this;
  }
};

class Gate {
 public:
  GateApi& api(std::string name, std::vector<std::string> hosts, std::string base_path) {
    apis_.push_back(std::make_unique<GateApi>());
    GateApi& api = *apis_.back();
    api.index = static_cast<std::uint32_t>(apis_.size() - 1);
    api.name = std::move(name);
    api.hosts = std::move(hosts);
    api.base_path = std::move(base_path);
    api.has_spec = true;
    return api;
  }
  void build() {
    auto built = Router::build(pointers());
    if (!built) throw std::runtime_error(built.error().text());
    router_ = std::move(*built);
  }
  // Empty when it could be built.
  [[nodiscard]] std::string build_error() const {
    const auto built = Router::build(pointers());
    return built ? "" : built.error().where + ": " + built.error().message;
  }
  [[nodiscard]] std::vector<const Api*> pointers() const {
    std::vector<const Api*> out;
    out.reserve(apis_.size());
    for (const auto& api : apis_) out.push_back(api.get());
    return out;
  }
  [[nodiscard]] const Router& router() const { return router_; }
  [[nodiscard]] Route find(std::string_view host, std::string_view token, std::string_view path) const {
    return router_.find(host, path, method_of(token), token);
  }
  // "name kind template [methods]"
  [[nodiscard]] std::string route(std::string_view host, std::string_view token, std::string_view path) const {
    return text(find(host, token, path));
  }
  static std::string text(const Route& route) {
    static constexpr std::string_view kinds[] = {"operation", "prefix", "unknown_path", "unknown_method", "no_api"};
    std::string out = route.api == nullptr ? "" : route.api->name + " ";
    out += kinds[static_cast<std::size_t>(route.kind)];
    if (!route.path_template.empty()) out += " " + std::string(route.path_template);
    if (!route.allowed_methods.empty()) out += " [" + std::string(route.allowed_methods) + "]";
    return out;
  }

 private:
  std::vector<std::unique_ptr<GateApi>> apis_;
  Router router_;
};

}  // namespace sallyport::testing
