#include "decode/json_out.hpp"

#include <string>
#include <vector>

#include "base/json_text.hpp"

namespace sallyport::decode {
namespace {

class Writing {
 public:
  explicit Writing(std::span<const Change> changes) : changes_(changes) {}

  std::string run(const Value& root) {
    const Value* const end = root.after();
    for (const Value* at = &root; at != end;) {
      while (!open_.empty() && open_.back()->after() == at) close();
      at = one(*at);
    }
    while (!open_.empty()) close();
    if (out_.empty()) out_ = "null";
    return std::move(out_);
  }

 private:
  // Writes the value, or for a container its beginning; returns what comes next.
  const Value* one(const Value& value) {
    const bool changed = next_ != changes_.size() && changes_[next_].value == &value;
    if (changed && !changes_[next_].text) {
      ++next_;
      return value.after();
    }
    if (!first_) out_ += ',';
    first_ = false;
    if (!open_.empty() && open_.back()->is(Kind::object)) {
      append_json(out_, value.name());
      out_ += ':';
    }
    if (changed) {
      append_json(out_, *changes_[next_++].text);
      return value.after();
    }
    if (value.is_container()) {
      out_ += value.is(Kind::object) ? '{' : '[';
      open_.push_back(&value);
      first_ = true;
    } else if (value.is(Kind::string)) {
      append_json(out_, value.text());
    } else {
      out_ += value.text();
    }
    return &value + 1;
  }

  void close() {
    out_ += open_.back()->is(Kind::object) ? '}' : ']';
    open_.pop_back();
    first_ = false;
  }

  std::span<const Change> changes_;
  std::size_t next_ = 0;
  std::string out_;
  std::vector<const Value*> open_;
  bool first_ = true;
};

}  // namespace

std::string_view write_json(const Value& root, std::span<const Change> changes, Arena& arena) {
  return arena.copy(Writing(changes).run(root));
}

}  // namespace sallyport::decode
