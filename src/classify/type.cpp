#include "classify/type.hpp"

namespace sallyport::classify {
namespace {

struct Row {
  std::string_view name;
  DataClass data_class;
  std::string_view source;
};
constexpr std::array<Row, type_count> rows = {{
#define TYPE(name, data_class, source) {#name, DataClass::data_class, source},
#include "classify/types.def"
#undef TYPE
}};
constexpr std::array<std::string_view, class_count> classes = {"pci", "financial",  "pii",
                                                               "phi", "credential", "internal"};

}  // namespace

std::string_view name_of(Type type) { return rows[static_cast<std::size_t>(type)].name; }
std::string_view source_of(Type type) { return rows[static_cast<std::size_t>(type)].source; }
DataClass class_of(Type type) { return rows[static_cast<std::size_t>(type)].data_class; }
std::string_view name_of(DataClass data_class) { return classes[static_cast<std::size_t>(data_class)]; }

std::optional<Type> type_named(std::string_view name) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].name == name) return static_cast<Type>(i);
  }
  return std::nullopt;
}

}  // namespace sallyport::classify
