#include "controls/contract/plan.hpp"

#include <algorithm>

#include <sallyport/message.hpp>

namespace sallyport::controls::contract {

bool Media::takes(const decode::MediaType& sent) const {
  if (type == "*/*") return true;
  if (!type.ends_with("/*")) return sent.is(type);
  const std::string_view beginning = std::string_view(type).substr(0, type.size() - 1);
  return sent.essence.size() > beginning.size() && same_name(sent.essence.substr(0, beginning.size()), beginning);
}

const FormField* Media::field(std::string_view name) const {
  const auto found = std::ranges::lower_bound(fields, name, {}, &FormField::name);
  return found != fields.end() && found->name == name ? &*found : nullptr;
}

const Media* choose(const std::vector<Media>& media, const decode::MediaType& type) {
  const Media* best = nullptr;
  for (const Media& one : media) {
    if (!one.takes(type)) continue;
    const bool exact = !one.type.ends_with('*');
    const bool better = best == nullptr || exact || (best->type == "*/*" && one.type != "*/*");
    if (better) best = &one;
    if (exact) break;
  }
  return best;
}

const Answer* OperationPlan::answer_for(std::uint16_t status) const {
  const Answer* found = nullptr;
  for (const Answer& one : answers) {
    if (one.status == status) return &one;
    if (one.status == status / 100) found = &one;
    if (one.status == 0 && found == nullptr) found = &one;
  }
  return found;
}

}  // namespace sallyport::controls::contract
