// Indented JSON, for files that people read and compare.
#pragma once

#include <string>
#include <string_view>

#include "base/json_text.hpp"

namespace sallyport::config {

class JsonWriter {
 public:
  void open(char bracket) {
    out_ += bracket;
    ++depth_;
    first_ = true;
  }
  void close(char bracket) {
    --depth_;
    if (!first_) line();
    out_ += bracket;
    first_ = false;
  }
  void key(std::string_view name) {
    element();
    append_json(out_, name);
    out_ += ": ";
  }
  // Before each element of an array.
  void element() {
    if (!first_) out_ += ',';
    line();
    first_ = false;
  }
  void text(std::string_view value) { append_json(out_, value); }
  // JSON as it stands.
  void raw(std::string_view json) { out_ += json; }
  void member(std::string_view name, std::string_view value) {
    key(name);
    text(value);
  }
  void raw_member(std::string_view name, std::string_view json) {
    key(name);
    raw(json);
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void line() {
    out_ += '\n';
    out_.append(depth_ * 2, ' ');
  }
  std::string out_;
  std::size_t depth_ = 0;
  bool first_ = true;
};

}  // namespace sallyport::config
