#include "decode/value.hpp"

#include <bit>
#include <span>

#include "base/random.hpp"
#include "base/siphash.hpp"
#include "decode/tree_writer.hpp"

namespace sallyport::decode {
namespace {

// Of this process alone, so that nobody outside can choose names that collide.
const SipKey& name_key() {
  static const SipKey key = random_value<SipKey>();
  return key;
}

}  // namespace

// Open addressing, at most half full: distances from the object, 0 for none.
struct Value::Index {
  std::uint32_t mask;
  std::uint32_t slots[1];  // mask + 1 of them

  [[nodiscard]] std::size_t slot_of(const Value* object, std::string_view name) const noexcept {
    std::size_t at = siphash(name_key(), name) & mask;
    while (slots[at] != 0 && object[slots[at]].name() != name) at = (at + 1) & mask;
    return at;
  }
};

std::string_view kind_name(Kind kind) noexcept {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "boolean";
    case Kind::number:
      return "number";
    case Kind::string:
      return "string";
    case Kind::array:
      return "array";
    case Kind::object:
      return "object";
  }
  return "";
}

const Value* Value::find(std::string_view name) const noexcept {
  if (!is(Kind::object)) return nullptr;
  if (at_.index != nullptr) {
    const std::uint32_t distance = at_.index->slots[at_.index->slot_of(this, name)];
    return distance == 0 ? nullptr : this + distance;
  }
  const Value* found = nullptr;
  for (const Value& member : *this) {
    if (member.name() == name) found = &member;
  }
  return found;
}

const Value* Value::at(std::size_t index) const noexcept {
  if (index >= size()) return nullptr;
  Iterator item = begin();
  for (; index != 0; --index) ++item;
  return &*item;
}

Position position_of(std::string_view text, std::size_t offset) noexcept {
  Position out;
  for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n' || (c == '\r' && !(i + 1 < text.size() && text[i + 1] == '\n'))) {
      ++out.line;
      out.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xc0u) != 0x80) {
      ++out.column;
    }
  }
  return out;
}

bool TreeWriter::seen(const Value& object, std::string_view name) const noexcept {
  const Value* member = &object + 1;
  for (std::uint32_t left = object.length_; left != 0; --left, member = member->after()) {
    if (member->name() == name) return true;
  }
  return false;
}

// By sixteen times, so that all rooms together are little more than the last one.
bool TreeWriter::grow(std::size_t offset) {
  if (count_ >= limits_.values) return refuse("values", "too many values", offset);
  const std::uint32_t room = count_ > limits_.values / 16 ? limits_.values : count_ * 16;
  const auto nodes = arena_.array<Value>(room);
  std::memcpy(static_cast<void*>(nodes.data()), nodes_, count_ * sizeof(Value));
  nodes_ = nodes.data();
  capacity_ = room;
  return true;
}

bool TreeWriter::index(Value& object) {
  const std::uint32_t slots = std::bit_ceil(object.length_) * 2;
  auto* index = static_cast<Value::Index*>(
      arena_.allocate(sizeof(std::uint32_t) * (slots + std::size_t{1}), alignof(Value::Index)));
  index->mask = slots - 1;
  std::memset(index->slots, 0, slots * sizeof(std::uint32_t));
  for (const Value& member : object) {
    std::uint32_t& slot = index->slots[index->slot_of(&object, member.name())];
    if (slot != 0 && !limits_.duplicates) {
      return refuse("duplicate_name", "a name stands twice in one object", member.offset());
    }
    slot = static_cast<std::uint32_t>(&member - &object);
  }
  object.at_.index = index;
  return true;
}

const Value* TreeWriter::finish() {
  if (nodes_ != reinterpret_cast<Value*>(&room_)) return nodes_;
  const auto nodes = arena_.array<Value>(count_);
  std::memcpy(static_cast<void*>(nodes.data()), nodes_, count_ * sizeof(Value));
  return nodes.data();
}

}  // namespace sallyport::decode
