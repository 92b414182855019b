// How each type of member is read from a node and written as JSON. Codec<T>::read reports what is
// wrong and leaves `out` as it was; Codec<T>::write appends nothing when there is nothing to show.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/json_text.hpp"
#include "config/any_table.hpp"
#include "config/file_path.hpp"
#include "config/scalar.hpp"
#include "config/secret.hpp"

namespace sallyport::config {

template <class T>
class Table;

// A struct whose table is found by ADL.
template <class T>
concept Tabled = requires(const T* type) {
  { config_table(type) } -> std::same_as<const Table<T>&>;
};

template <class T>
concept NamedEnum = std::is_enum_v<T> && requires(T* type) { enum_names(type); };

template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;

template <class T>
struct Codec;

// The parts that do not depend on T; each reports and returns nothing or false when the value is wrong.
[[nodiscard]] std::optional<std::int64_t> read_signed(const document::Node&, const About&, std::int64_t lowest,
                                                      std::int64_t highest, Report&);
[[nodiscard]] std::optional<std::uint64_t> read_unsigned(const document::Node&, const About&, std::uint64_t lowest,
                                                         std::uint64_t highest, Report&);
// The text of a scalar.
[[nodiscard]] std::optional<std::string_view> read_text(const document::Node&, std::string_view expected, Report&);
[[nodiscard]] bool count_fits(std::size_t count, std::string_view unit, const document::Node&, const About&, Report&);
void refuse_choice(const document::Node&, std::span<const std::string_view> names, Report&);
void refuse_text(const document::Node&, const Error& error, Report&);

template <>
struct Codec<bool> {
  static void read(bool& out, const document::Node&, const About&, Report&);
  static void write(bool value, std::string& json) { json += value ? "true" : "false"; }
  static const Type& type();
};

template <>
struct Codec<double> {
  static void read(double& out, const document::Node&, const About&, Report&);
  static void write(double value, std::string& json);
  static const Type& type();
};

template <>
struct Codec<std::string> {
  static void read(std::string& out, const document::Node&, const About&, Report&);
  static void write(const std::string& value, std::string& json) { append_json(json, value); }
  static const Type& type();
};

template <>
struct Codec<FilePath> {
  static void read(FilePath& out, const document::Node&, const About&, Report&);
  static void write(const FilePath& value, std::string& json);
  static const Type& type();
};

template <>
struct Codec<Secret> {
  static void read(Secret& out, const document::Node&, const About&, Report&);
  static void write(const Secret& value, std::string& json);
  static const Type& type();
};

template <Integer T>
struct Codec<T> {
  using Limits = std::numeric_limits<T>;
  static void read(T& out, const document::Node& node, const About& about, Report& report) {
    if constexpr (std::is_signed_v<T>) {
      if (const auto value = read_signed(node, about, Limits::min(), Limits::max(), report))
        out = static_cast<T>(*value);
    } else {
      if (const auto value = read_unsigned(node, about, 0, Limits::max(), report)) out = static_cast<T>(*value);
    }
  }
  static void write(T value, std::string& json) { append_number(json, value); }
  static const Type& type() {
    static const Type it = {.shape = Shape::integer,
                            .name = "integer",
                            .lowest = std::to_string(Limits::min()),
                            .highest = std::to_string(Limits::max())};
    return it;
  }
};

template <NamedEnum T>
struct Codec<T> {
  static auto names() { return enum_names(static_cast<T*>(nullptr)); }
  static void read(T& out, const document::Node& node, const About&, Report& report) {
    std::vector<std::string_view> valid;
    for (const auto& named : names()) {
      if (node.kind() == document::Kind::scalar && node.text() == named.name) {
        out = named.value;
        return;
      }
      valid.push_back(named.name);
    }
    refuse_choice(node, valid, report);
  }
  static void write(T value, std::string& json) {
    for (const auto& named : names()) {
      if (named.value == value) return append_json(json, named.name);
    }
  }
  static const Type& type() {
    static const Type it = [] {
      Type made{.shape = Shape::choice, .name = "choice"};
      for (const auto& named : names()) made.choices.push_back({named.name, named.doc});
      return made;
    }();
    return it;
  }
};

template <Textual T>
struct Codec<T> {
  static void read(T& out, const document::Node& node, const About& about, Report& report) {
    const auto text = read_text(node, Scalar<T>::name, report);
    if (!text) return;
    Result<T> value = Scalar<T>::parse(*text);
    if (!value) return refuse_text(node, value.error(), report);
    if constexpr (std::totally_ordered<T>) {
      // A bound that does not parse refuses everything: the tests of the table see it.
      const auto low = about.min.empty() ? value : Scalar<T>::parse(about.min);
      const auto high = about.max.empty() ? value : Scalar<T>::parse(about.max);
      if (!low || *value < *low)
        return report.error(node, fmt::format("at least {}, found {}", about.min, found(node)));
      if (!high || *high < *value)
        return report.error(node, fmt::format("at most {}, found {}", about.max, found(node)));
    }
    out = std::move(*value);
  }
  static void write(const T& value, std::string& json) { append_json(json, Scalar<T>::format(value)); }
  static const Type& type() {
    static const Type it = {.shape = std::same_as<T, Size> ? Shape::size : Shape::text,
                            .name = std::string(Scalar<T>::name),
                            .pattern = std::string(Scalar<T>::pattern)};
    return it;
  }
};

template <class T>
struct Codec<std::optional<T>> {
  static void read(std::optional<T>& out, const document::Node& node, const About& about, Report& report) {
    T value{};
    const std::size_t errors_before = report.errors();
    Codec<T>::read(value, node, about, report);
    if (report.errors() == errors_before) out = std::move(value);
  }
  static void write(const std::optional<T>& value, std::string& json) {
    if (value) Codec<T>::write(*value, json);
  }
  static const Type& type() { return Codec<T>::type(); }
};

template <class T>
struct Codec<std::vector<T>> {
  static void read(std::vector<T>& out, const document::Node& node, const About& about, Report& report) {
    std::vector<T> values;
    const About element{.existing = about.existing};
    if (node.is_sequence()) {
      std::size_t index = 0;
      for (const document::Node& item : node.items()) {
        const Report::Below below(report, index++);
        T value{};
        Codec<T>::read(value, item, element, report);
        values.push_back(std::move(value));
      }
    } else if (about.one_or_many && node.kind() != document::Kind::null) {
      T value{};
      Codec<T>::read(value, node, element, report);
      values.push_back(std::move(value));
    } else {
      return report.error(node, fmt::format("expected a list, found {}", found(node)));
    }
    if (count_fits(values.size(), "elements", node, about, report)) out = std::move(values);
  }
  static void write(const std::vector<T>& values, std::string& json) {
    json += '[';
    bool first = true;
    for (const auto& value : values) {
      std::string text;
      Codec<T>::write(value, text);
      if (!std::exchange(first, false)) json += ',';
      json += text.empty() ? "null" : text;
    }
    json += ']';
  }
  static const Type& type() {
    static const Type it = {
        .shape = Shape::list, .name = "list of " + Codec<T>::type().name, .element = &Codec<T>::type()};
    return it;
  }
};

template <class T, class Order>
struct Codec<std::map<std::string, T, Order>> {
  using Map = std::map<std::string, T, Order>;
  static void read(Map& out, const document::Node& node, const About& about, Report& report) {
    if (!node.is_mapping()) return report.error(node, fmt::format("expected a mapping, found {}", found(node)));
    Map values;
    const About element{.existing = about.existing};
    for (const document::Entry& entry : node.entries()) {
      const Report::Below below(report, entry.key);
      T value{};
      Codec<T>::read(value, entry.value, element, report);
      values.emplace(std::string(entry.key), std::move(value));
    }
    if (count_fits(values.size(), "entries", node, about, report)) out = std::move(values);
  }
  static void write(const Map& values, std::string& json) {
    json += '{';
    bool first = true;
    for (const auto& [key, value] : values) {
      if (!std::exchange(first, false)) json += ',';
      append_json(json, key);
      json += ':';
      std::string text;
      Codec<T>::write(value, text);
      json += text.empty() ? "null" : text;
    }
    json += '}';
  }
  static const Type& type() {
    static const Type it = {
        .shape = Shape::map, .name = "map of " + Codec<T>::type().name, .element = &Codec<T>::type()};
    return it;
  }
};

template <class T>
  requires Tabled<T>
struct Codec<T> {
  static const Table<T>& table() { return config_table(static_cast<const T*>(nullptr)); }
  static void read(T& out, const document::Node& node, const About&, Report& report) {
    table().read(&out, node, report);
  }
  static void write(const T& value, std::string& json) { json += table().write(&value); }
  static const Type& type() {
    static const Type it = {
        .shape = Shape::table, .name = "mapping", .table = []() -> const AnyTable& { return table(); }};
    return it;
  }
};

}  // namespace sallyport::config
