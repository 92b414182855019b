// Shape: what values of one place look like, learned from examples: types, members and which of them are always
// there, formats, and the few words that a text is one of. Written as JSON Schema (2020-12, OpenAPI 3.1).
//
// Bounded: depth, members of an object and different words; what goes beyond makes the schema wider, never
// wrong. Of texts only short words that came again and again are kept: no value of a person ends in a schema.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "config/json_writer.hpp"
#include "decode/value.hpp"

namespace sallyport::discover {

class Shape {
 public:
  static constexpr std::size_t max_depth = 16;
  static constexpr std::size_t max_members = 100;  // of one object; more are a map
  static constexpr std::size_t max_words = 12;
  static constexpr std::size_t max_word = 32;   // bytes
  static constexpr std::size_t max_items = 20;  // of one array: the first

  void add(const decode::Value& value) { add(value, 0); }
  // A value that is text for lack of types: of a query.
  void add_text(std::string_view text);
  void merge(const Shape& other);

  [[nodiscard]] bool empty() const { return total() == 0; }
  // The value of `schema`: an object.
  void write(config::JsonWriter& out) const;

 private:
  enum class Format : std::uint8_t { uuid, date_time, date, email, ipv4, uri };
  static constexpr std::size_t format_count = 6;

  void add(const decode::Value& value, std::size_t depth);
  void add_string(std::string_view text);
  void add_word(std::string_view text, std::uint64_t times);
  [[nodiscard]] std::uint64_t total() const;
  void write_string(config::JsonWriter& out) const;
  void write_object(config::JsonWriter& out) const;

  std::uint64_t nulls_ = 0, booleans_ = 0, integers_ = 0, numbers_ = 0, strings_ = 0, arrays_ = 0, objects_ = 0;
  std::array<std::uint64_t, format_count> formats_{};  // strings that have it
  std::map<std::string, std::uint64_t, std::less<>> words_;
  bool open_ = false;  // strings that are no words, or more than max_words
  std::map<std::string, std::shared_ptr<Shape>, std::less<>> members_;
  bool map_ = false;  // more than max_members
  std::shared_ptr<Shape> items_;
};

}  // namespace sallyport::discover
