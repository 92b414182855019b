#include "lint/collector.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>

#include <fmt/format.h>

#include "base/siphash.hpp"
#include "decode/pointer.hpp"

namespace sallyport::lint {
namespace {

using decode::Value;

// Pointers of values of one tree that are asked for in document order: one walk for all of them.
class Pointers {
 public:
  explicit Pointers(const Value& root) : root_(root), at_(&root) { open_.push_back({&root, 0, 0}); }

  // Empty for a value of another tree.
  std::string of(const Value& value) {
    constexpr std::less<const Value*> before;
    if (before(&value, at_) || !before(&value, root_.after())) return {};
    while (at_ != &value) step();
    return path_;
  }

 private:
  struct Open {
    const Value* value;
    std::size_t path;  // length of the path to it
    std::size_t next;  // its next item
  };
  void step() {
    ++at_;
    while (open_.back().value->after() == at_) open_.pop_back();
    Open& around = open_.back();
    path_.resize(around.path);
    const bool member = around.value->is(decode::Kind::object);
    decode::append_token(path_, member ? at_->name() : std::string_view(fmt::format("{}", around.next)));
    ++around.next;
    if (at_->descendants() != 0) open_.push_back({at_, path_.size(), 0});
  }

  const Value& root_;
  const Value* at_;
  std::string path_;
  std::vector<Open> open_;
};

// No secret: the same findings have the same names everywhere.
std::string fingerprint(std::string_view rule, std::string_view file, std::string_view pointer,
                        std::string_view detail) {
  const std::string text = fmt::format("{}\n{}\n{}\n{}", rule, file, pointer, detail);
  constexpr SipKey first{'s', 'a', 'l', 'l', 'y', 'p', 'o', 'r', 't', ' ', 'l', 'i', 'n', 't', ' ', '1'};
  constexpr SipKey second{'s', 'a', 'l', 'l', 'y', 'p', 'o', 'r', 't', ' ', 'l', 'i', 'n', 't', ' ', '2'};
  return fmt::format("{:016x}{:016x}", siphash(first, text), siphash(second, text));
}

}  // namespace

bool Collector::seen_to(Rule rule) const {
  switch (rule) {
    case Rule::write_unrestricted:
    case Rule::read_unrestricted:
      return gateway_.secured;
    case Rule::numeric_id:
      return gateway_.owners;
    case Rule::open_object:
      return gateway_.closed || gateway_.properties;
    case Rule::sensitive_answer:
      return gateway_.properties;
    case Rule::no_429:
    case Rule::no_retry_after:
    case Rule::no_rate_limit_fields:
    case Rule::flow_unlimited:
      return gateway_.limits;
    case Rule::server_http:
      return gateway_.tls;
    case Rule::no_500:
      return gateway_.generic_errors;
    case Rule::no_validation_answer:
      return gateway_.bodies;
    case Rule::no_401:
      return gateway_.secured;
    case Rule::anonymous_write:
    case Rule::undeclared_scheme:
    case Rule::basic_auth:
    case Rule::insecure_scheme:
    case Rule::api_key_in_url:
    case Rule::credential_in_url:
    case Rule::oauth_old_flow:
    case Rule::oauth_no_refresh:
    case Rule::jwt_practices:
    case Rule::no_scopes:
    case Rule::admin_not_separate:
    case Rule::open_object_unconstrained:
    case Rule::answer_undescribed:
    case Rule::body_undescribed:
    case Rule::untyped_schema:
    case Rule::array_unbounded:
    case Rule::string_unbounded:
    case Rule::string_unrestricted:
    case Rule::number_unbounded:
    case Rule::page_size_unbounded:
    case Rule::url_parameter:
    case Rule::callback_from_request:
    case Rule::wildcard_media:
    case Rule::body_of_get:
    case Rule::server_undescribed:
    case Rule::deprecated_no_sunset:
    case Rule::no_operation_id:
      return false;
  }
  return false;
}

Broken Collector::add(Rule rule, Seen at, std::string detail) {
  if (seen_to(rule)) return 0;
  raw_.push_back({rule, at, operation_, std::move(detail)});
  return Broken{1} << static_cast<unsigned>(rule);
}

// The description as it was named; a file beside it by its place from there.
std::string Collector::file_of(std::uint32_t resource, const std::string& name) const {
  constexpr std::string_view scheme = "file://";
  if (resource == documents_.root().resource) return name;
  const std::string& uri = documents_.resources()[resource].uri;
  const std::string& home = documents_.resources()[documents_.root().resource].uri;
  if (!uri.starts_with(scheme) || !home.starts_with(scheme)) return name;
  const auto folder = std::filesystem::path(home.substr(scheme.size())).parent_path();
  const auto below = std::filesystem::path(uri.substr(scheme.size())).lexically_relative(folder);
  return (std::filesystem::path(name).parent_path() / below).string();
}

std::vector<Finding> Collector::finish(const std::string& name) && {
  const auto before = [](const Raw& a, const Raw& b) {
    if (a.at.resource != b.at.resource) return a.at.resource < b.at.resource;
    if (a.at.value != b.at.value) return std::less<const Value*>()(a.at.value, b.at.value);
    return a.rule < b.rule;
  };
  std::ranges::sort(raw_, before);
  std::vector<Finding> out;
  for (std::size_t i = 0; i < raw_.size();) {
    const std::uint32_t resource = raw_[i].at.resource;
    const std::string file = file_of(resource, name);
    const std::string base = std::filesystem::path(file).filename().string();
    Pointers pointers(*documents_.resources()[resource].root);
    for (; i < raw_.size() && raw_[i].at.resource == resource; ++i) {
      Raw& raw = raw_[i];
      Finding one{raw.rule,
                  file,
                  static_cast<std::uint32_t>(raw.at.value->offset()),
                  pointers.of(*raw.at.value),
                  std::move(raw.operation),
                  std::move(raw.detail),
                  {}};
      one.fingerprint = fingerprint(text_of(one.rule).id, base, one.pointer, one.detail);
      if (out.empty() || out.back().fingerprint != one.fingerprint) out.push_back(std::move(one));
    }
  }
  return out;
}

}  // namespace sallyport::lint
