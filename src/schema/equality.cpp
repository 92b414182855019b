#include "schema/equality.hpp"

#include <algorithm>
#include <utility>

#include "base/random.hpp"
#include "base/siphash.hpp"
#include "schema/decimal.hpp"

namespace sallyport::schema {
namespace {

using decode::Kind;
using decode::Value;

struct Keys {
  SipKey text;
  SipKey node;
};

const Keys& keys() {
  static const Keys fresh = random_value<Keys>();
  return fresh;
}

std::uint64_t combine(std::uint64_t kind, std::uint64_t a, std::uint64_t b) {
  const std::uint64_t words[3] = {kind, a, b};
  return siphash(keys().node, {reinterpret_cast<const char*>(words), sizeof words});
}

bool same_number(std::string_view a, std::string_view b) { return a == b || Decimal(a).compare(Decimal(b)) == 0; }

std::uint64_t hash_of_number(std::string_view text) {
  const Decimal number(text);
  std::uint64_t digits = 0;
  std::uint64_t hash = number.negative() ? 1 : 0;
  for (std::size_t i = 0; i < number.digits(); ++i) {
    digits = digits * 10 + number.digit(i);
    if (i % 18 == 17) hash = combine(1, hash, std::exchange(digits, 0));
  }
  return combine(static_cast<std::uint64_t>(number.point()), hash, digits);
}

}  // namespace

bool equal(const Value& a, const Value& b) noexcept {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::null:
      return true;
    case Kind::boolean:
    case Kind::string:
      return a.text() == b.text();
    case Kind::number:
      return same_number(a.text(), b.text());
    case Kind::array: {
      if (a.size() != b.size() || a.descendants() != b.descendants()) return false;
      auto other = b.begin();
      return std::ranges::all_of(a, [&](const Value& item) { return equal(item, *other++); });
    }
    case Kind::object:
      if (a.size() != b.size() || a.descendants() != b.descendants()) return false;
      return std::ranges::all_of(a, [&](const Value& member) {
        const Value* other = b.find(member.name());
        return other != nullptr && equal(member, *other);
      });
  }
  return false;
}

std::uint64_t hash_of(const Value& value) noexcept {
  const auto kind = static_cast<std::uint64_t>(value.kind());
  switch (value.kind()) {
    case Kind::null:
    case Kind::boolean:
    case Kind::string:
      return combine(kind, siphash(keys().text, value.text()), 0);
    case Kind::number:
      return combine(kind, hash_of_number(value.text()), 0);
    case Kind::array: {
      std::uint64_t hash = value.size();
      for (const Value& item : value) hash = combine(kind, hash, hash_of(item));
      return hash;
    }
    case Kind::object: {
      std::uint64_t sum = 0;  // of keyed hashes: the order of members does not matter
      for (const Value& member : value) sum += combine(kind, siphash(keys().text, member.name()), hash_of(member));
      return combine(kind, sum, value.size());
    }
  }
  return 0;
}

bool all_different(const Value& array, Arena& scratch) {
  constexpr std::size_t few = 8;
  if (array.size() < 2) return true;
  if (array.size() <= few && array.descendants() <= few) {
    for (auto a = array.begin(); a != array.end(); ++a) {
      for (auto b = std::next(a); b != array.end(); ++b) {
        if (equal(*a, *b)) return false;
      }
    }
    return true;
  }
  struct Item {
    std::uint64_t hash;
    const Value* value;
  };
  const auto items = scratch.array<Item>(array.size());
  std::size_t count = 0;
  for (const Value& item : array) items[count++] = {hash_of(item), &item};
  std::ranges::sort(items, {}, &Item::hash);
  for (std::size_t i = 1; i < count; ++i) {
    for (std::size_t j = i; j-- > 0 && items[j].hash == items[i].hash;) {
      if (equal(*items[j].value, *items[i].value)) return false;
    }
  }
  return true;
}

}  // namespace sallyport::schema
