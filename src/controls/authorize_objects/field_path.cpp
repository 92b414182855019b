#include "controls/authorize_objects/field_path.hpp"

namespace sallyport::controls::authorize_objects {

Result<FieldPath> FieldPath::parse(std::string_view text) {
  const auto wrong = [&] {
    return fail(ErrorCode::invalid, "`" + std::string(text) + "` is no field", {},
                "such as `owner`, `order.owner` or `items[].owner`");
  };
  FieldPath path;
  std::string_view rest = text;
  bool member_due = false;
  while (!rest.empty() || member_due) {
    if (path.steps_.size() == max_steps) return wrong();
    if (!member_due && rest.starts_with("[]")) {
      path.steps_.push_back({{}, true});
      rest.remove_prefix(2);
    } else {
      const std::size_t end = std::min(rest.find_first_of(".["), rest.size());
      if (end == 0) return wrong();
      path.steps_.push_back({std::string(rest.substr(0, end)), false});
      rest.remove_prefix(end);
    }
    member_due = rest.starts_with('.');
    if (member_due) rest.remove_prefix(1);
    if (!member_due && !rest.empty() && !rest.starts_with("[]")) return wrong();
  }
  if (path.steps_.empty()) return wrong();
  return path;
}

FieldPath::Found FieldPath::at(const decode::Value& value, std::size_t step, std::string_view expected) const {
  if (step == steps_.size()) {
    const bool comparable = value.is(decode::Kind::string) || value.is(decode::Kind::number);
    return comparable && value.text() == expected ? Found::all_good : Found::mismatch;
  }
  if (!steps_[step].elements) {
    if (!value.is(decode::Kind::object)) return Found::mismatch;
    const decode::Value* member = value.find(steps_[step].name);
    return member == nullptr ? Found::absent : at(*member, step + 1, expected);
  }
  if (!value.is(decode::Kind::array)) return Found::mismatch;
  Found all = Found::all_good;
  for (const decode::Value& element : value) {
    const Found one = at(element, step + 1, expected);
    if (one == Found::mismatch) return one;
    if (one == Found::absent) all = one;
  }
  return all;
}

}  // namespace sallyport::controls::authorize_objects
