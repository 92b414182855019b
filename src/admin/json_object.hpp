// Object: one JSON object, written member by member.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "base/json_text.hpp"

namespace sallyport::admin {

// Members of one object, in order; what is `opt` and empty is left out.
class Object {
 public:
  explicit Object(std::string& out) : out_(out) { out_ += '{'; }
  void close() { out_ += '}'; }
  std::string& key(std::string_view name) {
    if (out_.back() != '{') out_ += ',';
    append_json(out_, name);
    out_ += ':';
    return out_;
  }
  void text(std::string_view name, std::string_view value) { append_json(key(name), value); }
  void opt(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }
  template <std::integral T>
  void number(std::string_view name, T value) {
    append_number(key(name), value);
  }

 private:
  std::string& out_;
};

}  // namespace sallyport::admin
