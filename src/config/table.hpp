// Table<T>: the one description of a config struct. Reading with all errors, the JSON Schema and
// the reference come from it. Declare next to the struct, and define in its .cpp:
//
//   const config::Table<Listener>& config_table(const Listener*) {
//     static const auto table = config::Table<Listener>("listen", "Where clients connect.")
//       .field("address", &Listener::address, {.doc = "IP address and port.", .required = true})
//       .field("head_timeout", &Listener::head_timeout, {.doc = "…", .min = "1s", .max = "5m"});
//     return table;
//   }
//
// Members may be bool, integers, double, std::string, enums (see Named), Duration, Size, Cidr,
// Endpoint, FilePath, Secret, what Scalar is specialised for, structs with a table, and vector,
// map<std::string, …> and optional of these. Defaults are those of a default-constructed T.
// An absent key leaves the default; an empty one (`key:`) is an error. All string_views given to
// a table must be literals.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/any_table.hpp"
#include "config/codec.hpp"
#include "config/report.hpp"

namespace sallyport::config {

template <class T>
class Table : public AnyTable {
 public:
  // The name is the key that introduces it where it is open, and its title in the reference.
  using AnyTable::AnyTable;

  template <class M>
  Table&& field(std::string_view key, M T::* member, About about) && {
    Field made{.key = key, .about = about, .type = &Codec<M>::type()};
    made.read = [member, about](void* object, const document::Node& node, Report& report) {
      Codec<M>::read(static_cast<T*>(object)->*member, node, about, report);
    };
    made.write = [member](const void* object) {
      std::string json;
      Codec<M>::write(static_cast<const T*>(object)->*member, json);
      return json;
    };
    // The keys of a nested struct have their own defaults.
    const T defaults{};
    if (made.type->shape != Shape::table) made.fallback = made.write(&defaults);
    add(std::move(made));
    return std::move(*this);
  }

  // The keys of the struct M stand beside the others, with its checks and open keys.
  template <class M>
  Table&& flatten(M T::* member) && {
    const Table<M>& inner = config_table(static_cast<const M*>(nullptr));
    const T defaults{};
    for (Field made : inner.fields_) {
      made.read = [member, read = made.read](void* object, const document::Node& node, Report& report) {
        read(&(static_cast<T*>(object)->*member), node, report);
      };
      made.write = [member, write = made.write](const void* object) {
        return write(&(static_cast<const T*>(object)->*member));
      };
      if (made.type->shape != Shape::table) made.fallback = made.write(&defaults);
      add(std::move(made));
    }
    for (const Check& check : inner.checks_) {
      checks_.push_back([member, check](const void* object, Report& report, const document::Node& node) {
        check(&(static_cast<const T*>(object)->*member), report, node);
      });
    }
    for (Open open : inner.opens_) {
      open.keep = [member, keep = open.keep](void* object, std::string_view key, const document::Node& node) {
        keep(&(static_cast<T*>(object)->*member), key, node);
      };
      opens_.push_back(std::move(open));
    }
    return std::move(*this);
  }

  // Further keys: those named by the tables that `tables` returns. Their values are kept as nodes
  // of the document, for their owners to read() with their own table.
  template <class Order>
  Table&& open(std::map<std::string, const document::Node*, Order> T::* member,
               std::function<std::vector<const AnyTable*>()> tables) && {
    opens_.push_back({std::move(tables), [member](void* object, std::string_view key, const document::Node& node) {
                        (static_cast<T*>(object)->*member).insert_or_assign(std::string(key), &node);
                      }});
    return std::move(*this);
  }

  // A value that is no mapping is read as this field: `limits: […]` for `limits: { rules: […] }`.
  Table&& shorthand(std::string_view key) && {
    shorthand_ = key;
    return std::move(*this);
  }

  // Contradictions between fields, looked for when each field alone was good: any callable taking
  // (const T&, Report&, const document::Node&), where the node is the mapping.
  template <class F>
  Table&& check(F test) && {
    checks_.push_back([test = std::move(test)](const void* object, Report& report, const document::Node& node) {
      test(*static_cast<const T*>(object), report, node);
    });
    return std::move(*this);
  }

 private:
  template <class>
  friend class Table;
};

// Nothing when an error was reported.
template <Tabled T>
[[nodiscard]] std::optional<T> read(const document::Node& node, Report& report) {
  T value{};
  const std::size_t errors_before = report.errors();
  Codec<T>::read(value, node, {}, report);
  if (report.errors() != errors_before) return std::nullopt;
  return value;
}

// The value as JSON with all defaults; secrets only by their source.
template <Tabled T>
[[nodiscard]] std::string dump(const T& value) {
  std::string json;
  Codec<T>::write(value, json);
  return json;
}

// The table of T without its type.
template <Tabled T>
[[nodiscard]] const AnyTable& table_of() {
  return Codec<T>::table();
}

}  // namespace sallyport::config
