#include "classify/walk.hpp"

#include <algorithm>
#include <charconv>

#include "classify/check_digits.hpp"
#include "classify/scan.hpp"
#include "decode/pointer.hpp"

namespace sallyport::classify {

using decode::Value;

NameKinds NameCache::operator()(std::string_view name) {
  if (name.empty()) return {{}, true};
  const auto byte = [name](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(name[i])); };
  Entry& entry =
      entries_[(name.size() * 7 + byte(0) * 3 + byte(name.size() / 2) * 5 + byte(name.size() - 1)) % entries_.size()];
  if (entry.name != name) entry = {name, kinds_of_name(name)};
  return entry.kinds;
}

namespace {

// A name that programmers give; not a mailbox or a number that is used as one.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 40 && std::ranges::count_if(name, is_digit) < 4 &&
         std::ranges::all_of(
             name, [](char c) { return is_alnum(c) || c == '_' || c == '-' || c == '.' || c == ':' || c == '$'; });
}

}  // namespace

void BodyScan::Place::append(std::string& out, bool shape) const {
  for (std::size_t i = 0; i < depth_; ++i) {
    const Step& step = steps_[i];
    if (step.container->is(decode::Kind::array)) {
      if (shape) {
        out += "/*";
        continue;
      }
      std::array<char, 12> digits;
      out += '/';
      out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), step.index).ptr);
      continue;
    }
    const Value& child = i + 1 < depth_ ? *steps_[i + 1].container : *value_;
    if (shape && !is_plain_name(child.name())) {
      out += "/*";
      continue;
    }
    decode::append_token(out, child.name());
  }
}
void BodyScan::Place::append_pointer(std::string& out) const { append(out, false); }
void BodyScan::Place::append_shape(std::string& out) const { append(out, true); }

void BodyScan::begin(const Value& root) {
  at_ = &root;
  end_ = root.after();
  place_.depth_ = 0;
  place_.value_ = nullptr;
  bytes_ = 0;
  values_ = 0;
  sampled_ = false;
}

bool BodyScan::next() {
  while (at_ != end_) {
    while (place_.depth_ > 0 && at_ == place_.steps_[place_.depth_ - 1].end) --place_.depth_;
    // Which child of its container this is, and whether a long array leaves it out.
    if (place_.depth_ > 0) {
      Place::Step& step = place_.steps_[place_.depth_ - 1];
      ++step.index;  // from -1
      const std::size_t items = step.container->size();
      if (step.container->is(decode::Kind::array) && items > limits_.items && step.index >= limits_.items / 2) {
        const std::size_t stride = 2 * items / limits_.items;
        if (step.index % stride != 0) {
          sampled_ = true;
          at_ = at_->after();
          continue;
        }
      }
    }
    const Value& value = *at_;
    if (!value.is_container()) {
      if (++values_ > limits_.values || bytes_ >= limits_.bytes) {
        sampled_ = true;
        return false;
      }
      place_.value_ = &value;
      ++at_;
      return true;
    }
    if (place_.depth_ == max_depth) {
      sampled_ = true;
      at_ = value.after();
      continue;
    }
    place_.steps_[place_.depth_++] = {&value, value.after(), static_cast<std::uint32_t>(-1)};
    ++at_;
  }
  return false;
}

bool BodyScan::look() {
  const Value& value = *place_.value_;
  if (!value.is(decode::Kind::string) && !value.is(decode::Kind::number)) return false;
  std::string_view text = value.text();
  if (text.empty()) return false;
  if (text.size() > limits_.bytes - bytes_) {
    text = text.substr(0, limits_.bytes - bytes_);
    sampled_ = true;
  }
  bytes_ += text.size();
  // The nearest name that says something: items of a list are called as it is, and "number" or
  // "value" as the object around them.
  NameKinds name = names_(value.name());
  for (std::size_t i = place_.depth_; name.silent && i-- > 0;) {
    if (const std::string_view outer = place_.steps_[i].container->name(); !outer.empty()) name = names_(outer);
  }
  found_.clear();
  scan(text, name.kinds, found_);
  return !found_.empty();
}

const Findings& BodyScan::text(std::string_view body) {
  sampled_ = body.size() > limits_.bytes;
  found_.clear();
  scan(body.substr(0, limits_.bytes), {}, found_);
  return found_;
}

}  // namespace sallyport::classify
