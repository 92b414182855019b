#include "lint/gateway.hpp"

#include <string_view>

namespace sallyport::lint {
namespace {

using document::Node;

const Node* item(const Node* list, std::size_t place) {
  if (list == nullptr) return nullptr;
  if (list->is_mapping()) return place == 0 ? list : nullptr;
  return place < list->items().size() ? &list->items()[place] : nullptr;
}

std::string_view text(const Node* section, std::string_view key, std::string_view otherwise) {
  const Node* found = section == nullptr || !section->is_mapping() ? nullptr : section->find(key);
  return found == nullptr ? otherwise : found->text();
}

class Sections {
 public:
  Sections(const Node& configuration, const Node* api) : api_(api), defaults_(configuration.find("defaults")) {}

  [[nodiscard]] const Node* of(std::string_view control) const {
    for (const Node* holder : {api_, defaults_}) {
      const Node* found = holder == nullptr ? nullptr : holder->find(control);
      if (found != nullptr) return found;
    }
    return nullptr;
  }
  [[nodiscard]] bool enforces(std::string_view control, bool by_itself) const {
    const Node* section = of(control);
    return section == nullptr ? by_itself : text(section, "mode", "enforce") == "enforce";
  }

 private:
  const Node* api_;
  const Node* defaults_;
};

bool only_tls(const Node& configuration) {
  const Node* listeners = configuration.find("listen");
  for (std::size_t i = 0; const Node* one = item(listeners, i); ++i) {
    if (one->find("tls") == nullptr) return false;
  }
  return listeners != nullptr;
}

}  // namespace

Gateway Gateway::of(const Node& configuration, std::size_t api) {
  const Sections sections(configuration, item(configuration.find("apis"), api));
  Gateway out;
  out.tls = only_tls(configuration);
  out.limits = sections.enforces("address_limit", true) && sections.enforces("rate_limit", true);
  out.generic_errors = sections.enforces("error_hygiene", true);
  out.secured = sections.enforces("authorize", false) && text(sections.of("authorize"), "undeclared", "deny") == "deny";
  out.owners = sections.enforces("authorize_objects", false);
  out.properties = sections.enforces("authorize_properties", false);
  out.bodies = sections.enforces("contract", false);
  out.closed = out.bodies && text(sections.of("contract"), "strict", "true") == "true";
  const std::string_view responses = text(sections.of("contract"), "responses", "observe");
  out.answers = out.bodies && (responses == "enforce" || responses == "minimise");
  return out;
}

}  // namespace sallyport::lint
