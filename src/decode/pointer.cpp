#include "decode/pointer.hpp"

namespace sallyport::decode {

void append_token(std::string& pointer, std::string_view token) {
  pointer += '/';
  for (const char c : token) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

std::string pointer_to(const Value& root, const Value& value, std::string_view name) {
  std::string out;
  const Value* at = &root;
  while (at != &value && at->is_container()) {
    std::size_t place = 0;
    const Value* next = nullptr;
    for (const Value& child : *at) {
      if (&value < child.after()) {
        next = &child;
        break;
      }
      ++place;
    }
    if (next == nullptr || next > &value) break;
    append_token(out, at->is(Kind::object) ? next->name() : std::string_view(std::to_string(place)));
    at = next;
  }
  if (!name.empty()) append_token(out, name);
  return out;
}

}  // namespace sallyport::decode
