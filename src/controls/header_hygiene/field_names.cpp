#include "controls/header_hygiene/field_names.hpp"

#include <algorithm>

#include "http/characters.hpp"

namespace sallyport::controls::header_hygiene {
namespace {

bool is_separator(char c) { return c == '-' || c == '_' || c == '.'; }

}  // namespace

void FieldNames::add(std::string_view name) {
  std::string folded;
  for (const char c : name) {
    if (!is_separator(c)) folded += http::lower(c);
  }
  if (folded.empty()) return;
  shortest_ = std::min(shortest_, folded.size());
  longest_ = std::max(longest_, folded.size());
  first_[static_cast<unsigned char>(folded.front())] = true;
  names_.push_back(std::move(folded));
}

void FieldNames::seal() { std::ranges::sort(names_); }

bool FieldNames::has(std::string_view name) const {
  const auto spelled = [name](const std::string& folded) {
    std::size_t at = 0;
    for (const char c : name) {
      if (is_separator(c)) continue;
      if (at == folded.size()) return 1;
      const int order = static_cast<unsigned char>(http::lower(c)) - static_cast<unsigned char>(folded[at++]);
      if (order != 0) return order;
    }
    return at == folded.size() ? 0 : -1;
  };
  std::size_t size = 0;
  for (const char c : name) {
    if (is_separator(c)) continue;
    if (size++ == 0 && !first_[static_cast<unsigned char>(http::lower(c))]) return false;
  }
  if (size < shortest_ || size > longest_) return false;
  const auto found = std::ranges::partition_point(names_, [&](const std::string& one) { return spelled(one) > 0; });
  return found != names_.end() && spelled(*found) == 0;
}

bool folded_starts_with(std::string_view name, std::string_view prefix) {
  std::size_t matched = 0;
  for (const char c : name) {
    if (matched == prefix.size()) return true;
    if (is_separator(c)) continue;
    if (http::lower(c) != prefix[matched++]) return false;
  }
  return matched == prefix.size();
}

}  // namespace sallyport::controls::header_hygiene
