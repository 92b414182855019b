#include "discover/shape.hpp"

#include <algorithm>
#include <charconv>

#include "base/address.hpp"
#include "base/ascii.hpp"
#include "base/uuid.hpp"
#include "spec/date.hpp"

namespace sallyport::discover {
namespace {

// Of a text that is one of a few words: each was seen that often, and so many in all.
constexpr std::uint64_t word_least = 3;
constexpr std::uint64_t words_least = 12;

bool is_word(std::string_view text) {
  if (text.empty() || text.size() > Shape::max_word || !is_letter(text.front())) return false;
  return std::ranges::all_of(text, [](char c) { return is_letter(c) || c == '_' || c == '-'; });
}

bool is_date_time(std::string_view text) {
  if (text.size() < 20 || text.size() > 40 || text[10] != 'T') return false;
  // parse_iso_date() knows no fraction.
  std::string whole(text);
  if (const std::size_t dot = whole.find('.'); dot != std::string::npos) {
    const std::size_t end = whole.find_first_not_of("0123456789", dot + 1);
    whole.erase(dot, end == std::string::npos ? std::string::npos : end - dot);
  }
  return parse_iso_date(whole).has_value();
}

bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && text.rfind('@') == at &&
         text.find('.', at) != std::string_view::npos && text.find_first_of(" \t<>") == std::string_view::npos;
}

bool is_integer(std::string_view digits) {
  std::int64_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return !digits.empty() && read.ec == std::errc{} && read.ptr == digits.data() + digits.size();
}

// "0012" is no number: it would lose its zeros.
bool is_plain_integer(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  return is_integer(text) && (digits.size() == 1 || !digits.starts_with('0'));
}

bool is_decimal(std::string_view text) {
  const std::size_t dot = text.find('.');
  return dot != std::string_view::npos && is_plain_integer(text.substr(0, dot)) && dot + 1 < text.size() &&
         std::ranges::all_of(text.substr(dot + 1), is_digit);
}

}  // namespace

std::uint64_t Shape::total() const { return nulls_ + booleans_ + integers_ + numbers_ + strings_ + arrays_ + objects_; }

void Shape::add(const decode::Value& value, std::size_t depth) {
  switch (value.kind()) {
    case decode::Kind::null:
      ++nulls_;
      return;
    case decode::Kind::boolean:
      ++booleans_;
      return;
    case decode::Kind::number:
      ++(value.text().find_first_of(".eE") == std::string_view::npos ? integers_ : numbers_);
      return;
    case decode::Kind::string:
      add_string(value.text());
      return;
    case decode::Kind::array: {
      ++arrays_;
      if (depth >= max_depth) return;
      if (!items_) items_ = std::make_shared<Shape>();
      std::size_t count = 0;
      for (const decode::Value& item : value) {
        if (++count > max_items) break;
        items_->add(item, depth + 1);
      }
      return;
    }
    case decode::Kind::object:
      ++objects_;
      if (depth >= max_depth) {
        map_ = true;
        return;
      }
      for (const decode::Value& member : value) {
        auto at = members_.find(member.name());
        if (at == members_.end()) {
          if (members_.size() >= max_members) map_ = true;
          if (map_) continue;
          at = members_.emplace(std::string(member.name()), std::make_shared<Shape>()).first;
        }
        at->second->add(member, depth + 1);
      }
      return;
  }
}

void Shape::add_text(std::string_view text) {
  if (text == "true" || text == "false") {
    ++booleans_;
  } else if (is_plain_integer(text)) {
    ++integers_;
  } else if (is_decimal(text)) {
    ++numbers_;
  } else {
    add_string(text);
  }
}

void Shape::add_string(std::string_view text) {
  ++strings_;
  const std::array<bool, format_count> has{parse_uuid(text).has_value(),
                                           is_date_time(text),
                                           text.size() == 10 && parse_iso_date(text).has_value(),
                                           is_email(text),
                                           text.contains('.') && parse_address(text).has_value(),
                                           text.starts_with("https://") || text.starts_with("http://")};
  for (std::size_t i = 0; i < format_count; ++i) formats_[i] += has[i] ? 1 : 0;
  if (open_) return;
  if (is_word(text)) {
    add_word(text, 1);
  } else {
    open_ = true;
    words_.clear();
  }
}

void Shape::add_word(std::string_view text, std::uint64_t times) {
  if (open_) return;
  if (const auto at = words_.find(text); at != words_.end()) {
    at->second += times;
  } else if (words_.size() < max_words) {
    words_.emplace(text, times);
  } else {
    open_ = true;
    words_.clear();
  }
}

void Shape::merge(const Shape& other) {
  for (const auto member : {&Shape::nulls_, &Shape::booleans_, &Shape::integers_, &Shape::numbers_, &Shape::strings_,
                            &Shape::arrays_, &Shape::objects_}) {
    this->*member += other.*member;
  }
  for (std::size_t i = 0; i < format_count; ++i) formats_[i] += other.formats_[i];
  if (other.open_) {
    open_ = true;
    words_.clear();
  }
  for (const auto& [text, times] : other.words_) add_word(text, times);
  map_ = map_ || other.map_;
  for (const auto& [name, shape] : other.members_) {
    auto at = members_.find(name);
    if (at == members_.end()) {
      if (members_.size() >= max_members) map_ = true;
      if (map_) continue;
      at = members_.emplace(name, std::make_shared<Shape>()).first;
    }
    at->second->merge(*shape);
  }
  if (!other.items_) return;
  if (!items_) items_ = std::make_shared<Shape>();
  items_->merge(*other.items_);
}

void Shape::write_string(config::JsonWriter& out) const {
  constexpr auto names = std::to_array<std::string_view>({"uuid", "date-time", "date", "email", "ipv4", "uri"});
  for (std::size_t i = 0; i < format_count; ++i) {
    if (formats_[i] == strings_) return out.member("format", names[i]);
  }
  const bool closed = !open_ && !words_.empty() && strings_ >= words_least && total() == strings_ &&
                      std::ranges::all_of(words_, [](const auto& one) { return one.second >= word_least; });
  if (!closed) return;
  out.key("enum");
  out.open('[');
  for (const auto& [text, times] : words_) {
    out.element();
    out.text(text);
  }
  out.close(']');
}

void Shape::write_object(config::JsonWriter& out) const {
  if (map_ || members_.empty()) return out.raw_member("additionalProperties", "true");
  out.key("properties");
  out.open('{');
  for (const auto& [name, shape] : members_) {
    out.key(name);
    shape->write(out);
  }
  out.close('}');
  const auto always = [&](const auto& one) { return one.second->total() >= objects_; };
  if (std::ranges::none_of(members_, always)) return;
  out.key("required");
  out.open('[');
  for (const auto& one : members_) {
    if (!always(one)) continue;
    out.element();
    out.text(one.first);
  }
  out.close(']');
}

void Shape::write(config::JsonWriter& out) const {
  out.open('{');
  std::vector<std::string_view> types;
  if (objects_ != 0) types.emplace_back("object");
  if (arrays_ != 0) types.emplace_back("array");
  if (strings_ != 0) types.emplace_back("string");
  if (numbers_ != 0) types.emplace_back("number");
  if (integers_ != 0 && numbers_ == 0) types.emplace_back("integer");
  if (booleans_ != 0) types.emplace_back("boolean");
  if (nulls_ != 0) types.emplace_back("null");
  if (types.size() == 1) {
    out.member("type", types.front());
  } else if (!types.empty()) {
    out.key("type");
    out.open('[');
    for (const std::string_view type : types) {
      out.element();
      out.text(type);
    }
    out.close(']');
  }
  if (strings_ != 0) write_string(out);
  if (arrays_ != 0) {
    out.key("items");
    items_ ? items_->write(out) : out.raw("{}");
  }
  if (objects_ != 0) write_object(out);
  out.close('}');
}

}  // namespace sallyport::discover
